import { expect, test } from "vitest";
import { watchLoad } from "../../../src/cli/live/load-view.ts";
import { type LoadPlan, type LoadProgress, parseLoadPlan } from "../../../src/load/index.ts";

const shared = {
  protocol: "v2-rest",
  encoding: "json",
  model: "m",
  engine: "wire",
  durationMs: 10_000,
  warmupMs: 2_000,
  requestTimeoutMs: 1_000,
  fullCheckEvery: 100,
  seed: 1,
};
const sweep = parseLoadPlan({ ...shared, mode: "sweep", batch: [1, 4], concurrency: [1, 2, 8] });
const single = parseLoadPlan({ ...shared, mode: "concurrency", batch: 1, concurrency: 8 });
const search = parseLoadPlan({
  ...shared,
  mode: "search",
  batch: 1,
  over: "concurrency",
  objectives: ["p99<1s"],
  from: 1,
  most: 64,
  precision: 0.1,
});

const at = (phase: LoadProgress["phase"], elapsedMs: number): LoadProgress => ({
  phase,
  elapsedMs,
  lengthMs: phase === "warm-up" ? 2_000 : 10_000,
  requestsPerSecond: 1,
  errors: 0,
});

function watching(...plans: readonly LoadPlan[]) {
  return watchLoad(plans.map((plan) => ({ plan, text: plan.mode })));
}

test("what is left counts the phase, the points to come and the runs to come", () => {
  const watch = watching(sweep, single);
  watch.run();
  watch.point({ ...single, ...shared, batch: 4, concurrency: 2 } as never);
  expect(watch.view(at("warm-up", 500))).toMatchObject({
    run: 1,
    runs: 2,
    plan: "sweep",
    point: 1,
    points: 6,
    load: "2 in flight, batch 4",
    leftMs: 1_500 + 10_000 + 5 * 12_000 + 12_000,
  });
  for (let i = 1; i < 6; i++) watch.point();
  expect(watch.view(at("measuring", 4_000)).leftMs).toBe(6_000 + 12_000);
  watch.run();
  watch.point();
  expect(watch.view(at("measuring", 12_000))).toMatchObject({ run: 2, point: 1, points: 1, leftMs: 0 });
});

test("nobody knows what is left of a search, nor what is left before one", () => {
  const watch = watching(single, search);
  watch.run();
  watch.point();
  expect(watch.view(at("measuring", 0)).leftMs).toBeUndefined();
  watch.run();
  watch.point();
  const { leftMs, points } = watch.view(at("measuring", 0));
  expect([leftMs, points]).toEqual([undefined, undefined]);
});

test("what is measured again, longer, is the same point", () => {
  const watch = watching(sweep);
  const settings = { ...single, ...shared, autoExtendMs: 60_000, batch: 4, concurrency: 2 };
  watch.run();
  watch.point(settings as never);
  watch.point({ ...settings, durationMs: 20_000, warmupMs: 0 } as never);
  expect(watch.view(at("measuring", 0)).point).toBe(1);
  watch.point({ ...settings, concurrency: 8 } as never);
  expect(watch.view(at("measuring", 0)).point).toBe(2);
});
