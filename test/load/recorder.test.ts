import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRecorder, OUTCOME_NAMES, Outcome } from "../../src/load/index.ts";
import { Windows } from "../../src/load/windows.ts";
import { bucketOf, decodeBuckets } from "../../src/statistics/index.ts";

const MS = 1e6;

test("latency counts from the intended, service time from the actual sending", () => {
  const recorder = createRecorder(1000 * MS, 500 * MS, true);
  recorder.record(1000 * MS, 1020 * MS, 1050 * MS, Outcome.ok, 4, 100);
  const { latency, service, bytesIn, inferences, okWithin, inferencesWithin } = recorder.recorded();
  expect([latency.minNs, service.minNs]).toEqual([50 * MS, 30 * MS]);
  expect({ bytesIn, inferences, okWithin, inferencesWithin }).toEqual({
    bytesIn: 100,
    inferences: 4,
    okWithin: 1,
    inferencesWithin: 4,
  });
});

test("every outcome has a count of its own, and only right answers enter latency and inferences", () => {
  const recorder = createRecorder(0, 500 * MS);
  for (const name of OUTCOME_NAMES) recorder.record(0, 0, (Outcome[name] + 1) * MS, Outcome[name], 2, 10);
  const { counts, latency, service, failedLatency, inferences } = recorder.recorded();
  expect(Object.values(counts)).toEqual(OUTCOME_NAMES.map(() => 1));
  expect([latency.count, service.count, failedLatency.count, inferences]).toEqual([1, 1, 8, 2]);
  expect([recorder.ok, recorder.failed]).toEqual([1, 8]);
});

test("what ends after the phase enters latency, but neither throughput nor windows", () => {
  const recorder = createRecorder(0, 100 * MS);
  recorder.record(50 * MS, 50 * MS, 99 * MS, Outcome.ok, 1, 0);
  recorder.record(60 * MS, 60 * MS, 100 * MS, Outcome.ok, 1, 0);
  const { latency, okWithin, windows, counts } = recorder.recorded();
  expect([latency.count, counts.ok, okWithin]).toEqual([2, 2, 1]);
  expect(windows.map(({ ok }) => ok)).toEqual([0, 1]);
});

test("a phase that ended early has the windows until then", () => {
  const recorder = createRecorder(0, 1000 * MS);
  recorder.record(0, 0, 120 * MS, Outcome.ok, 1, 0);
  const { windows, lengthNs } = recorder.recorded(130 * MS);
  expect(lengthNs).toBe(130 * MS);
  expect(windows.map(({ startMs, durationMs, ok }) => [startMs, durationMs, ok])).toEqual([
    [0, 50, 0],
    [50, 50, 0],
    [100, 30, 1],
  ]);
});

describe("intervals", () => {
  test("are 400 ms wide at first, hold all latencies of right answers, and end with the phase", () => {
    const windows = new Windows();
    windows.add(10 * MS, 2 * MS, true, 1);
    windows.add(399 * MS, 2 * MS, true, 1);
    windows.add(60 * MS, 9 * MS, false, 1);
    windows.add(410 * MS, 5 * MS, true, 1);
    expect(windows.intervals(850 * MS)).toEqual([
      { startMs: 0, durationMs: 400, latencies: `${bucketOf(2 * MS)}:2` },
      { startMs: 400, durationMs: 400, latencies: `${bucketOf(5 * MS)}:1` },
      { startMs: 800, durationMs: 50, latencies: "" },
    ]);
  });

  test("are at most 150, however long the phase is, and lose nothing", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3_600_000 }), { minLength: 1, maxLength: 40 }), (ends) => {
        const windows = new Windows();
        for (const end of ends) windows.add(end * MS, MS, true, 1);
        const lengthMs = Math.max(...ends) + 1;
        const list = windows.intervals(lengthMs * MS);
        expect(list.length).toBeLessThanOrEqual(150);
        expect(list.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBeCloseTo(lengthMs, 6);
        const counts = list.map(({ latencies }) => decodeBuckets(latencies).reduce((sum, { count }) => sum + count, 0));
        const within = ({ startMs, durationMs }: { startMs: number; durationMs: number }) =>
          ends.filter((end) => end >= startMs && end < startMs + durationMs).length;
        expect(counts).toEqual(list.map(within));
      }),
      { numRuns: 50 },
    );
  });
});

describe("windows", () => {
  test("hold counts, inferences and percentiles of what ended in them", () => {
    const windows = new Windows();
    windows.add(10 * MS, 2 * MS, true, 8);
    windows.add(20 * MS, 4 * MS, true, 8);
    windows.add(60 * MS, 9 * MS, false, 8);
    const [first, second, ...rest] = windows.list(100 * MS);
    expect(first).toMatchObject({ startMs: 0, durationMs: 50, ok: 2, failed: 0, inferences: 16 });
    expect((first?.p50Ns ?? 0) / (2 * MS)).toBeCloseTo(1, 1);
    expect((first?.p99Ns ?? 0) / (4 * MS)).toBeCloseTo(1, 1);
    expect(second).toEqual({ startMs: 50, durationMs: 50, ok: 0, failed: 1, inferences: 0 });
    expect(rest).toEqual([]);
  });

  test("are never more than 300, and lose nothing when their width doubles", () => {
    const instants = fc.array(fc.integer({ min: 0, max: 3_600_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(instants, (ends) => {
        const windows = new Windows();
        for (const end of ends) windows.add(end * MS, MS, end % 3 > 0, 2);
        const list = windows.list((Math.max(...ends) + 1) * MS);
        expect(list.length).toBeLessThanOrEqual(300);
        for (const { startMs, durationMs, ok, failed } of list) {
          const inside = ends.filter((end) => end >= startMs && end < startMs + durationMs);
          expect(ok + failed).toBe(inside.length);
          expect(ok).toBe(inside.filter((end) => end % 3 > 0).length);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("cover a long phase in which nothing came", () => {
    const list = new Windows().list(3_600_000 * MS);
    expect(list.length).toBeLessThanOrEqual(300);
    expect(list.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBe(3_600_000);
  });
});

test("how late requests were sent is known in an open loop, and only of those that were sent", () => {
  const open = createRecorder(0, 100 * MS, true);
  open.record(0, 0, 5 * MS, Outcome.ok, 1, 10);
  open.record(MS, 3 * MS, 5 * MS, Outcome.ok, 1, 10);
  open.record(2 * MS, 90 * MS, 90 * MS, Outcome.notSent, 0, 0);
  const { lateness, failedLatency, counts } = open.recorded();
  expect([lateness.count, lateness.minNs, lateness.maxNs]).toEqual([2, 0, 2 * MS]);
  expect([counts.notSent, failedLatency.maxNs]).toEqual([1, 88 * MS]);
  open.destroy();

  const closed = createRecorder(0, 100 * MS);
  closed.record(0, 0, 5 * MS, Outcome.ok, 1, 10);
  expect(closed.recorded().lateness.count).toBe(0);
  closed.destroy();
});
