import { NS_PER_MS } from "../base/clock.ts";
import { BUCKETS, bucketOf, bucketPercentile, encodeBuckets } from "../statistics/index.ts";
import type { PointInterval, PointWindow } from "./load-point.ts";

const MOST_WINDOWS = 300;
const FIRST_WIDTH_NS = 50 * NS_PER_MS;
const MOST_INTERVALS = 150;
const LEAST_INTERVAL_NS = 400 * NS_PER_MS;

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

/** A phase cut into at most 300 windows of equal width, which doubles when they run out: memory does not depend on time or requests. */
export class Windows {
  readonly #openLoop: boolean;
  readonly #due: Float64Array;
  readonly #ok = new Float64Array(MOST_WINDOWS);
  readonly #failed = new Float64Array(MOST_WINDOWS);
  readonly #inferences = new Float64Array(MOST_WINDOWS);
  readonly #latencies = new Uint32Array(MOST_WINDOWS * BUCKETS);
  #width = FIRST_WIDTH_NS;

  /** No windows filled yet. */
  constructor(openLoop = false) {
    this.#openLoop = openLoop;
    this.#due = new Float64Array(openLoop ? MOST_WINDOWS : 0);
  }

  /** Counts a request that an open loop was to send `offset` nanoseconds after the begin of the phase. */
  due(offset: number): void {
    const index = this.#indexOf(offset);
    this.#due[index] = (this.#due[index] as number) + 1;
  }

  /** Counts what ended `offset` nanoseconds after the begin of the phase. */
  add(offset: number, latency: number, ok: boolean, inferences: number): void {
    const index = this.#indexOf(offset);
    if (!ok) {
      this.#failed[index] = (this.#failed[index] as number) + 1;
      return;
    }
    this.#ok[index] = (this.#ok[index] as number) + 1;
    this.#inferences[index] = (this.#inferences[index] as number) + inferences;
    const cell = index * BUCKETS + bucketOf(latency);
    this.#latencies[cell] = (this.#latencies[cell] as number) + 1;
  }

  /** The windows that begin within the first `lengthNs` nanoseconds; the last is cut there. */
  list(lengthNs: number): PointWindow[] {
    // A phase that ends where the last window ends lies within.
    this.#reach(lengthNs - 1);
    const count = Math.ceil(lengthNs / this.#width - 1e-9);
    return Array.from({ length: count }, (_, index) => this.#windowAt(index, lengthNs));
  }

  /** How long answers took in the same time, in at most 150 stretches of some windows each, none shorter than 400 ms but the last. */
  intervals(lengthNs: number): PointInterval[] {
    this.#reach(lengthNs - 1);
    return intervalsOf(this.#latencies, this.#width, lengthNs);
  }

  /** What they hold, up to the last one that holds anything. */
  snapshot(): WindowsSnapshot {
    let used = MOST_WINDOWS;
    while (used > 0 && [this.#due, this.#ok, this.#failed].every((each) => (each[used - 1] ?? 0) === 0)) used--;
    return {
      widthNs: this.#width,
      due: this.#due.slice(0, used),
      ok: this.#ok.slice(0, used),
      failed: this.#failed.slice(0, used),
      inferences: this.#inferences.slice(0, used),
      latencies: this.#latencies.slice(0, used * BUCKETS),
    };
  }

  /** Adds what others of the same phase hold, as if it had been added here. */
  merge(other: WindowsSnapshot): void {
    while (this.#width < other.widthNs) this.#widen();
    const ratio = this.#width / other.widthNs;
    addCells(this.#due, other.due, 1, ratio);
    addCells(this.#ok, other.ok, 1, ratio);
    addCells(this.#failed, other.failed, 1, ratio);
    addCells(this.#inferences, other.inferences, 1, ratio);
    addCells(this.#latencies, other.latencies, BUCKETS, ratio);
  }

  #indexOf(offset: number): number {
    if (offset >= this.#width * MOST_WINDOWS) this.#reach(offset);
    return Math.max(0, Math.floor(offset / this.#width));
  }

  /** Doubles the width until `ns` lies within the windows. */
  #reach(ns: number): void {
    while (ns >= this.#width * MOST_WINDOWS) this.#widen();
  }

  #widen(): void {
    for (const each of [this.#due, this.#ok, this.#failed, this.#inferences]) mergePairs(each, 1);
    mergePairs(this.#latencies, BUCKETS);
    this.#width *= 2;
  }

  #windowAt(index: number, lengthNs: number): PointWindow {
    const width = this.#width;
    const startNs = index * width;
    const buckets = this.#latencies.subarray(index * BUCKETS, (index + 1) * BUCKETS);
    const p50Ns = bucketPercentile(buckets, 50);
    const p99Ns = bucketPercentile(buckets, 99);
    return {
      startMs: startNs / NS_PER_MS,
      durationMs: Math.min(width, lengthNs - startNs) / NS_PER_MS,
      ...(this.#openLoop && { due: this.#due[index] ?? 0 }),
      ok: this.#ok[index] ?? 0,
      failed: this.#failed[index] ?? 0,
      inferences: this.#inferences[index] ?? 0,
      ...(p50Ns !== undefined && { p50Ns }),
      ...(p99Ns !== undefined && { p99Ns }),
    };
  }
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
