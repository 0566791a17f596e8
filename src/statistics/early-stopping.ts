import { atMost } from "./quantile-interval.ts";

const CONFIDENCE = 0.99;

/**
 * The least number of queries of which at most `misses` may take longer than a bound, so that with 99 % confidence at least the share
 * `quantile` (0 to 1, exclusive) of all queries stays within it: P(X <= misses) <= 1 % for X binomial with that many trials of
 * probability 1 - quantile. Equal to the early stopping of MLPerf's LoadGen: 459, 662, 2010 and 12571 queries for p99 with 0, 1, 10
 * and 100 misses (MLCommons inference policies, "Early stopping criterion").
 */
export function queriesNeeded(quantile: number, misses: number): number {
  const enough = (queries: number) => atMost(misses, queries, 1 - quantile) <= 1 - CONFIDENCE;
  let low = misses + 1;
  let high = low;
  while (!enough(high)) high *= 2;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The most queries that may miss among `queries` for the same conclusion; undefined when even none is not enough.
 */
export function missesAllowed(quantile: number, queries: number): number | undefined {
  if (queries < queriesNeeded(quantile, 0)) return undefined;
  let low = 0;
  let high = queries;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (queriesNeeded(quantile, middle) <= queries) low = middle;
    else high = middle - 1;
  }
  return low;
}
