import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWorld, fixtureModels, type RunningReference, serveReference } from "../../src/reference/index.ts";
import type { ResultDocument } from "../../src/result/index.ts";
import { suites } from "../../suites/index.ts";
import { handlerOf, ODD_FAULTS } from "../conformance/fuzz/faults.ts";
import { runCli, scratchFolder } from "./run-cli.ts";

const ID = "fuzz/v2-binary/drops-connection";
let faulty: RunningReference;
let clean: RunningReference;

function serve(id?: string): Promise<RunningReference> {
  const faults = ODD_FAULTS.filter(({ suite, kind }) => `fuzz/${suite}/${kind}` === id).map(handlerOf);
  return serveReference({
    handlers: [...faults, ...suites.map(({ reference }) => reference)],
    world: createWorld({ models: fixtureModels() }),
    maxBodyBytes: 1e8,
    restPort: 0,
  });
}

beforeAll(async () => {
  faulty = await serve(ID);
  clean = await serve();
});

afterAll(() => Promise.all([faulty.close(), clean.close()]));

/** One check and the fuzz phase of its suite. */
function args(rest: string | undefined, ...more: readonly string[]): readonly string[] {
  return ["conformance", "--rest", rest as string, "--check", "v2-binary/binary-input-is-read", ...more];
}

function documentIn(folder: string): ResultDocument {
  return JSON.parse(readFileSync(join(folder, "infermark-report", "result.json"), "utf8")) as ResultDocument;
}

describe("--fuzz", () => {
  const cwd = scratchFolder();

  test("finds a fault, prints its command, and fails the run", async () => {
    const { code, stdout } = await runCli(args(faulty.restUrl, "--fuzz", "60"), { cwd });
    expect(stdout).toContain(`found  ${ID}`);
    expect(stdout).toContain(`1 fault found by fuzzing: ${ID}`);
    expect(code).toBe(1);
    const { conformance } = documentIn(cwd);
    expect(conformance?.plan?.fuzz).toBe(60);
    expect(conformance?.fuzz?.findings.map(({ id }) => id)).toEqual([ID]);
    expect(conformance?.fuzz?.suites).toMatchObject([{ id: "v2-binary", sent: 60 }]);
  });

  const document = "infermark-report/result.json";

  test("is replayed against the target, where the fault shows or not", async () => {
    const again = await runCli(["replay", document, ID], { cwd });
    expect(again.stdout).toContain(`${ID} shows again: no answer`);
    expect(again.code).toBe(1);
    const mended = await runCli(["replay", document, ID, "--rest", clean.restUrl as string], { cwd });
    expect(mended.stdout).toContain(`${ID} does not show`);
    expect(mended.code).toBe(0);
  });

  test("is replayed from the transcripts, where an edit shows", async () => {
    const offline = await runCli(["replay", document, "--offline"], { cwd });
    expect(offline.stdout).toContain("1 verdicts and 1 faults found by fuzzing reached again from the transcripts");
    expect(offline.code).toBe(0);
    writeFileSync(
      join(cwd, document),
      readFileSync(join(cwd, document), "utf8").replaceAll('"actual": "no answer', '"actual": "an answer'),
    );
    const edited = await runCli(["replay", document, "--offline"], { cwd });
    expect(edited.stdout).toContain(`${ID}/actual: the document says an answer`);
    expect(edited.code).toBe(1);
  });

  test("passes with a baseline that names the fault", async () => {
    const folder = scratchFolder();
    writeFileSync(join(folder, "known.yaml"), `- check: ${ID}\n  reason: known\n`);
    const known = await runCli(args(faulty.restUrl, "--fuzz", "60", "--baseline", "known.yaml"), { cwd: folder });
    expect(known.code, known.stdout).toBe(0);
    expect(known.stdout).toContain("Accepted with known failures");
  });

  test("passes on a target without the fault", async () => {
    const passed = await runCli(args(clean.restUrl, "--fuzz", "60"));
    expect(passed.code, passed.stdout).toBe(0);
    expect(passed.stdout).toContain("fuzz v2-binary: 60 requests (seed 1)");
  });

  test("prints what it would send with --dry-run", async () => {
    const dry = await runCli(args(clean.restUrl, "--fuzz", "5", "--dry-run"));
    expect(dry.stdout.match(/^# fuzz\/v2-binary$/gm)?.length).toBeGreaterThanOrEqual(5);
  });
});
