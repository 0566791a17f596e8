import { describe, expect, test } from "vitest";
import { suites } from "../../suites/index.ts";
import { runCli } from "./run-cli.ts";

describe("list clauses", () => {
  test("says of every clause how it is accounted for", async () => {
    const { code, stdout } = await runCli(["list", "clauses"]);
    expect(code).toBe(0);
    const ids = suites.flatMap(({ suite }) => Object.keys(suite.clauses));
    const lines = stdout.trimEnd().split("\n");
    expect(lines.length).toBe(ids.length);
    expect(lines.filter((line) => !/\[(checked by|record only:|not observable:) .+\]$/.test(line))).toEqual([]);
    expect(lines.find((line) => line.includes(" V2REST-INFER-14 "))).toContain("[checked by v2-rest/infer-echoes-id]");
    expect(lines.find((line) => line.includes(" V2REST-LIVE-04 "))).toContain(
      "[record only: v2-rest/live-body-length]",
    );
    expect(lines.find((line) => line.includes(" V2REST-SMETA-05 "))).toContain(
      "[not observable: Server metadata takes",
    );
  });
});

describe("explain of a clause", () => {
  test("shows statement, source and reading, and each check with its faults", async () => {
    const { code, stdout } = await runCli(["explain", "V2REST-INFER-43"]);
    expect(code).toBe(0);
    expect(stdout).toContain("V2REST-INFER-43 (must, implied)\n  Inference on a model that is not ready fails");
    expect(stdout).toContain('  source: open-inference-protocol/specification/protocol/inference_rest.md, "Health');
    expect(stdout).toContain("  our reading: Refusal → pass.");
    expect(stdout).toContain("Judged by:\n  v2-rest/unloaded-model-does-not-infer  An inference on a model");
    expect(stdout).toContain("v2-rest:zeros-while-unloaded  the runtime answers zeros");
    expect(stdout).toContain(
      "v2-rest:loads-for-an-inference  the runtime loads a model which was unloaded when an inference comes (a warning)",
    );
  });

  test("shows who records it, or why nobody can observe it", async () => {
    const recorded = await runCli(["explain", "V2REST-LIVE-04"]);
    expect(recorded.stdout).toContain("Recorded, without a verdict, by:\n  v2-rest/live-body-length");
    const hidden = await runCli(["explain", "V2REST-SMETA-05"]);
    expect(hidden.stdout).toContain("It cannot be observed from outside:\n  Server metadata takes no input");
  });
});

test("list models says what each fixture does", async () => {
  const { stdout } = await runCli(["list", "models"]);
  expect(stdout).toMatch(/^ {2}text +INPUT0 BYTES \[-1,1\] → OUTPUT0 BYTES \[-1,1\]: the capitals of its text/m);
});
