import type { Random } from "../../src/base/random.ts";

/** What moves and shakes a series; shares of its level. */
export interface Noise {
  /** How much each deviation keeps of the one before. */
  readonly rho: number;
  readonly noise: number;
  /** From the first to the last. */
  readonly drift: number;
}

/** A standard normal deviate (G. E. P. Box, M. E. Muller, Annals of Mathematical Statistics 29, 1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** Observations around 1 with noise of the first order (AR(1)) and a linear drift. */
export function noisySeries(random: Random, length: number, { rho, noise, drift }: Noise): number[] {
  let error = normal(random) * noise;
  return Array.from({ length }, (_, i) => {
    if (i > 0) error = rho * error + Math.sqrt(1 - rho * rho) * noise * normal(random);
    return 1 + drift * (i / (length - 1) - 0.5) + error;
  });
}
