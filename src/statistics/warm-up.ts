import { mean } from "./moments.ts";

const BATCH = 5;

/**
 * How many of the first observations belong to the warm-up, by MSER-5: means of batches of five, of which those are cut off at the
 * front that leave the least standard error of the rest (K. P. White, An Effective Truncation Heuristic for Bias Reduction in
 * Simulation Output, Simulation 69(6), 1997; White, Cobb and Spratt, WSC 2000). Undefined when the least error lies in the second
 * half: the observations did not reach a steady state, or are fewer than twenty.
 */
export function warmUpLength(observations: readonly number[]): number | undefined {
  const batches = Array.from({ length: Math.floor(observations.length / BATCH) }, (_, i) =>
    mean(observations.slice(i * BATCH, (i + 1) * BATCH)),
  );
  if (batches.length < 4) return undefined;
  const cut = leastError(batches);
  return cut > batches.length / 2 ? undefined : cut * BATCH;
}

/** The cut with the least sum of squares over the square of what is left. The last batches are never left alone: their error is 0 by accident. */
function leastError(batches: readonly number[]): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  let sum = 0;
  let squares = 0;
  const errors: number[] = batches.map(() => 0);
  for (let i = batches.length - 1; i >= 0; i--) {
    const value = batches[i] as number;
    const left = batches.length - i;
    sum += value;
    squares += value * value;
    errors[i] = (squares - (sum * sum) / left) / (left * left);
  }
  for (let i = 0; i <= batches.length - 4 || i === 0; i++) {
    if ((errors[i] as number) < least) {
      least = errors[i] as number;
      best = i;
    }
  }
  return best;
}
