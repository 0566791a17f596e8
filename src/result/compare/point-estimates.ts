import {
  type Bounded,
  BUCKETS,
  type BucketCount,
  batchMeans,
  type Cluster,
  decodeBuckets,
  decodeHistogram,
  designEffect,
  effectiveTrials,
  type Histogram,
  mean,
  rankInterval,
  samplesBounding,
  shareInterval,
  studentT,
  variance,
} from "../../statistics/index.ts";
import type { LoadPoint } from "../document.gen.ts";

/** Percentiles that are compared. */
export const COMPARED_PERCENTILES = [50, 90, 95, 99] as const;

/** Fewer stretches than these do not tell how requests depend on their neighbours. */
export const FEWEST_STRETCHES = 10;
const BLOCKS = 30;
/** An open loop keeps up when this share of what was due was answered right within the phase. */
const KEPT_UP = 0.98;

/** A measured number with its interval; where the data do not bound it, how many times as many would. */
export interface PointEstimate extends Bounded {
  readonly growth?: number;
}

export interface PointEstimates {
  /** In nanoseconds, in the order of COMPARED_PERCENTILES: of the response time in an open loop, of the service time in a closed one. */
  readonly percentiles: readonly PointEstimate[];
  /** Right answers per second; in an open loop that keeps up, at the intended rate. */
  readonly throughput: PointEstimate;
}

/**
 * Percentiles and throughput of a point, each with an interval that errs with at most `tail` at each end. Of a percentile, the number of
 * independent samples that tell as much as these is estimated from 30 to 59 blocks of the phase, and order statistics bound it (R. S.
 * Woodruff, Journal of the American Statistical Association 47, 1952, inverts the interval of the share below the percentile). Of
 * throughput, batch means do. Undefined for a point without histogram, or with too few stretches.
 */
export function estimatesOf(point: LoadPoint, tail: number): PointEstimates | undefined {
  const stretches = (point.intervals ?? []).map(({ durationMs, latencies }) => ({
    durationMs,
    latencies: decodeBuckets(latencies),
  }));
  const { histogram, count } = point.latency;
  if (stretches.length < FEWEST_STRETCHES || histogram === undefined || count === 0) return undefined;
  const decoded = decodeHistogram(histogram);
  try {
    const blocks = blocksOf(stretches);
    const percentiles = COMPARED_PERCENTILES.map((percentile) =>
      percentileOf(decoded, blocks, { percentile, tail, resolutionNs: point.resolutionNs }),
    );
    return { percentiles, throughput: throughputOf(point, stretches, tail) };
  } finally {
    decoded.destroy();
  }
}

/** The share of requests that did not come to a right answer, with its interval; undefined when none was due. */
export function errorShare({ counts, windows }: LoadPoint, tail: number): Bounded | undefined {
  const due = counts.sent + (counts.notSent ?? 0);
  if (due === 0) return undefined;
  const size = Math.max(1, Math.floor(windows.length / BLOCKS));
  const clusters = chunks(windows, size).map((chunk): Cluster => {
    const hits = chunk.reduce((sum, { failed }) => sum + failed, 0);
    return { hits, of: hits + chunk.reduce((sum, { ok }) => sum + ok, 0) };
  });
  const effect = designEffect(clusters);
  return shareInterval(1 - counts.ok / due, effect ? effectiveTrials(due, effect, tail) : due, tail);
}

interface Stretch {
  readonly durationMs: number;
  readonly latencies: readonly BucketCount[];
}

interface PercentileOptions {
  readonly percentile: number;
  readonly tail: number;
  readonly resolutionNs: number;
}

