import { incompleteBeta } from "./incomplete-beta.ts";

/** Probability of error that a confidence interval of 95 % leaves at each of its ends, which is taken unless told otherwise. */
const TAIL = 0.025;

/** Ranks of the order statistics between which a quantile lies with so much confidence. An end is absent when no sample bounds it. */
export interface RankInterval {
  readonly low?: number;
  readonly high?: number;
  /** How many more samples bound both ends; 0 when they are bounded. */
  readonly needed: number;
}

/**
 * The distribution-free interval of a quantile (0 to 1, exclusive) from `count` independent samples: how many of them lie below it
 * is binomial, so two ranks enclose it (H. A. David and H. N. Nagaraja, Order Statistics, 3rd edition, section 7.1;
 * J.-Y. Le Boudec, Performance Evaluation of Computer and Communication Systems, theorem 2.1). Each end errs with at most `tail`.
 */
export function rankInterval(quantile: number, count: number, tail = TAIL): RankInterval {
  // low = l errs when fewer than l samples lie below the quantile; high = u when at least u do.
  const low = largest(0, count, (rank) => rank === 0 || atMost(rank - 1, count, quantile) <= tail);
  const high = 1 + largest(0, count, (rank) => rank === 0 || atMost(rank - 1, count, quantile) < 1 - tail);
  return {
    ...(low >= 1 && { low }),
    ...(high <= count && { high }),
    needed: Math.max(0, samplesBounding(quantile, tail) - count),
  };
}

/** The least number of samples that bounds both ends of a quantile's 95 % interval: 6 for the median, 368 for p99, 3688 for p99.9. */
export function samplesNeeded(quantile: number): number {
  return samplesBounding(quantile, TAIL);
}

/** The least number of samples that bounds both ends of a quantile's interval that errs with at most `tail` at each. */
export function samplesBounding(quantile: number, tail: number): number {
  return Math.ceil(Math.log(tail) / Math.log(Math.max(quantile, 1 - quantile)) - 1e-9);
}

/** P(X <= k) for X binomial with n trials of probability p. */
export function atMost(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  return k >= n ? 1 : incompleteBeta(1 - p, n - k, k + 1);
}

/** The largest integer in [low, high] that holds; what holds for one holds for all below, and for `low`. */
function largest(low: number, high: number, holds: (value: number) => boolean): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = Math.ceil((from + to) / 2);
    if (holds(middle)) from = middle;
    else to = middle - 1;
  }
  return from;
}
