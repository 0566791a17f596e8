import { normalQuantile } from "./normal-quantile.ts";
import { studentT } from "./student-t.ts";

/** A stretch of successive trials: how many of them hit. */
export interface Cluster {
  readonly hits: number;
  readonly of: number;
}

/** How much less trials tell that depend on their neighbours. */
export interface DesignEffect {
  /** The variance of the share of hits, divided by that of as many independent trials; at least 1. */
  readonly factor: number;
  /** Degrees of freedom of its estimate. */
  readonly freedom: number;
}

/**
 * The design effect of trials that come in stretches of time: a pause of the server slows many requests at once, so that a thousand of
 * them tell less than a thousand independent ones. The share of hits is a ratio estimate over the stretches, whose variance needs no model
 * of the dependence within them (W. G. Cochran, Sampling Techniques, 3rd edition, section 3.12; L. Kish, Survey Sampling, section 8.2).
 * Undefined for fewer than two stretches with trials.
 */
export function designEffect(clusters: readonly Cluster[]): DesignEffect | undefined {
  const held = clusters.filter(({ of }) => of > 0);
  const count = held.length;
  if (count < 2) return undefined;
  const trials = held.reduce((sum, { of }) => sum + of, 0);
  const share = held.reduce((sum, { hits }) => sum + hits, 0) / trials;
  const independent = (share * (1 - share)) / trials;
  if (independent === 0) return { factor: 1, freedom: count - 1 };
  const squares = held.reduce((sum, { hits, of }) => sum + (hits - share * of) ** 2, 0);
  const clustered = (count / (count - 1)) * (squares / trials ** 2);
  return { factor: Math.max(1, clustered / independent), freedom: count - 1 };
}

/**
 * How many independent trials tell as much as `trials` with this design effect, for intervals that err with `tail` at each end; what the
 * effect itself is estimated from is few stretches, which costs (t/z)² (E. L. Korn, B. I. Graubard, Survey Methodology 24, 1998).
 */
export function effectiveTrials(trials: number, { factor, freedom }: DesignEffect, tail: number): number {
  return (trials / factor) * (normalQuantile(1 - tail) / studentT(1 - tail, freedom)) ** 2;
}
