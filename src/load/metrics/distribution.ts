import { estimatePercentiles, type Histogram } from "../../statistics/index.ts";
import type { PointLatency } from "../load-point.ts";

/** The percentiles that are reported. */
export const PERCENTILES = [50, 90, 95, 99, 99.9] as const;

/** What a histogram says, as plain JSON. */
export function distributionOf(histogram: Histogram): PointLatency {
  const { count, minNs, maxNs, meanNs, clamped } = histogram;
  return {
    count,
    minNs,
    maxNs,
    meanNs,
    percentiles: [...estimatePercentiles(histogram, PERCENTILES)],
    clamped,
    ...(count > 0 && { histogram: histogram.encode() }),
  };
}
