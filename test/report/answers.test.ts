import { describe, expect, test } from "vitest";
import { answers } from "../../src/report/answers/answers.ts";
import { paretoFront, sweepLines } from "../../src/report/sweep.ts";
import { assemble, type ResultDocument } from "../../src/result/index.ts";
import { kneeOf } from "../../src/statistics/index.ts";
import { conformance, loadPoint, observations, options } from "../result/sample-run.ts";

const document = assemble(observations, options);
const sayings = (of: ResultDocument) => answers(of).map(({ says }) => says);
const passing = conformance.suites.map((suite) => ({
  ...suite,
  checks: suite.checks.filter(({ verdict }) => verdict.outcome === "pass"),
}));
const earned = {
  ...conformance,
  suites: passing,
  profiles: conformance.profiles.slice(0, 1).map((each) => ({ ...each, status: "earned" as const, because: [] })),
};

describe("the first screen answers in words", () => {
  test("for a run with failures and a measurement that is not valid", () => {
    const [conforms, carries, trust] = answers(document);
    expect(conforms?.says).toBe("No: 3 checks fail of 62.");
    expect(conforms?.because).toContain("1 failure is known: known-failing.yaml.");
    expect(carries?.says).toMatch(
      /^\d+ inferences\/s \(95 % CI \d+ – \d+\) in \d+ requests\/s at 32 in flight, p99 .* ms: v2-rest json, model simple, batch 4\.$/,
    );
    expect(carries?.because).toContain("The greatest load that was tried gave it: the limit may be higher.");
    expect(trust?.says).toBe("In part.");
    expect(trust?.because).toContain(
      "3 of 4 measurements are valid; one that is not tells no number of what is carried.",
    );
  });

  test("for conformance alone", () => {
    const { load: _load, ...rest } = observations;
    expect(sayings(assemble({ ...rest, conformance: earned }, { documentFile: "result.json" }))).toEqual([
      "Yes: it earns Open Inference Protocol, REST.",
      "Not measured: no load was sent.",
      "Yes.",
    ]);
  });

  test("for load alone, of which nothing is valid", () => {
    const { conformance: _conformance, ...rest } = observations;
    const load = [{ plan: { mode: "concurrency" }, points: [loadPoint(64, false)] }];
    expect(sayings(assemble({ ...rest, load }, { documentFile: "result.json" }))).toEqual([
      "Not tested: no conformance suite ran.",
      "No number can be given: the measurement is not valid (client-limited and errors).",
      "No.",
    ]);
  });

  test("for a run that ended early", () => {
    const { load: _load, ...rest } = observations;
    const early = assemble(
      { ...rest, conformance: { ...earned, partial: true }, endedEarly: "interrupted" },
      { documentFile: "result.json" },
    );
    expect(sayings(early)).toEqual([
      "Not known: the run ended early; of the checks that ran none fails.",
      "Not measured: no load was sent.",
      "Yes. The run is a part of what was asked.",
    ]);
  });
});

test("the knee is where throughput ÷ latency is greatest, and none where nothing beyond it was seen", () => {
  const at = (throughput: number, latencyNs: number) => ({ throughput, latencyNs });
  expect(kneeOf([at(100, 10), at(380, 11), at(400, 20), at(400, 40)])).toBe(1);
  expect(kneeOf([at(100, 10), at(200, 10), at(400, 10)])).toBeUndefined();
  expect(kneeOf([at(100, 10), at(100, 20)])).toBeUndefined();
});

test("a sweep is drawn from its valid points, by ascending load, a line for each batch size", () => {
  const points = [
    loadPoint(32),
    loadPoint(1),
    loadPoint(64, false),
    { ...loadPoint(8), batch: 1 },
    { ...loadPoint(2), batch: 1 },
  ];
  expect(
    sweepLines(points).map(({ name, points: line }) => [name, line.map(({ concurrency }) => concurrency)]),
  ).toEqual([
    ["batch 4", [1, 32]],
    ["batch 1", [2, 8]],
  ]);
});

test("the front holds what no other valid point beats in both throughput and p99", () => {
  const point = (rate: number, p99: number, valid = true) => {
    const base = loadPoint(8, valid);
    return {
      ...base,
      inferences: { value: rate },
      latency: { ...base.latency, percentiles: [{ percentile: 99, ns: p99 }] },
    };
  };
  const front = paretoFront([point(10, 5), point(20, 6), point(15, 7), point(30, 5, false), point(20, 9)]);
  expect(front.map(({ inferences }) => inferences.value)).toEqual([10, 20]);
});
