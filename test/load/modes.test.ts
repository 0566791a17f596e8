import { describe, expect, test } from "vitest";
import { type LoadPoint, type PointSettings, parseLoadPlan, runPlan } from "../../src/load/index.ts";
import { createHistogram, missesAllowed, queriesNeeded } from "../../src/statistics/index.ts";
import { loadPoint } from "../result/sample-run.ts";

const MS = 1e6;
const shared = {
  protocol: "v2-rest",
  engine: "wire",
  encoding: "json",
  model: "echo",
  batch: 1,
  durationMs: 1000,
  warmupMs: 100,
  requestTimeoutMs: 1000,
  fullCheckEvery: 100,
  seed: 1,
};
const open = { arrivals: "constant", maxInFlight: 64 };

interface Own {
  readonly timesMs?: readonly number[];
  readonly failed?: number;
  readonly problems?: readonly string[];
}

/** A point with these times and failures. */
function pointWith({ timesMs = [1], failed = 0, problems = [] }: Own): LoadPoint {
  const histogram = createHistogram();
  for (const each of timesMs) histogram.recordNs(each * MS);
  const latency = {
    count: timesMs.length,
    minNs: histogram.minNs,
    maxNs: histogram.maxNs,
    meanNs: histogram.meanNs,
    clamped: 0,
    percentiles: [50, 90, 95, 99, 99.9].map((percentile) => {
      const ns = histogram.percentile(percentile);
      return { percentile, ns, lowNs: ns, highNs: ns };
    }),
    histogram: histogram.encode(),
  };
  histogram.destroy();
  const sample = loadPoint(1) as LoadPoint;
  const validity = {
    valid: problems.length === 0,
    problems: problems.map((code) => ({ code, evidence: code })),
    evidence: [],
  };
  const counts = { ...sample.counts, sent: timesMs.length + failed, ok: timesMs.length, timeout: failed, notSent: 0 };
  return { ...sample, latency, service: latency, counts, validity };
}

/** Runs a plan whose points are what `measure` says; also the settings they were asked for with. */
async function run(plan: object, measure: (settings: PointSettings, nth: number) => Own, signal?: AbortSignal) {
  const asked: PointSettings[] = [];
  const outcome = await runPlan(parseLoadPlan({ ...shared, ...plan }), {
    ...(signal && { signal }),
    point: (settings) => {
      asked.push(settings);
      return Promise.resolve(pointWith(measure(settings, asked.length)));
    },
    stages: () => Promise.reject(new Error("there are no stages")),
  });
  return { ...outcome, asked };
}

const sameTimes = (count: number, ms: number) => Array.from({ length: count }, () => ms);

test("a sweep measures each batch size with each load", async () => {
  const { asked, points } = await run({ mode: "sweep", batch: [1, 8], concurrency: [2, 4] }, () => ({}));
  const loads = asked.map((each) => [each.batch, "concurrency" in each ? each.concurrency : 0]);
  expect(loads).toEqual([
    [1, 2],
    [1, 4],
    [8, 2],
    [8, 4],
  ]);
  expect(points).toHaveLength(4);
  const rates = await run({ mode: "sweep", batch: [3], rate: [10, 20], ...open }, () => ({}));
  expect(rates.asked).toMatchObject([
    { rate: 10, ...open },
    { rate: 20, ...open },
  ]);
});

test("a sweep that is stopped keeps what it has", async () => {
  const stop = new AbortController();
  const plan = { mode: "sweep", batch: [1], concurrency: [1, 2, 3] };
  const { points } = await run(plan, (_, nth) => (nth === 2 ? (stop.abort(), {}) : {}), stop.signal);
  expect(points).toHaveLength(2);
});

describe("a search", () => {
  const plan = { mode: "search", objectives: ["p99<50ms", "errors<1%"], from: 10, most: 1000, precision: 0.05 };
  const overRate = { ...plan, over: "rate", ...open };
  const rateOf = (settings: PointSettings) => ("rate" in settings ? settings.rate : Number.NaN);

  test("says what it found, what bounds it, and what it tried, one trial for each point", async () => {
    const { search, points } = await run(overRate, (settings) => ({
      timesMs: sameTimes(500, rateOf(settings) <= 300 ? 20 : 80),
    }));
    expect(search).toMatchObject({ over: "rate", objectives: plan.objectives, ended: "found" });
    expect(search?.best).toBeGreaterThan(280);
    expect(search?.best).toBeLessThanOrEqual(300);
    expect(search?.bound?.because).toBe("missed");
    expect(search?.trials).toHaveLength(points.length);
    expect(search?.trials.filter(({ load, attainment }) => load === search.best && attainment === "met")).toHaveLength(
      2,
    );
  });

  test("over concurrency asks for closed loops of whole numbers", async () => {
    const { search, asked } = await run({ ...plan, over: "concurrency" }, (settings) => ({
      timesMs: sameTimes(500, "concurrency" in settings && settings.concurrency <= 37 ? 20 : 80),
    }));
    expect(asked.every((each) => "concurrency" in each && Number.isInteger(each.concurrency))).toBe(true);
    expect(search?.best).toBeGreaterThanOrEqual(36);
    expect(search?.best).toBeLessThanOrEqual(37);
  });

  test("takes an invalid trial for none that missed", async () => {
    const { search } = await run(overRate, (settings) => ({
      timesMs: sameTimes(500, 20),
      problems: rateOf(settings) > 200 ? ["client-limited"] : [],
    }));
    expect(search).toMatchObject({ ended: "undecided", bound: { because: "undecided" } });
  });

  test("that is stopped says so", async () => {
    const stop = new AbortController();
    const { search } = await run(
      overRate,
      (_, nth) => (nth === 3 ? (stop.abort(), {}) : { timesMs: sameTimes(500, 1) }),
      stop.signal,
    );
    expect(search?.ended).toBe("interrupted");
    expect(search?.trials).toHaveLength(3);
  });
});

