import { expect, test } from "vitest";
import { InfermarkError } from "../../src/base/errors.ts";
import { startReference } from "../../src/cli/commands/serve.ts";
import { explainError } from "../../src/cli/explain-error.ts";
import type { LoadJob } from "../../src/cli/load-jobs.ts";
import { runLoadPart } from "../../src/cli/load-part.ts";
import { createProgress } from "../../src/cli/progress.ts";
import { settingsFrom } from "../../src/cli/settings.ts";
import { parseLoadPlan } from "../../src/load/index.ts";
import { parseRestAddress } from "../../src/target/index.ts";
import { suites } from "../../suites/index.ts";

const tensor = (name: string) => ({ name, datatype: "FP32" as const, shape: [-1, 4] });

test("what was measured before a load broke off is kept, with what was thrown", async () => {
  const running = await startReference({ restPort: 0, grpcPort: 0, faults: [], maxBodyBytes: 1e6 });
  const workload = suites.find(({ suite }) => suite.id === "v2-rest")?.workloads[0];
  if (!workload) throw new Error("V2 REST has no workload");
  const plan = parseLoadPlan({
    mode: "concurrency",
    protocol: "v2-rest",
    encoding: workload.encoding,
    model: "identity_fp32",
    batch: 1,
    engine: "undici",
    concurrency: 1,
    durationMs: 100,
    warmupMs: 0,
    requestTimeoutMs: 1_000,
    fullCheckEvery: 10,
    seed: 1,
  });
  const model = {
    name: "identity_fp32",
    versions: [],
    inputs: [tensor("INPUT0")],
    outputs: [tensor("OUTPUT0")],
    fixture: true,
    foundBy: ["v2-rest"],
  };
  const endpoint = parseRestAddress(running.restUrl as string);
  const good: LoadJob = { plan, workload, model, endpoint, collectors: [] };
  const encode = () => {
    throw new TypeError("a bug");
  };
  const bad: LoadJob = { ...good, workload: { ...workload, encode } };
  const { runs, thrown } = await runLoadPart([good, bad, good], {
    settings: settingsFrom({}, {}),
    signal: new AbortController().signal,
    progress: createProgress(process.stderr, { quiet: true }),
  });
  await running.close();
  expect(runs.map(({ points }) => points.length)).toEqual([1]);
  expect(thrown).toBeInstanceOf(TypeError);
});

test("a bug is exit 70, and its stack is shown only to those who ask for it", () => {
  const bug = new TypeError("x is not a function");
  expect(explainError(bug, false)).toEqual({
    exitCode: 70,
    text: "infermark: internal error: x is not a function\n  this is a bug of infermark; --verbose shows where\n",
  });
  expect(explainError(bug, true).text).toContain("load-breaks.test.ts");
});

test("what a user can act on says what to do, without a stack whatever was asked", () => {
  const error = new InfermarkError("TARGET_UNREACHABLE", "nothing answers", { hint: "start it" });
  expect(explainError(error, true)).toEqual({ exitCode: 3, text: "infermark: nothing answers\n  start it\n" });
});
