import { readFileSync } from "node:fs";
import { type CheckResult, probeTarget, readTranscript, replaying, runConformance } from "#kit";
import { beforeAll, describe, expect, test } from "vitest";
import { parseBaseline, type ResultDocument } from "../../src/result/index.ts";
import { profiles, suites } from "../../suites/index.ts";
import { hurriedClock } from "../laws/lab.ts";

const RUNTIMES = [
  ["mlserver", "1.7.1"],
  ["kserve", "0.21.0"],
  ["triton", "2.51.0"],
] as const;

const read = (path: string) => readFileSync(new URL(path, import.meta.url));

/** Judges what a recording holds, as the run that made it did. */
async function judgeRecording(runtime: string, version: string): Promise<readonly CheckResult[]> {
  const transport = replaying(readTranscript(read(`./${runtime}-${version}.ndjson.gz`)));
  const options = { rest: true, grpc: true, models: ["iris"], fixtures: true, deadlineMs: 10_000, clock: hurriedClock };
  const info = await probeTarget(transport, options);
  const selection = suites.map(({ suite }) => ({
    suite,
    checks: suite.checks.filter(({ dangerous }) => !dangerous),
    named: false,
  }));
  const judged = await runConformance(selection, profiles, {
    transport,
    info,
    seed: 1,
    clock: hurriedClock,
    limits: { requestMs: 10_000, recoveryMs: 1_000, concurrency: 8 },
  });
  return judged.suites.flatMap(({ checks }) => checks);
}

describe.each(RUNTIMES)("the recording of %s %s", (runtime, version) => {
  let results: readonly CheckResult[] = [];
  beforeAll(async () => {
    results = await judgeRecording(runtime, version);
  });

  test("is judged as the published result says", () => {
    const published = JSON.parse(read(`../../reports/runtimes/${runtime}/${version}.json`).toString()) as ResultDocument;
    const verdicts = (published.conformance?.suites ?? []).flatMap(({ checks }) => checks.map(({ id, outcome }) => `${id} ${outcome}`));
    expect(verdicts.length).toBeGreaterThan(100);
    expect(results.map(({ check, verdict }) => `${check} ${verdict.outcome}`)).toEqual(verdicts);
  });

  test("has no failure that is not adjudicated, and no adjudication without its failure", () => {
    const baseline = parseBaseline(read(`../../reports/runtimes/${runtime}/known-failing.yaml`).toString());
    const failed = results.filter(({ verdict }) => verdict.outcome === "fail").map(({ check }) => check);
    expect(baseline.entries.map(({ check }) => check).toSorted()).toEqual(failed.toSorted());
  });
});
