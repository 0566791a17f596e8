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

/** Means of 10 to 20 equally long successive batches, a remainder at the end left out; undefined for fewer than ten observations. */
export function batchMeans(observations: readonly number[]): readonly number[] | undefined {
  if (observations.length < FEWEST_BATCHES) return undefined;
  const batches = Math.min(MOST_BATCHES, observations.length);
  const size = Math.floor(observations.length / batches);
  return Array.from({ length: batches }, (_, i) => mean(observations.slice(i * size, (i + 1) * size)));
}

/**
 * By how much the mean of the second half of successive observations differs from the first's, with half the width of its 95 %
 * confidence interval (Welch's, over batch means of each half). Undefined for fewer than twenty observations.
 */
export function halvesDiffer(
  observations: readonly number[],
): { readonly difference: number; readonly halfWidth: number } | undefined {
  const middle = Math.floor(observations.length / 2);
  const first = batchMeans(observations.slice(0, middle));
  const second = batchMeans(observations.slice(middle));
  if (!first || !second) return undefined;
  const [a, b] = [variance(first) / first.length, variance(second) / second.length];
  const difference = mean(second) - mean(first);
  if (a + b === 0) return { difference, halfWidth: 0 };
  const freedom = (a + b) ** 2 / (a ** 2 / (first.length - 1) + b ** 2 / (second.length - 1));
  return { difference, halfWidth: studentT(CONFIDENCE_POINT, freedom) * Math.sqrt(a + b) };
}
