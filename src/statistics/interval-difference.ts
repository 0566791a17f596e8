import { normalQuantile } from "./normal-quantile.ts";

/** A number between the ends of its confidence interval. An end is absent when nothing bounds it. */
export interface Bounded {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/**
 * `second` minus `first`, of independent estimates with intervals of equal confidence: each end is as far off as the ends of both that
 * matter for it together, so that skewed intervals stay skewed (MOVER; G. Y. Zou, A. Donner, Statistics in Medicine 27, 2008;
 * R. G. Newcombe, Statistics in Medicine 17, 1998, method 10 for shares).
 */
export function differenceOf(first: Bounded, second: Bounded): Bounded {
  const value = second.value - first.value;
  const low =
    second.low === undefined || first.high === undefined
      ? undefined
      : value - Math.hypot(second.value - second.low, first.high - first.value);
  const high =
    second.high === undefined || first.low === undefined
      ? undefined
      : value + Math.hypot(second.high - second.value, first.value - first.low);
  return { value, ...(low !== undefined && { low }), ...(high !== undefined && { high }) };
}

/** The natural logarithm of a positive number and of the ends of its interval; an end that is not positive bounds nothing. */
export function logarithmOf({ value, low, high }: Bounded): Bounded {
  return {
    value: Math.log(value),
    ...(low !== undefined && low > 0 && { low: Math.log(low) }),
    ...(high !== undefined && { high: Math.log(high) }),
  };
}

/**
 * The interval of a share of `trials` (which need not be whole), that errs with about `tail` at each end (E. B. Wilson, Journal of the
 * American Statistical Association 22, 1927). It is of use also where the share is 0.
 */
export function shareInterval(share: number, trials: number, tail: number): Bounded {
  const z = normalQuantile(1 - tail);
  const centre = (share + z ** 2 / (2 * trials)) / (1 + z ** 2 / trials);
  const half = (z / (1 + z ** 2 / trials)) * Math.sqrt((share * (1 - share)) / trials + (z / (2 * trials)) ** 2);
  return { value: share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
