export { batchMeans, batchMeansHalfWidth, halvesDiffer } from "./batch-means.ts";
export { createHistogram, decodeHistogram, HIGHEST_NS, type Histogram } from "./histogram.ts";
export { BUCKETS, bucketMiddle, bucketOf, bucketPercentile } from "./log-buckets.ts";
export { mean, variance } from "./moments.ts";
export { estimatePercentiles, type PercentileEstimate } from "./percentiles.ts";
export { type RankInterval, rankInterval, samplesNeeded } from "./quantile-interval.ts";
export { studentT } from "./student-t.ts";