function percentileOf(
  histogram: Histogram,
  blocks: readonly Float64Array[],
  { percentile, tail, resolutionNs }: PercentileOptions,
): PointEstimate {
  const quantile = percentile / 100;
  const effect = designEffect(aboveQuantile(blocks, quantile)) ?? { factor: 1, freedom: FEWEST_STRETCHES - 1 };
  const independent = Math.floor(effectiveTrials(histogram.count, effect, tail));
  const { low, high } = rankInterval(quantile, independent, tail);
  const value = histogram.percentile(percentile);
  const valueAt = (rank: number, off: number) =>
    histogram.valueAtRank(Math.min(histogram.count, Math.max(1, rank))) + off * (resolutionNs / 2);
  const share = histogram.count / independent;
  return {
    value,
    ...(low !== undefined && { low: valueAt(Math.floor(low * share), -1) }),
    ...(high !== undefined && { high: valueAt(Math.ceil(high * share), 1) }),
    ...((low === undefined || high === undefined) && {
      growth: samplesBounding(quantile, tail) / Math.max(1, independent),
    }),
  };
}

/** In each block, how many answers took longer than the bucket that holds the quantile, or as long, whichever is nearer to it. */
function aboveQuantile(blocks: readonly Float64Array[], quantile: number): readonly Cluster[] {
  const upTo = (bucket: number) => blocks.reduce((sum, below) => sum + (below[bucket] as number), 0);
  const wanted = quantile * upTo(BUCKETS);
  let [bucket, beyond] = [0, BUCKETS];
  while (beyond - bucket > 1) {
    const middle = Math.floor((bucket + beyond) / 2);
    if (upTo(middle) < wanted) bucket = middle;
    else beyond = middle;
  }
  const [below, through] = [upTo(bucket), upTo(beyond)];
  // All on one side hit or miss together, which tells nothing.
  const from = below === 0 || (through < upTo(BUCKETS) && through - wanted < wanted - below) ? beyond : bucket;
  return blocks.map((counts) => {
    const of = counts[BUCKETS] as number;
    return { hits: of - (counts[from] as number), of };
  });
}

/** Blocks of the phase: at each bucket, how many answers of the block were below it. */
function blocksOf(stretches: readonly Stretch[]): readonly Float64Array[] {
  return chunks(stretches, Math.max(1, Math.floor(stretches.length / BLOCKS))).map((chunk) => {
    const below = new Float64Array(BUCKETS + 1);
    for (const { latencies } of chunk)
      for (const { bucket, count } of latencies)
        if (bucket < BUCKETS) below[bucket + 1] = (below[bucket + 1] as number) + count;
    for (let i = 1; i <= BUCKETS; i++) below[i] = (below[i] as number) + (below[i - 1] as number);
    return below;
  });
}

/**
 * In an open loop that keeps up, how many answers come is what the schedule asked for, by chance more here and fewer there: what counts is
 * the share of it that was answered in time, here times the intended rate.
 */
function throughputOf(point: LoadPoint, stretches: readonly Stretch[], tail: number): PointEstimate {
  const { throughput, requestRate, counts, durationMs } = point;
  const due = counts.sent + (counts.notSent ?? 0);
  const within = Math.min(due, (throughput.value * durationMs) / 1000);
  if (requestRate === undefined || within < KEPT_UP * due) return servedRate(throughput.value, stretches, tail);
  const { value, low = 0, high = 1 } = shareInterval(within / due, due, tail);
  return { value: value * requestRate, low: low * requestRate, high: high * requestRate };
}

function servedRate(value: number, stretches: readonly Stretch[], tail: number): PointEstimate {
  const [first] = stretches;
  const rates = stretches
    .filter(({ durationMs }) => durationMs === first?.durationMs)
    .map(({ latencies, durationMs }) => {
      const answers = latencies.reduce((sum, { count }) => sum + count, 0);
      return (answers * 1000) / durationMs;
    });
  const means = batchMeans(rates);
  if (means === undefined) return { value, growth: 2 };
  // Relative to the batches' own mean, which leaves a rest at the end out.
  const half = (value * studentT(1 - tail, means.length - 1) * Math.sqrt(variance(means) / means.length)) / mean(means);
  return Number.isFinite(half) ? { value, low: value - half, high: value + half } : { value };
}

/** Successive members together, `size` to each; a shorter rest is left with the last. */
function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.max(1, Math.floor(items.length / size));
  return Array.from({ length: count }, (_, i) =>
    items.slice(i * size, i === count - 1 ? items.length : (i + 1) * size),
  );
}
