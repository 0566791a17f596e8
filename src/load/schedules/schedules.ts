import { NS_PER_S } from "../../base/clock.ts";
import type { Random } from "../../base/random.ts";
import type { Arrivals } from "../engine.ts";

/** Requests per second at an offset of seconds into a schedule: one stretch after the other. */
export interface Stretch {
  readonly durationS: number;
  /** At its begin and at its end; in between the rate changes linearly. */
  readonly from: number;
  readonly to: number;
}

/**
 * Evenly spaced: the k-th request, from 0, is due when the rate summed up over time has reached k. At a constant rate r that is k ÷ r
 * seconds, computed anew for each k, so that no error adds up.
 */
export function evenArrivals(stretches: readonly Stretch[]): Arrivals {
  let expected = 0;
  const timeOf = inverseOf(stretches);
  return { next: () => timeOf(expected++) * NS_PER_S };
}

/**
 * A Poisson process with this rate: gaps in expected requests are exponential with mean 1, and the time at which so many are expected
 * is the instant (inversion of the cumulative rate; E. Çinlar, Introduction to Stochastic Processes, section 4.7).
 */
export function poissonArrivals(stretches: readonly Stretch[], random: Random): Arrivals {
  let expected = 0;
  const timeOf = inverseOf(stretches);
  return {
    next: () => {
      expected -= Math.log(1 - random.next());
      return timeOf(expected) * NS_PER_S;
    },
  };
}

/** The instants of a trace, in nanoseconds after the begin, ascending. */
export function tracedArrivals(offsetsNs: readonly number[]): Arrivals {
  let index = 0;
  return { next: () => offsetsNs[index++] ?? Number.POSITIVE_INFINITY };
}

/** Each `count`-th arrival, from the one with number `index`: dealt so, all workers together send what one would. */
export function dealt(arrivals: Arrivals, index: number, count: number): Arrivals {
  let skip = index;
  return {
    next: () => {
      for (; skip > 0; skip--) arrivals.next();
      skip = count - 1;
      return arrivals.next();
    },
  };
}

/** The second at which so many requests are expected to have been due; Infinity beyond the last stretch. Asked in ascending order. */
function inverseOf(stretches: readonly Stretch[]): (expected: number) => number {
  let current = 0;
  let startS = 0;
  let before = 0;
  return (expected) => {
    for (;;) {
      const stretch = stretches[current];
      if (!stretch) return Number.POSITIVE_INFINITY;
      const { durationS, from, to } = stretch;
      const within = ((from + to) / 2) * durationS;
      const wanted = expected - before;
      if (wanted < within) return startS + timeWithin(wanted, durationS, from, to);
      before += within;
      startS += durationS;
      current++;
    }
  };
}

/** Solves from·t + (to - from)/(2·duration)·t² = wanted for t, in the form that is stable when the rate hardly changes. */
function timeWithin(wanted: number, durationS: number, from: number, to: number): number {
  const growth = (to - from) / durationS;
  if (growth === 0) return wanted / from;
  return (2 * wanted) / (from + Math.sqrt(Math.max(0, from * from + 2 * growth * wanted)));
}
