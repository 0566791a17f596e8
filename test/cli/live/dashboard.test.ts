import * as fc from "fast-check";
import { expect, test } from "vitest";
import { dashboardLines, durationText, fitted } from "../../../src/cli/live/dashboard.ts";

test("a dashboard shows rate, percentiles, lateness, errors, progress and what is left", () => {
  const view = {
    run: 1,
    runs: 2,
    plan: "v2-rest json, model m",
    point: 2,
    points: 3,
    load: "200/s, batch 4",
    phase: "measuring" as const,
    elapsedMs: 15_000,
    lengthMs: 30_000,
    leftMs: 200_000,
    requestsPerSecond: 199.94,
    p50Ns: 1.2e6,
    p90Ns: 2e6,
    p99Ns: 4.1e6,
    p999Ns: 9.3e6,
    latenessP99Ns: 1e5,
    errors: 7,
  };
  expect(dashboardLines(view, [100, 0, 200, 199.94], 100)).toEqual([
    "run 1 of 2: v2-rest json, model m",
    "point 2 of 3: 200/s, batch 4",
    "measuring ████████████░░░░░░░░░░░░ 15 s of 30 s, 3 min 20 s left in all",
    "rate      200 answers/s  ▅▁██",
    "latency   p50 1.20 ms  p90 2.00 ms  p99 4.10 ms  p99.9 9.30 ms",
    "lateness  p99 100 µs",
    "errors    7",
  ]);
});

test("a length is told in the two units that count", () => {
  expect([0, 99_400, 100_000, 6_000_000].map(durationText)).toEqual(["0 s", "99 s", "1 min 40 s", "1 h 40 min"]);
});

test("a line fits its terminal, whatever is in it, and cannot steer it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 0, max: 30 }), (text, columns) => {
      const line = fitted(text, columns);
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      expect(Array.from(line).filter((character) => !/\p{M}/u.test(character)).length).toBeLessThanOrEqual(columns);
    }),
  );
  expect(fitted("模型模型", 5)).toBe("模型");
});
