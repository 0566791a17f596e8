import { expect, test } from "vitest";
import { type LoadPoint, type PlanOutcome, parseLoadPlan, runLoad, runPlan, runStages } from "../../src/load/index.ts";
import { wireEngine } from "../../src/load/wire/wire.ts";
import { encode, someModel } from "./loopback.ts";
import { virtualTime } from "./wire/virtual-time.ts";

const MS = 1e6;
const workload = {
  protocol: "http",
  encoding: "json",
  encode: () => encode("http"),
  cheap: () => true,
  full: () => undefined,
} as const;
const shared = {
  protocol: "v2-rest",
  engine: "wire",
  encoding: "json",
  model: "echo",
  batch: 1,
  warmupMs: 0,
  requestTimeoutMs: 10_000,
  fullCheckEvery: 100,
  seed: 1,
  arrivals: "constant",
  maxInFlight: 4096,
};

/** Runs a plan under a virtual clock against a server that serves one request after the other; also the instants of sending. */
async function run(plan: object, serviceMs: number): Promise<PlanOutcome & { sentAtMs: readonly number[] }> {
  const sent: number[] = [];
  let freeAt = 0;
  const world = virtualTime((_n, sentNs) => {
    sent.push(sentNs / MS);
    freeAt = Math.max(freeAt, sentNs) + serviceMs * MS;
    return freeAt - sentNs;
  });
  const engine = wireEngine({ host: "127.0.0.1", port: 80, prefix: "", headers: [] }, world.clock, world);
  const options = { engine, workload, model: someModel, clock: world.clock };
  const outcome = await world.until(
    runPlan(parseLoadPlan({ ...shared, ...plan }), {
      point: (settings) => runLoad(settings, options),
      stages: (settings) => runStages(settings, options),
    }),
  );
  await engine.close();
  const [first = 0] = sent;
  return { ...outcome, sentAtMs: sent.map((each) => each - first) };
}

const at = ({ latency }: LoadPoint, wanted: number) =>
  latency.percentiles.find(({ percentile }) => percentile === wanted)?.ns ?? Number.NaN;
const rated = { mode: "request-rate", durationMs: 2000 };

test("requests are due at the rate that was asked for, and the point says which", async () => {
  const { points } = await run({ ...rated, rate: 500 }, 1);
  expect(points).toHaveLength(1);
  const [point] = points as [LoadPoint];
  expect(point).toMatchObject({ requestRate: 500, counts: { notSent: 0 } });
  expect(point).not.toHaveProperty("concurrency");
  // Both ends of the phase are in it.
  expect(Math.abs(point.counts.sent - 1000)).toBeLessThanOrEqual(1);
  expect(at(point, 99) / MS).toBeCloseTo(1, 2);
  expect(point.lateness?.maxNs).toBe(0);
});

test("equal seeds send at equal instants, others do not", async () => {
  const poisson = { ...rated, rate: 300, arrivals: "poisson" };
  const [first, again, other] = [
    await run({ ...poisson, warmupMs: 200 }, 1),
    await run({ ...poisson, warmupMs: 200 }, 1),
    await run({ ...poisson, warmupMs: 200, seed: 2 }, 1),
  ];
  expect(first.sentAtMs).toEqual(again.sentAtMs);
  expect(first.sentAtMs).not.toEqual(other.sentAtMs);
});

test("a trace is sent as it stands", async () => {
  const { points, sentAtMs } = await run(
    { mode: "request-rate", durationMs: 100, arrivals: "trace", offsetsMs: [0, 1.5, 40, 90] },
    1,
  );
  expect(sentAtMs.map((each) => Math.round(each * 1000) / 1000)).toEqual([0, 1.5, 40, 90]);
  expect(points[0]).toMatchObject({ requestRate: 40, counts: { sent: 4, ok: 4 } });
});

test("what waits for a place in flight ages: response time grows, service time does not", async () => {
  const { points } = await run({ ...rated, durationMs: 1000, rate: 200, maxInFlight: 1 }, 10);
  const [point] = points as [LoadPoint];
  expect(Math.max(...point.service.percentiles.map(({ ns }) => ns)) / MS).toBeCloseTo(10, 0);
  // Twice as many are due as can be served: the last waits as long as the phase took.
  expect(Math.abs(point.latency.maxNs / MS - 1010)).toBeLessThan(6);
  expect(point.validity.problems.map(({ code }) => code)).toContain("off-schedule");
});

test("a ramp is not called unsteady for being one", async () => {
  const { points } = await run({ ...rated, rate: 100, toRate: 900 }, 1);
  expect(points[0]).toMatchObject({ requestRate: 500 });
  expect(points[0]?.validity.problems.map(({ code }) => code)).not.toContain("not-stationary");
});

const OVERLOAD = {
  mode: "stages",
  objectives: ["p99<50ms"],
  stages: [
    { name: "calm", durationMs: 2000, rate: 100 },
    { name: "overload", durationMs: 1000, rate: 1000 },
    { name: "recovery", durationMs: 5000, rate: 100 },
  ],
};

test("stages follow each other without a gap: what an overload leaves behind burdens what comes after it", async () => {
  const { points, recovery } = await run(OVERLOAD, 2);
  expect(points.map(({ stage, requestRate }) => [stage, requestRate])).toEqual([
    ["calm", 100],
    ["overload", 1000],
    ["recovery", 100],
  ]);
  const [calm, overload, after] = points as [LoadPoint, LoadPoint, LoadPoint];
  expect(calm.counts.sent).toBe(200);
  expect(overload.counts.sent).toBe(1000);
  expect(Math.abs(after.counts.sent - 500)).toBeLessThanOrEqual(1);
  expect(at(calm, 99) / MS).toBeCloseTo(2, 1);
  // 1000 came in a second and 500 were served: a second of work is left, which shrinks by 0.8 s in each.
  expect(after.latency.maxNs / MS).toBeGreaterThan(950);
  const backMs = (1000 - 48) / 0.8;
  expect(Math.abs((recovery?.afterMs ?? 0) - backMs)).toBeLessThanOrEqual(100);
  expect(recovery).toMatchObject({ stage: "recovery", criteria: ["p99<50ms"], withinMs: 50 });
});

test("a service that does not come back has no time of recovery", async () => {
  const { recovery } = await run({ ...OVERLOAD, objectives: ["p99<1ms"] }, 2);
  expect(recovery).not.toHaveProperty("afterMs");
});

test("without objectives, nine tenths of the rate are a recovery", async () => {
  const { objectives: _, ...plan } = OVERLOAD;
  expect((await run(plan, 2)).recovery?.criteria).toEqual(["throughput>=90/s"]);
});
