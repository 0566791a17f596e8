import { describe, expect, test } from "vitest";
import { judgeThresholds, parseThreshold } from "../../src/result/index.ts";
import { loadPoint } from "./sample-run.ts";

describe("a threshold", () => {
  test.each([
    ["p99<=20ms", "p99", "<=", 20e6, "ns"],
    [" p99.9 < 1.5 s ", "p99.9", "<", 1.5e9, "ns"],
    ["mean<500us", "mean", "<", 5e5, "ns"],
    ["throughput>=1000", "throughput", ">=", 1000, "1/s"],
    ["inferences>8000/s", "inferences", ">", 8000, "1/s"],
    ["error-rate<=1%", "error-rate", "<=", 0.01, "ratio"],
    ["error-rate<0.02", "error-rate", "<", 0.02, "ratio"],
    ["errors<0.1%", "error-rate", "<", 0.001, "ratio"],
  ])("is read: %s", (expression, metric, comparison, limit, unit) => {
    expect(parseThreshold(expression)).toEqual({ expression, metric, comparison, limit, unit });
  });

  test.each([
    "",
    "p99",
    "p99<=20",
    "p99=20ms",
    "p100<=1s",
    "throughput>=5ms",
    "error-rate<=1ms",
    "speed>3",
    "p99<=20ms;rm",
  ])("is refused: %j", (expression) => {
    expect(() => parseThreshold(expression)).toThrow(/is not a threshold/);
  });

  test("holds the worst point against the limit", () => {
    const load = { runs: [{ plan: { mode: "concurrency" }, points: [loadPoint(1), loadPoint(32)] }] };
    const worst = loadPoint(32).latency.percentiles.find(({ percentile }) => percentile === 50)?.ns;
    expect(judgeThresholds([parseThreshold("p50<=1ms")], load)[0]).toMatchObject({
      status: "missed",
      worst,
      reason: "2 of 2 points beyond the limit",
    });
    expect(judgeThresholds([parseThreshold("throughput>=1")], load)[0]).toMatchObject({
      status: "met",
      worst: loadPoint(1).throughput.value,
    });
  });

  test("of a stage is held against the points of that stage alone", () => {
    const points = [
      { ...loadPoint(1), stage: "base" },
      { ...loadPoint(32), stage: "spike" },
    ];
    const load = { runs: [{ plan: { mode: "stages" }, points }] };
    const [base] = judgeThresholds([parseThreshold("base:p50<=1ms")], load);
    expect(base).toMatchObject({ expression: "base:p50<=1ms", reason: "1 of 1 points beyond the limit" });
    const [absent] = judgeThresholds([parseThreshold("soak:p50<=1s")], load);
    expect(absent).toMatchObject({ status: "undecided" });
  });

  test("never counts the numbers of an invalid point", () => {
    const load = { runs: [{ plan: { mode: "concurrency" }, points: [loadPoint(64, false)] }] };
    const [judged] = judgeThresholds([parseThreshold("p50<=1ns")], load);
    expect(judged).toMatchObject({ status: "undecided", reason: "the measurement is invalid: client-limited, errors" });
    expect(judged?.worst).toBeUndefined();
  });
});
