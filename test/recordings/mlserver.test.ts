import { readFileSync } from "node:fs";
import { type CheckResult, probeTarget, readTranscript, replaying, runConformance } from "#kit";
import { beforeAll, expect, test } from "vitest";
import { parseBaseline, type ResultDocument } from "../../src/result/index.ts";
import { profiles, suites } from "../../suites/index.ts";
import { hurriedClock } from "../laws/lab.ts";

const here = (path: string) => new URL(path, import.meta.url);
const published = JSON.parse(readFileSync(here("../../reports/runtimes/mlserver/1.7.1.json"), "utf8")) as ResultDocument;

let results: readonly CheckResult[] = [];

beforeAll(async () => {
  const transport = replaying(readTranscript(readFileSync(here("./mlserver-1.7.1.ndjson.gz"))));
  const info = await probeTarget(transport, { rest: true, grpc: true, models: ["iris"], fixtures: true, deadlineMs: 1_000, clock: hurriedClock });
  const selection = suites
    .map(({ suite }) => ({ suite, checks: suite.checks.filter(({ dangerous }) => !dangerous), named: false }))
    .filter(({ suite }) => suite.id !== "v1-rest");
  const { suites: judged } = await runConformance(selection, profiles, {
    transport,
    info,
    seed: 1,
    clock: hurriedClock,
    limits: { requestMs: 1_000, recoveryMs: 1_000, concurrency: 8 },
  });
  results = judged.flatMap(({ checks }) => checks);
});

test("the recording of MLServer 1.7.1 is judged as the published result says", () => {
  const verdicts = (published.conformance?.suites ?? []).flatMap(({ checks }) => checks.map(({ id, outcome }) => `${id} ${outcome}`));
  expect(results.map(({ check, verdict }) => `${check} ${verdict.outcome}`)).toEqual(verdicts);
});

test("every failure of MLServer 1.7.1 is adjudicated, and nothing else is", () => {
  const baseline = parseBaseline(readFileSync(here("../../reports/runtimes/mlserver/known-failing.yaml"), "utf8"));
  const failed = results.filter(({ verdict }) => verdict.outcome === "fail").map(({ check }) => check);
  expect(baseline.entries.map(({ check }) => check).toSorted()).toEqual(failed.toSorted());
});
