/** A queue before servers that work side by side, in whatever unit of time. */
export interface Queue {
  /** Requests per unit of time that all servers together complete. */
  readonly capacity: number;
  /** How many work side by side; need not be whole. */
  readonly servers: number;
  /** Equally likely service times. */
  readonly serviceTimes: readonly number[];
}

/** How requests wait, in whatever unit of time. */
export interface Waiting {
  /** The share of requests that wait at all. */
  readonly share: number;
  /** Mean wait of those; Infinity at or beyond the capacity. */
  readonly mean: number;
}

/**
 * Waiting in a G/G/m queue in the approximation of A. O. Allen and R. P. Cunneen: as long as in an M/M/m queue, times half the sum of how
 * variable arrivals and service are. The probability to wait is that of H. Sakasegawa (Annals of the Institute of Statistical Mathematics
 * 29, 1977), exact for one server (W. Whitt, Approximations for the GI/G/m Queue, Production and Operations Management 2, 1993).
 * `dispersion` of the arrivals is 0 when they are evenly spaced and 1 when they are Poisson; `variability` is the squared coefficient of
 * variation of service times.
 */
export function waitingAt(
  { capacity, servers }: Pick<Queue, "capacity" | "servers">,
  rate: number,
  { dispersion, variability }: { readonly dispersion: number; readonly variability: number },
): Waiting {
  const use = rate / capacity;
  if (use >= 1) return { share: 1, mean: Number.POSITIVE_INFINITY };
  return { share: use ** (Math.sqrt(2 * (servers + 1)) - 1), mean: (dispersion + variability) / 2 / (capacity - rate) };
}

/** Response times at a rate: service times, after an exponential wait of those that wait. */
export function queueAt(queue: Queue, rate: number, dispersion: number) {
  const { serviceTimes } = queue;
  const { share, mean } = waitingAt(queue, rate, { dispersion, variability: variabilityOf(serviceTimes) });
  return {
    /** Mean response time; Infinity at or beyond the capacity. */
    mean: average(serviceTimes) + share * mean,
    /** The share of requests whose response takes longer. */
    shareBeyond: (time: number) =>
      average(
        serviceTimes.map((service) => {
          if (service > time || mean === Number.POSITIVE_INFINITY) return 1;
          return mean === 0 ? 0 : share * Math.exp(-(time - service) / mean);
        }),
      ),
  };
}

/** The greatest rate below `most` at which `holds`, which does at all rates below; 0 when at none. */
export function greatestRate(most: number, holds: (rate: number) => boolean): number {
  let [low, high] = [0, most];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The squared coefficient of variation of times. */
export function variabilityOf(times: readonly number[]): number {
  const mean = average(times);
  return average(times.map((time) => (time / mean - 1) ** 2));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
