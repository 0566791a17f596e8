import { mean, variance } from "./moments.ts";
import { studentT } from "./student-t.ts";

const MOST_BATCHES = 20;
const FEWEST_BATCHES = 10;
const CONFIDENCE_POINT = 0.975;

/**
 * Half the width of the 95 % confidence interval of the mean of successive observations, by batch means: neighbours depend on
 * each other, means of long stretches hardly do (B. Schmeiser, Batch Size Effects in the Analysis of Simulation Output, Operations
 * Research 30(3), 1982, which finds 10 to 30 batches right). Undefined for fewer than ten observations.
 */
export function batchMeansHalfWidth(observations: readonly number[]): number | undefined {
  const means = batchMeans(observations);
  if (means === undefined) return undefined;
  return studentT(CONFIDENCE_POINT, means.length - 1) * Math.sqrt(variance(means) / means.length);
}

/** Means of `count` to twice as many equally long successive batches, a remainder at the end left out; the observations themselves where they are fewer. */
export function joined(observations: readonly number[], count: number): readonly number[] {
  const size = Math.max(1, Math.floor(observations.length / count));
  const batches = Math.floor(observations.length / size);
  return Array.from({ length: batches }, (_, i) => mean(observations.slice(i * size, (i + 1) * size)));
}

/** Means of 10 to 20 equally long successive batches, a remainder at the end left out; undefined for fewer than ten observations. */
export function batchMeans(observations: readonly number[]): readonly number[] | undefined {
  if (observations.length < FEWEST_BATCHES) return undefined;
  const batches = Math.min(MOST_BATCHES, observations.length);
  const size = Math.floor(observations.length / batches);
  return Array.from({ length: batches }, (_, i) => mean(observations.slice(i * size, (i + 1) * size)));
}
