import { describe, expect, test } from "vitest";
import { judgeThresholds, type LoadPoint, parseThreshold } from "../../src/result/index.ts";
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

  const judged = (expression: string, ...points: readonly LoadPoint[]) => {
    const [only] = judgeThresholds([parseThreshold(expression)], {
      runs: [{ plan: { mode: "concurrency" }, points: [...points] }],
    });
    return only;
  };
  const point = loadPoint(8);

  test.each([
    ["us", 1e3],
    ["µs", 1e3],
    ["ns", 1],
    ["ms", 1e6],
    ["s", 1e9],
  ])("counts in %s", (unit, ns) => {
    expect(parseThreshold(`max<2${unit}`)).toMatchObject({ limit: 2 * ns, unit: "ns" });
  });

  test("keeps what it was given, and says how to write it right", () => {
    expect(judged("mean<=1s", point)).toMatchObject({ expression: "mean<=1s", metric: "mean", comparison: "<=" });
    expect(() => parseThreshold("p99")).toThrow(
      expect.objectContaining({ code: "USAGE", hint: expect.stringContaining("p99<=20ms") }),
    );
  });

  test.each(["p99<=20ms|", "|p99<=20ms", "P99<=20ms", "p99<=.5ms", "p99<=5.ms", "p999<=1s", "p9x<=1s", "xp99<=1s"])(
    "is refused: %j",
    (expression) => {
      expect(() => parseThreshold(expression)).toThrow(/is not a threshold/);
    },
  );

  test.each([
    ["mean", point.latency.meanNs],
    ["max", point.latency.maxNs],
    ["p99.9", point.latency.percentiles.find(({ percentile }) => percentile === 99.9)?.ns],
  ])("reads %s of the latency", (metric, ns) => {
    expect(judged(`${metric}<=${ns}ns`, point)).toMatchObject({ status: "met", worst: ns });
    expect(judged(`${metric}<${ns}ns`, point)).toMatchObject({ status: "missed", worst: ns });
    expect(judged(`${metric}>=${ns}ns`, point)).toMatchObject({ status: "met" });
    expect(judged(`${metric}>${ns}ns`, point)).toMatchObject({ status: "missed" });
  });

  test("reads inferences, throughput and the share of requests without a right answer", () => {
    const half = { ...point, counts: { ...point.counts, sent: 100, ok: 50 } };
    expect(judged("inferences>=0", point)).toMatchObject({ status: "met", worst: point.inferences.value });
    expect(judged("throughput>=0", point)).toMatchObject({ status: "met", worst: point.throughput.value });
    expect(judged("error-rate<=50%", half)).toMatchObject({ status: "met", worst: 0.5 });
    expect(judged("error-rate<0.5", half)).toMatchObject({ status: "missed" });
  });

  test("is undecided where nothing was measured, at no point or at one of them", () => {
    const silent = { ...point, latency: { ...point.latency, count: 0 }, counts: { ...point.counts, sent: 0, ok: 0 } };
    expect(judgeThresholds([parseThreshold("p50<=1s")], undefined)[0]).toMatchObject({
      status: "undecided",
      reason: "no load was measured",
    });
    for (const metric of ["p50", "mean", "max"]) {
      expect(judged(`${metric}<=1s`, point, silent)).toMatchObject({
        status: "undecided",
        worst: expect.any(Number),
        reason: `${metric} was not measured at every point`,
      });
    }
    expect(judged("error-rate<=1%", silent)).toMatchObject({
      status: "undecided",
      reason: "error-rate was not measured at every point",
    });
  });

  test("takes the greatest where less is better, and the least where more is", () => {
    const [slow, fast] = [loadPoint(32), loadPoint(1)].map((each) => each.latency.meanNs);
    expect(judged("mean<=1s", loadPoint(1), loadPoint(32))?.worst).toBe(slow);
    expect(judged("mean>=1ns", loadPoint(1), loadPoint(32))?.worst).toBe(fast);
  });

  test("says how many points miss it", () => {
    const between = (loadPoint(1).latency.meanNs + loadPoint(32).latency.meanNs) / 2;
    expect(judged(`mean<=${between}ns`, loadPoint(1), loadPoint(32), loadPoint(32))).toMatchObject({
      status: "missed",
      reason: "2 of 3 points beyond the limit",
    });
  });

  test("counts errors also where they make the point invalid", () => {
    expect(judged("error-rate<=0.01%", loadPoint(64, false))).toMatchObject({ status: "missed" });
    expect(judged("error-rate<=99%", loadPoint(64, false))).toMatchObject({ status: "met" });
  });

  test("is undecided for a percentile that the histogram was not asked for, and says no worst", () => {
    expect(judged("p42<=1s", point)).toEqual({
      ...parseThreshold("p42<=1s"),
      status: "undecided",
      reason: "p42 was not measured at every point",
    });
    expect(judged("p99.99<=1s", point)).toMatchObject({ status: "met" });
  });

  test("is missed by one valid point, whatever other points are", () => {
    expect(judged("mean<=1ns", point, loadPoint(64, false))).toMatchObject({
      status: "missed",
      reason: "1 of 2 points beyond the limit",
    });
  });

  test("is undecided when all valid points hold it and one point is invalid", () => {
    expect(judged("mean<=1s", point, loadPoint(64, false))).toMatchObject({
      status: "undecided",
      worst: point.latency.meanNs,
      reason: "the measurement is invalid: client-limited, errors",
    });
  });
});
