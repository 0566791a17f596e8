import hdr from "hdr-histogram-js";
import { InfermarkError, messageOf } from "../base/errors.ts";

/** The longest time that is told apart: one hour. */
export const HIGHEST_NS = 3_600_000_000_000;

const SETTINGS = {
  lowestDiscernibleValue: 1,
  highestTrackableValue: HIGHEST_NS,
  numberOfSignificantValueDigits: 3,
  bitBucketSize: 64,
  autoResize: false,
  useWebAssembly: true,
} as const;

/**
 * Times in nanoseconds, from 1 ns to one hour with three significant digits: a value read back is at most 0.1 % above the recorded one.
 * Its memory does not depend on how much is recorded. It lives outside the garbage collector's reach: `destroy()` frees it.
 */
export interface Histogram {
  /** Rounds to a whole nanosecond. What lies outside 0 to one hour is recorded as the nearer end, and counted in `clamped`. */
  recordNs(ns: number): void;
  readonly count: number;
  /** How many recorded times lay outside the range. */
  readonly clamped: number;
  /** Exact for what was recorded here, within 0.1 % for what was decoded; 0 when empty, as are `maxNs` and `meanNs`. */
  readonly minNs: number;
  readonly maxNs: number;
  readonly meanNs: number;
  /** The value of the sample with this rank, 1 being the least and `count` the greatest; 0 when empty. */
  valueAtRank(rank: number): number;
  /** The least recorded value that is not below `percentile` (0 to 100) percent of the samples; 0 when empty. */
  percentile(percentile: number): number;
  /** Adds all that the other one holds, without loss. */
  merge(other: Histogram): void;
  /** Compressed V2 encoding in base64, as HdrHistogram of every language reads it. */
  encode(): string;
  /** All that it holds, to be built up again elsewhere with `createHistogram`: nothing is lost, `minNs`, `maxNs` and `meanNs` included. */
  snapshot(): HistogramSnapshot;
  destroy(): void;
}

/** A histogram as plain JSON. */
export interface HistogramSnapshot {
  readonly count: number;
  readonly clamped: number;
  readonly minNs: number;
  readonly maxNs: number;
  readonly sumNs: number;
  /** What `encode()` gave; absent when nothing was recorded. */
  readonly encoded?: string;
}

/** An empty histogram, or one with all that another one held. */
export function createHistogram(from?: HistogramSnapshot): Histogram {
  hdr.initWebAssemblySync();
  if (from?.encoded === undefined)
    return new NsHistogram(hdr.build(SETTINGS), 0, { count: 0, min: Number.POSITIVE_INFINITY, max: 0, sum: 0 });
  const inner = hdr.decodeFromCompressedBase64(from.encoded, 64, true, HIGHEST_NS);
  return new NsHistogram(inner, from.clamped, { count: from.count, min: from.minNs, max: from.maxNs, sum: from.sumNs });
}

/** The histogram that `encode()` gave. Throws USAGE for a text that is none. */
export function decodeHistogram(base64: string): Histogram {
  hdr.initWebAssemblySync();
  let decoded: hdr.Histogram;
  try {
    // The JavaScript decoder checks what it reads; the WASM one traps.
    decoded = hdr.decodeFromCompressedBase64(base64, 64, false, HIGHEST_NS);
  } catch (thrown) {
    throw new InfermarkError("USAGE", `a histogram of the document cannot be decoded: ${messageOf(thrown)}`, {
      hint: "take the result document unchanged",
      cause: thrown,
    });
  }
  const inner = hdr.decodeFromCompressedBase64(base64, 64, true, HIGHEST_NS);
  const { totalCount: count } = decoded;
  const min = count === 0 ? Number.POSITIVE_INFINITY : decoded.getValueAtPercentile(0);
  return new NsHistogram(inner, 0, { count, min, max: decoded.maxValue, sum: decoded.mean * count });
}

/** A class, as all that is called for every request is: what the engine has compiled for one phase serves the next. */
class NsHistogram implements Histogram {
  readonly #inner: hdr.Histogram;
  #clamped: number;
  #count: number;
  #min: number;
  #max: number;
  #sum: number;

  constructor(
    inner: hdr.Histogram,
    clamped: number,
    { count, min, max, sum }: { count: number; min: number; max: number; sum: number },
  ) {
    this.#inner = inner;
    this.#clamped = clamped;
    this.#count = count;
    this.#min = min;
    this.#max = max;
    this.#sum = sum;
  }

  recordNs(ns: number): void {
    let value = Math.round(ns);
    if (!(value >= 0 && value <= HIGHEST_NS)) {
      value = value > HIGHEST_NS ? HIGHEST_NS : 0;
      this.#clamped++;
    }
    this.#inner.recordValue(value);
    this.#count++;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  get count(): number {
    return this.#count;
  }

  get clamped(): number {
    return this.#clamped;
  }

  get minNs(): number {
    return this.#count === 0 ? 0 : this.#min;
  }

  get maxNs(): number {
    return this.#max;
  }

  get meanNs(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  valueAtRank(rank: number): number {
    if (this.#count === 0) return 0;
    // The middle between two ranks, so that rounding within the library cannot reach a neighbour.
    const value = this.#inner.getValueAtPercentile((100 * (rank - 0.5)) / this.#count);
    return Math.min(Math.max(value, this.#min), this.#max);
  }

  percentile(percentile: number): number {
    const rank = Math.ceil((percentile / 100) * this.#count - 1e-9);
    return this.valueAtRank(Math.max(1, Math.min(this.#count, rank)));
  }

  merge(other: NsHistogram): void {
    this.#inner.add(other.#inner);
    if (other.#count > 0) {
      this.#min = Math.min(this.#min, other.#min);
      this.#max = Math.max(this.#max, other.#max);
    }
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#clamped += other.#clamped;
  }

  encode(): string {
    return hdr.encodeIntoCompressedBase64(this.#inner);
  }

  snapshot(): HistogramSnapshot {
    return {
      count: this.#count,
      clamped: this.#clamped,
      minNs: this.minNs,
      maxNs: this.#max,
      sumNs: this.#sum,
      ...(this.#count > 0 && { encoded: this.encode() }),
    };
  }

  destroy(): void {
    this.#inner.destroy();
  }
}
