import { NS_PER_MS } from "../base/clock.ts";
import { BUCKETS, bucketOf, bucketPercentile, encodeBuckets } from "../statistics/index.ts";
import type { PointInterval, PointWindow } from "./load-point.ts";

const MOST_WINDOWS = 300;
const FIRST_WIDTH_NS = 50 * NS_PER_MS;
const MOST_INTERVALS = 150;
const LEAST_INTERVAL_NS = 400 * NS_PER_MS;

/** A phase cut into at most 300 windows of equal width, which doubles when they run out: memory does not depend on time or requests. */
export interface Windows {
  /** Counts a request that an open loop was to send `offset` nanoseconds after the begin of the phase. */
  due(offset: number): void;
  /** Counts what ended `offset` nanoseconds after the begin of the phase. */
  add(offset: number, latency: number, ok: boolean, inferences: number): void;
  /** The windows that begin within the first `lengthNs` nanoseconds; the last is cut there. */
  list(lengthNs: number): PointWindow[];
  /** How long answers took in the same time, in at most 150 stretches of some windows each, none shorter than 400 ms but the last. */
  intervals(lengthNs: number): PointInterval[];
  /** What they hold, up to the last one that holds anything. */
  snapshot(): WindowsSnapshot;
  /** Adds what others of the same phase hold, as if it had been added here. */
  merge(other: WindowsSnapshot): void;
}

/** Windows as typed arrays, one cell or one row of buckets for each window. */
export interface WindowsSnapshot {
  readonly widthNs: number;
  /** Empty in a closed loop. */
  readonly due: Float64Array;
  readonly ok: Float64Array;
  readonly failed: Float64Array;
  readonly inferences: Float64Array;
  readonly latencies: Uint32Array;
}

/** No windows filled yet. */
export function createWindows(openLoop = false): Windows {
  const due = new Float64Array(openLoop ? MOST_WINDOWS : 0);
  const ok = new Float64Array(MOST_WINDOWS);
  const failed = new Float64Array(MOST_WINDOWS);
  const inferences = new Float64Array(MOST_WINDOWS);
  const latencies = new Uint32Array(MOST_WINDOWS * BUCKETS);
  let width = FIRST_WIDTH_NS;

  const widen = () => {
    for (const each of [due, ok, failed, inferences]) mergePairs(each, 1);
    mergePairs(latencies, BUCKETS);
    width *= 2;
  };
  /** Doubles the width until `ns` lies within the windows. */
  const reach = (ns: number) => {
    if (ns < width * MOST_WINDOWS) return;
    widen();
    reach(ns);
  };
  const windowAt = (index: number, lengthNs: number): PointWindow => {
    const startNs = index * width;
    const buckets = latencies.subarray(index * BUCKETS, (index + 1) * BUCKETS);
    const p50Ns = bucketPercentile(buckets, 50);
    const p99Ns = bucketPercentile(buckets, 99);
    return {
      startMs: startNs / NS_PER_MS,
      durationMs: Math.min(width, lengthNs - startNs) / NS_PER_MS,
      ...(openLoop && { due: due[index] ?? 0 }),
      ok: ok[index] ?? 0,
      failed: failed[index] ?? 0,
      inferences: inferences[index] ?? 0,
      ...(p50Ns !== undefined && { p50Ns }),
      ...(p99Ns !== undefined && { p99Ns }),
    };
  };

  return {
    due: (offset) => {
      reach(offset);
      const index = Math.max(0, Math.floor(offset / width));
      due[index] = (due[index] as number) + 1;
    },
    add: (offset, latency, isOk, worth) => {
      reach(offset);
      const index = Math.max(0, Math.floor(offset / width));
      if (isOk) {
        ok[index] = (ok[index] as number) + 1;
        inferences[index] = (inferences[index] as number) + worth;
        const cell = index * BUCKETS + bucketOf(latency);
        latencies[cell] = (latencies[cell] as number) + 1;
      } else failed[index] = (failed[index] as number) + 1;
    },
    list: (lengthNs) => {
      // A phase that ends where the last window ends lies within.
      reach(lengthNs - 1);
      const count = Math.ceil(lengthNs / width - 1e-9);
      return Array.from({ length: count }, (_, index) => windowAt(index, lengthNs));
    },
    intervals: (lengthNs) => {
      reach(lengthNs - 1);
      return intervalsOf(latencies, width, lengthNs);
    },
    snapshot: () => {
      let used = MOST_WINDOWS;
      while (used > 0 && [due, ok, failed].every((each) => (each[used - 1] ?? 0) === 0)) used--;
      return {
        widthNs: width,
        due: due.slice(0, used),
        ok: ok.slice(0, used),
        failed: failed.slice(0, used),
        inferences: inferences.slice(0, used),
        latencies: latencies.slice(0, used * BUCKETS),
      };
    },
    merge: (other) => {
      while (width < other.widthNs) widen();
      addCells(due, other.due, 1, width / other.widthNs);
      addCells(ok, other.ok, 1, width / other.widthNs);
      addCells(failed, other.failed, 1, width / other.widthNs);
      addCells(inferences, other.inferences, 1, width / other.widthNs);
      addCells(latencies, other.latencies, BUCKETS, width / other.widthNs);
    },
  };
}

function intervalsOf(latencies: Uint32Array, windowNs: number, lengthNs: number): PointInterval[] {
  let windows = 1;
  while (windows * windowNs < LEAST_INTERVAL_NS || lengthNs / (windows * windowNs) > MOST_INTERVALS) windows *= 2;
  const widthNs = windows * windowNs;
  return Array.from({ length: Math.ceil(lengthNs / widthNs - 1e-9) }, (_, index) => {
    const sums = new Uint32Array(BUCKETS);
    const from = index * windows * BUCKETS;
    addCells(sums, latencies.subarray(from, from + windows * BUCKETS), BUCKETS, windows);
    return {
      startMs: (index * widthNs) / NS_PER_MS,
      durationMs: Math.min(widthNs, lengthNs - index * widthNs) / NS_PER_MS,
      latencies: encodeBuckets(sums),
    };
  });
}

/** Adds each second block of `size` cells to the one before it and moves the sums to the front. */
function mergePairs(cells: Float64Array | Uint32Array, size: number): void {
  const half = cells.length / 2;
  for (let i = 0; i < half; i++) {
    const from = Math.floor(i / size) * 2 * size + (i % size);
    cells[i] = (cells[from] as number) + (cells[from + size] as number);
  }
  cells.fill(0, half);
}

/** Adds blocks of `size` cells, `ratio` successive ones to each of the others. */
function addCells<T extends Float64Array | Uint32Array>(cells: T, added: T, size: number, ratio: number): void {
  for (let i = 0; i < added.length; i++) {
    const at = Math.floor(i / size / ratio) * size + (i % size);
    cells[at] = (cells[at] as number) + (added[i] as number);
  }
}
