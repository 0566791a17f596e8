import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, asyncProperty, constantFrom, integer, nat, record } from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findEdits } from "../../src/cli/commands/replay-offline.ts";
import { startReference } from "../../src/cli/commands/serve.ts";
import type { RunningReference } from "../../src/reference/index.ts";
import { isResultDocument, type ResultDocument } from "../../src/result/index.ts";
import { suites } from "../../suites/index.ts";
import { runCli, scratchFolder } from "./run-cli.ts";

const MINUTES = 60_000;
const FAULTS = ["v1-rest:ready-as-string", "v1-rest:refuses-form-type"];
let running: RunningReference;
let cwd: string;
let document: ResultDocument;
const file = () => join(cwd, "infermark-report", "result.json");
const edits = (edited: ResultDocument) => findEdits(file(), edited, undefined, suites);

beforeAll(async () => {
  running = await startReference({ restPort: 0, grpcPort: 0, faults: FAULTS, maxBodyBytes: 1e8 });
  cwd = scratchFolder();
  writeFileSync(
    join(cwd, "known.yaml"),
    "- check: v1-rest/model-readiness-is-a-boolean\n  reason: r\n- check: v1-rest/lists-models\n  reason: r\n",
  );
  const args = ["--profile", "kserve-v1", "--strict", "--rerun-failures", "2", "--baseline", "known.yaml"];
  await runCli(["conformance", "--rest", running.restUrl as string, ...args], { cwd });
  document = JSON.parse(readFileSync(file(), "utf8")) as ResultDocument;
}, MINUTES);

afterAll(() => running.close());

type Path = readonly (string | number)[];

/** What the run was told, where it ran and what it is compared with; how long checks took is in no transcript. */
const DECLARED = [
  /^(?:schema|tool|run|subject|partial|transcripts)(?:\/|$)/,
  /^targets\/0\/(?:rest|grpc|reach)(?:\/|$)/,
  /^conformance\/plan(?:\/|$)/,
  /^conformance\/suites\/\d+\/checks\/\d+\/durationMs$/,
  /^baseline\/file$/,
  /^baseline\/entries\/\d+\/(?:line|check|reason)$/,
];

/** Every text, number and boolean of a value, and every member and item that could be taken away. */
function placesIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return keys.flatMap((key) => placesIn((value as Record<string | number, unknown>)[key], [...path, key]));
}

const OTHER: Readonly<Record<string, string>> = {
  pass: "fail",
  warn: "pass",
  fail: "pass",
  skip: "pass",
  inconclusive: "pass",
  earned: "partial",
  "not-earned": "earned",
  partial: "earned",
  known: "stale",
  stale: "known",
  must: "should",
  should: "must",
  may: "must",
  core: "extended",
  extended: "core",
  declared: "keyword",
  schema: "declared",
  implied: "declared",
  keyword: "declared",
  http: "grpc",
};

function changed(value: unknown): unknown {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  const text = String(value);
  if (/^[0-9a-f]{64}$/.test(text)) return `${text.startsWith("0") ? "1" : "0"}${text.slice(1)}`;
  return OTHER[text] ?? `${text}x`;
}

/** A copy in which the value at a place is another one that its schema allows. */
function edited(path: Path, edit: (value: unknown) => unknown = changed): ResultDocument {
  const copy = structuredClone(document);
  const last = path.at(-1) as string | number;
  // A place is a path into this very document.
  const holder = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], copy);
  const members = holder as Record<string | number, unknown>;
  members[last] = edit(members[last]);
  return copy;
}

/** Places that stand for each other: the same member, in checks of the same outcome. */
function kindOf(path: Path): string {
  const [, , suite, , check] = path;
  const outcome = path[3] === "checks" && document.conformance?.suites[Number(suite)]?.checks[Number(check)]?.outcome;
  return `${outcome} ${path.map((key) => (typeof key === "number" ? "*" : key)).join("/")}`;
}

async function expectFound(path: Path): Promise<void> {
  const copy = edited(path);
  expect(isResultDocument(copy), path.join("/")).toBe(true);
  expect((await edits(copy)).length, path.join("/")).toBeGreaterThan(0);
}

describe("replay --offline", () => {
  test("has a document to try it on with a failure, a warning, reruns, profiles and a baseline", async () => {
    const outcomes = document.conformance?.suites.flatMap(({ checks }) => checks.map(({ outcome }) => outcome));
    expect(outcomes).toEqual(expect.arrayContaining(["pass", "warn", "fail"]));
    expect(document.conformance?.profiles.map(({ status }) => status)).toEqual(["not-earned"]);
    expect(document.baseline?.entries.map(({ status }) => status)).toEqual(["known", "stale"]);
    expect(await edits(document)).toEqual([]);
  });

  test(
    "finds every edited text, number and boolean that follows from what was recorded",
    async () => {
      const places = placesIn(document).filter((path) => !DECLARED.some((declared) => declared.test(path.join("/"))));
      const one = new Map(places.map((path) => [kindOf(path), path]));
      expect(one.size).toBeGreaterThan(100);
      for (const path of one.values()) await expectFound(path);
      await assert(asyncProperty(constantFrom(...places), expectFound), { numRuns: 100 });
    },
    3 * MINUTES,
  );

  test("finds a check that was taken away, one that was added, and a member that was taken away", async () => {
    const checks: Path = ["conformance", "suites", 0, "checks"];
    const list = (value: unknown) => value as object[];
    expect(await edits(edited(checks, (value) => list(value).slice(1)))).not.toEqual([]);
    expect(await edits(edited(checks, (value) => [...list(value), list(value)[0]]))).not.toEqual([]);
    expect(await edits(edited(["conformance", "profiles"], () => []))).not.toEqual([]);
    expect(await edits(edited(["gate", "reasons"], () => []))).not.toEqual([]);
    const withoutRepro = document.conformance?.suites[0]?.checks.findIndex(
      ({ outcome }) => outcome === "fail",
    ) as number;
    expect(await edits(edited([...checks, withoutRepro, "repro"], () => ({})))).not.toEqual([]);
  });

  test("finds a changed byte of the transcripts wherever it is", async () => {
    const sidecar = join(cwd, "infermark-report", "transcripts.ndjson.gz");
    const bytes = readFileSync(sidecar);
    const byte = record({ at: nat(bytes.length - 1), bits: integer({ min: 1, max: 255 }) });
    try {
      await assert(
        asyncProperty(byte, async ({ at, bits }) => {
          const copy = Buffer.from(bytes);
          copy[at] = (copy[at] as number) ^ bits;
          writeFileSync(sidecar, copy);
          expect(await edits(document)).toEqual([expect.stringContaining("its digest differs")]);
        }),
        { numRuns: 200 },
      );
    } finally {
      writeFileSync(sidecar, bytes);
    }
  });

  test("of the command line ends with exit 1 and says what was edited", async () => {
    const place = placesIn(document).find((path) => path.at(-1) === "actual") as Path;
    writeFileSync(join(cwd, "infermark-report", "edited.json"), JSON.stringify(edited(place)));
    const { code, stdout } = await runCli(["replay", "infermark-report/edited.json", "--offline"], { cwd });
    expect(stdout).toMatch(/^v1-rest\/[\w-]+: the document says actual .*x, its transcripts say /);
    expect(code).toBe(1);
  });
});
