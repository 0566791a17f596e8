import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startReference } from "../../src/cli/commands/serve.ts";
import type { RunningReference } from "../../src/reference/index.ts";
import { runCli, scratchFolder } from "./run-cli.ts";

let running: RunningReference;
let cwd: string;
const document = () => join(cwd, "infermark-report", "result.json");

beforeAll(async () => {
  running = await startReference({ restPort: 0, grpcPort: 0, faults: ["v2-rest:drops-id"], maxBodyBytes: 1e8 });
  cwd = scratchFolder();
  await runCli(["conformance", "--rest", running.restUrl as string, "--suite", "v2-rest"], { cwd });
}, 180_000);

afterAll(() => running.close());

describe("replay", () => {
  test("runs one check of a document against its target again", async () => {
    const { code, stdout } = await runCli(["replay", "infermark-report/result.json", "v2-rest/infer-echoes-id"], {
      cwd,
    });
    expect(stdout).toContain("1 check failed: v2-rest/infer-echoes-id");
    expect(code).toBe(1);
    const again = JSON.parse(readFileSync(join(cwd, "infermark-replay", "result.json"), "utf8")) as {
      conformance: { coverage: { checked: number } };
    };
    expect(again.conformance.coverage.checked).toBe(1);
  });

  test("suggests the nearest check of the document", async () => {
    const { code, stderr } = await runCli(["replay", "infermark-report/result.json", "v2-rest/infer-echo-id"], { cwd });
    expect(stderr).toContain('did you mean "v2-rest/infer-echoes-id"');
    expect(code).toBe(2);
  });

  test("offline reaches every verdict from the transcripts, and finds an edited verdict and an edited byte", async () => {
    const args = ["replay", "infermark-report/result.json", "--offline"];
    const untouched = await runCli(args, { cwd });
    expect(untouched.stdout).toContain("reached again from the transcripts");
    expect(untouched.code).toBe(0);

    const text = readFileSync(document(), "utf8");
    writeFileSync(document(), text.replace('"outcome": "fail"', '"outcome": "pass"'));
    const edited = await runCli(args, { cwd });
    expect(edited.stdout).toContain("v2-rest/infer-echoes-id: the document says pass");
    expect(edited.code).toBe(1);

    writeFileSync(document(), text);
    appendFileSync(join(cwd, "infermark-report", "transcripts.ndjson.gz"), "x");
    const bytes = await runCli(args, { cwd });
    expect(bytes.stdout).toContain("its digest differs");
    expect(bytes.code).toBe(1);
  });
});