describe("early stopping", () => {
  const server = { mode: "server", rate: 100, maxInFlight: 64, boundMs: 50 };
  const served = (queries: number, misses: number) =>
    run(server, () => ({
      timesMs: [...sameTimes(queries - misses, 20), ...sameTimes(misses, 80)],
    }));

  test.each([
    [459, 0, "met"],
    [458, 0, "undecided"],
    [662, 1, "met"],
    [661, 1, "undecided"],
    [2010, 10, "met"],
    [2009, 10, "undecided"],
    [12_571, 100, "met"],
    [12_570, 100, "undecided"],
    [2010, 30, "missed"],
  ])("of %i queries with %i beyond the bound: %s", async (queries, misses, verdict) => {
    const { scenario, asked } = await served(queries, misses);
    expect(scenario).toMatchObject({ scenario: "server", verdict, queries, misses, percentile: 99, boundNs: 50 * MS });
    expect(scenario?.needed).toBe(verdict === "undecided" ? 1 : undefined);
    expect(asked).toMatchObject([{ arrivals: "poisson", rate: 100 }]);
  });

  test("counts what failed as a miss", async () => {
    const { scenario } = await run(server, () => ({ timesMs: sameTimes(661, 20), failed: 1 }));
    expect(scenario).toMatchObject({ verdict: "met", queries: 662, misses: 1 });
  });

  test("does not judge what the client spoiled", async () => {
    const { scenario } = await run(server, () => ({ timesMs: sameTimes(5000, 20), problems: ["client-limited"] }));
    expect(scenario).toMatchObject({ verdict: "undecided", invalid: ["client-limited"] });
  });

  test.each([
    ["single-stream", 90],
    ["multi-stream", 99],
  ])("%s sends one query at a time, and tells within what p%i is", async (mode, percentile) => {
    const count = 1000;
    const timesMs = Array.from({ length: count }, (_, i) => i + 1);
    const { scenario, asked } = await run({ mode }, () => ({ timesMs }));
    const allowed = missesAllowed(percentile / 100, count) as number;
    expect(queriesNeeded(percentile / 100, allowed)).toBeLessThanOrEqual(count);
    expect(asked).toMatchObject([{ concurrency: 1 }]);
    expect(scenario).toMatchObject({ verdict: "measured", queries: count, percentile, missesAllowed: allowed });
    expect(Math.abs((scenario?.estimateNs ?? 0) / MS / (count - allowed) - 1)).toBeLessThanOrEqual(0.001);
  });

  test("with too few queries says how many more it needs, and no percentile", async () => {
    const { scenario } = await run({ mode: "multi-stream" }, () => ({ timesMs: sameTimes(400, 5) }));
    expect(scenario).toMatchObject({ verdict: "undecided", needed: 59 });
    expect(scenario).not.toHaveProperty("estimateNs");
  });

  test("offline counts inferences, of a valid measurement alone", async () => {
    const plan = { mode: "offline", concurrency: 16 };
    const { scenario, points, asked } = await run(plan, () => ({}));
    expect(asked).toMatchObject([{ concurrency: 16 }]);
    expect(scenario).toMatchObject({ verdict: "measured", inferencesPerSecond: points[0]?.inferences.value });
    const spoilt = await run(plan, () => ({ problems: ["not-stationary"] }));
    expect(spoilt.scenario).toMatchObject({ verdict: "undecided", invalid: ["not-stationary"] });
    expect(spoilt.scenario).not.toHaveProperty("inferencesPerSecond");
  });
});

describe("measuring again", () => {
  const plan = { mode: "concurrency", concurrency: 1, autoExtendMs: 10_000 };
  const lengths = (asked: readonly PointSettings[]) => asked.map(({ durationMs }) => durationMs);

  test("goes on, each time twice as long and without a warm-up, until the measurement is valid", async () => {
    const { asked, points } = await run(plan, (_, nth) => ({ problems: nth < 3 ? ["too-few-samples"] : [] }));
    expect(lengths(asked)).toEqual([1000, 2000, 4000]);
    expect(asked.map(({ warmupMs }) => warmupMs)).toEqual([100, 0, 0]);
    expect(points.map(({ validity }) => validity.valid)).toEqual([true]);
  });

  test("ends with the time that it may take", async () => {
    const { asked, points } = await run(plan, () => ({ problems: ["not-stationary", "too-few-samples"] }));
    expect(lengths(asked)).toEqual([1000, 2000, 4000, 4000]);
    expect(points).toHaveLength(1);
  });

  test("does not do for what more of the same cannot settle", async () => {
    const { asked } = await run(plan, () => ({ problems: ["too-few-samples", "errors"] }));
    expect(asked).toHaveLength(1);
  });
});
