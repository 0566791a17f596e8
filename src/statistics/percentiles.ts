import type { Histogram } from "./histogram.ts";
import { rankInterval } from "./quantile-interval.ts";

/** A percentile with its 95 % confidence interval. */
export interface PercentileEstimate {
  /** 0 to 100. */
  readonly percentile: number;
  readonly ns: number;
  /** An end is absent when the samples do not bound it. */
  readonly lowNs?: number;
  readonly highNs?: number;
  /** How many more samples the interval needs; absent when it has enough. */
  readonly needed?: number;
}

/** Percentiles (0 to 100, exclusive) of what a histogram holds, by nearest rank, with intervals by order statistics; empty for an empty histogram. */
export function estimatePercentiles(
  histogram: Histogram,
  percentiles: readonly number[],
): readonly PercentileEstimate[] {
  if (histogram.count === 0) return [];
  return percentiles.map((percentile) => {
    const { low, high, needed } = rankInterval(percentile / 100, histogram.count);
    return {
      percentile,
      ns: histogram.percentile(percentile),
      ...(low !== undefined && { lowNs: histogram.valueAtRank(low) }),
      ...(high !== undefined && { highNs: histogram.valueAtRank(high) }),
      ...(needed > 0 && { needed }),
    };
  });
}
