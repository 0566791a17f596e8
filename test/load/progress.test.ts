import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Outcome } from "../../src/load/engine.ts";
import { type LoadProgress, reportProgress } from "../../src/load/progress.ts";
import { createRecorder } from "../../src/load/recorder.ts";

const MS = 1e6;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the rate does not break where one part of a phase follows another", () => {
  const recorders = [createRecorder(0, 1500 * MS, true), createRecorder(1500 * MS, 1500 * MS, true)] as const;
  const clock = { now: () => performance.now() * MS, sleep: () => Promise.resolve() };
  const seen: LoadProgress[] = [];
  const stop = reportProgress({ phase: "measuring", lengthMs: 3000, recorders }, clock, (each) => void seen.push(each));
  const began = clock.now();
  // 100 answers a second: of the first part after 2 ms, of the second after 4 ms; one in ten is wrong.
  for (let due = 0; due < 3000; due += 10) {
    vi.advanceTimersByTime(began / MS + due - performance.now());
    const [recorder, latency] = due < 1500 ? [recorders[0], 2] : [recorders[1], 4];
    recorder.record(due * MS, due * MS, (due + latency) * MS, due % 100 === 50 ? Outcome.httpError : Outcome.ok, 1, 1);
  }
  vi.advanceTimersByTime(10);
  stop();
  expect(seen.map(({ requestsPerSecond }) => Math.round(requestsPerSecond))).toEqual([90, 90, 90]);
  expect(seen.map(({ errors }) => errors)).toEqual([10, 20, 30]);
  expect(seen.map(({ p50Ns = 0 }) => Math.round(p50Ns / MS))).toEqual([2, 4, 4]);
  for (const recorder of recorders) recorder.destroy();
});
