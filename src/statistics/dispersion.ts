import { mean, variance } from "./moments.ts";

const FEWEST_INTERVALS = 100;
/** An interval holds so many arrivals in the mean at least: of fewer, the counts of any process look like Poisson's. */
const LEAST_PER_INTERVAL = 2;

/**
 * The index of dispersion of arrivals: variance of their number in an interval, divided by its mean; 1 for a Poisson process, 0 for evenly
 * spaced ones, more for bursts. It depends on the length of the interval; the greatest over lengths that double, from a few arrivals to a
 * hundredth of the time, is the most that a queue has to stand (K. W. Fendick, W. Whitt, Proceedings of the IEEE 77, 1989). `instants`
 * ascend. Undefined for too few.
 */
export function indexOfDispersion(instants: readonly number[]): number | undefined {
  const [first = 0] = instants;
  const length = (instants.at(-1) ?? 0) - first;
  const longest = length / FEWEST_INTERVALS;
  const shortest = (LEAST_PER_INTERVAL * length) / instants.length;
  const found: number[] = [];
  for (let width = longest; width >= shortest && width > 0; width /= 2) {
    const counts = Array.from({ length: Math.floor(length / width + 1e-9) }, () => 0);
    for (const instant of instants) {
      const index = Math.floor((instant - first) / width);
      if (index < counts.length) counts[index] = (counts[index] as number) + 1;
    }
    found.push(variance(counts) / mean(counts));
  }
  return found.length === 0 ? undefined : Math.max(...found);
}
