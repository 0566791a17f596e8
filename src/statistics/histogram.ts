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

interface Held extends Histogram {
  readonly inner: hdr.Histogram;
  readonly sumNs: number;
}

/** An empty histogram, or one with all that another one held. */
export function createHistogram(from?: HistogramSnapshot): Histogram {
  hdr.initWebAssemblySync();
  if (from?.encoded === undefined)
    return hold(hdr.build(SETTINGS), 0, { count: 0, min: Number.POSITIVE_INFINITY, max: 0, sum: 0 });
  const inner = hdr.decodeFromCompressedBase64(from.encoded, 64, true, HIGHEST_NS);
  return hold(inner, from.clamped, { count: from.count, min: from.minNs, max: from.maxNs, sum: from.sumNs });
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
  return hold(inner, 0, { count, min, max: decoded.maxValue, sum: decoded.mean * count });
}

function hold(
  inner: hdr.Histogram,
  alreadyClamped: number,
  already: { count: number; min: number; max: number; sum: number },
): Held {
  let { count, min, max, sum } = already;
  let clamped = alreadyClamped;
  const valueAtRank = (rank: number) =>
    // The middle between two ranks, so that rounding within the library cannot reach a neighbour.
    count === 0 ? 0 : Math.min(Math.max(inner.getValueAtPercentile((100 * (rank - 0.5)) / count), min), max);
  return {
    inner,
    recordNs: (ns) => {
      let value = Math.round(ns);
      if (!(value >= 0 && value <= HIGHEST_NS)) {
        value = value > HIGHEST_NS ? HIGHEST_NS : 0;
        clamped++;
      }
      inner.recordValue(value);
      count++;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    },
    get count() {
      return count;
    },
    get clamped() {
      return clamped;
    },
    get minNs() {
      return count === 0 ? 0 : min;
    },
    get maxNs() {
      return max;
    },
    get meanNs() {
      return count === 0 ? 0 : sum / count;
    },
    get sumNs() {
      return sum;
    },
    valueAtRank,
    percentile: (percentile) => valueAtRank(Math.max(1, Math.min(count, Math.ceil((percentile / 100) * count - 1e-9)))),
    merge: (other) => {
      const { inner: otherInner, sumNs } = other as Held;
      inner.add(otherInner);
      if (other.count > 0) {
        min = Math.min(min, other.minNs);
        max = Math.max(max, other.maxNs);
      }
      count += other.count;
      sum += sumNs;
      clamped += other.clamped;
    },
    encode: () => hdr.encodeIntoCompressedBase64(inner),
    snapshot: () => ({
      count,
      clamped,
      minNs: count === 0 ? 0 : min,
      maxNs: max,
      sumNs: sum,
      ...(count > 0 && { encoded: hdr.encodeIntoCompressedBase64(inner) }),
    }),
    destroy: () => inner.destroy(),
  };
}
