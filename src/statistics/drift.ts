import { mean } from "./moments.ts";
import { studentT } from "./student-t.ts";

const FEWEST = 10;
// The correlation is itself an estimate, so that nominal levels are not kept on short series. These are chosen by simulation: 30
// observations with ρ up to 0.5 and a tenth of drift are called stable in at most 1 %, those without drift drifting in at most 5 %.
const SURE = 0.998;
const LIKELY = 0.988;
const MEAN_LIKELY = 0.975;
const MOST_CORRELATION = 0.7;

/** How a series of successive observations moved from its begin to its end. */
export interface Drift {
  /** The fitted change from the first to the last observation, divided by their mean. */
  readonly change: number;
  /** Half the width of the confidence interval of `change`, of at least 95 %. */
  readonly halfWidth: number;
  /** Half the width of the 95 % confidence interval of their mean, divided by it, with neighbours taken as correlated likewise. */
  readonly meanHalfWidth: number;
  /**
   * `stable`: surely (99 %) less than `tolerance` either way. `drifting`: surely (95 %) not 0, and not surely less than `tolerance`.
   * `undecided`: the observations are too few or too noisy for either.
   */
  readonly verdict: "stable" | "drifting" | "undecided";
  /** About how many more observations would settle it; 0 when it is settled. */
  readonly needed: number;
}

/**
 * Fits a line through the series. The interval of its slope takes neighbours as correlated in the first order (AR(1)): the error of
 * least squares grows by √((1+ρ)/(1-ρ)) and the degrees of freedom shrink as much (G. E. P. Box, G. M. Jenkins, Time Series Analysis,
 * chapter 2; H. von Storch, F. W. Zwiers, Statistical Analysis in Climate Research, section 6.6.8), ρ estimated from the residuals and
 * freed of its bias towards 0 (M. G. Kendall, Biometrika 41, 1954). "Stable" is an equivalence test: two one-sided tests
 * (D. J. Schuirmann, J. Pharmacokinetics and Biopharmaceutics 15, 1987). Undefined for fewer than ten observations or a mean of 0.
 */
export function driftOf(observations: readonly number[], tolerance = 0.1): Drift | undefined {
  const n = observations.length;
  const level = mean(observations);
  if (n < FEWEST || level === 0) return undefined;
  const centre = (n - 1) / 2;
  const spread = (n * (n * n - 1)) / 12;
  const slope = observations.reduce((sum, value, i) => sum + (i - centre) * (value - level), 0) / spread;
  const residuals = observations.map((value, i) => value - level - slope * (i - centre));
  const rho = correlationOf(residuals);
  const inflation = (1 + rho) / (1 - rho);
  const freedom = Math.max(2, n / inflation - 2);
  const squares = residuals.reduce((sum, residual) => sum + residual * residual, 0);
  const deviation = Math.sqrt(((squares / (n - 2)) * inflation) / spread);
  const scale = (n - 1) / Math.abs(level);
  const change = slope * scale;
  const meanHalfWidth = (studentT(MEAN_LIKELY, freedom) * deviation * Math.sqrt(spread / n)) / Math.abs(level);
  const halfWidth = studentT(LIKELY, freedom) * deviation * scale;
  const sureWidth = studentT(SURE, freedom) * deviation * scale;
  const estimates = { change, halfWidth, meanHalfWidth };
  if (Math.abs(change) + sureWidth < tolerance) return { ...estimates, verdict: "stable", needed: 0 };
  if (Math.abs(change) > halfWidth) return { ...estimates, verdict: "drifting", needed: 0 };
  // The width falls with the square root of the number; a change that is not told from 0 is taken for half of what it seems.
  const room = Math.max(tolerance / 4, tolerance - Math.abs(change) / 2);
  const needed = Math.max(1, Math.ceil(n * ((sureWidth / room) ** 2 - 1) + 1));
  return { ...estimates, verdict: "undecided", needed };
}

/** First-order autocorrelation of residuals of a line, at least 0. */
function correlationOf(residuals: readonly number[]): number {
  const n = residuals.length;
  const squares = residuals.reduce((sum, residual) => sum + residual * residual, 0);
  if (squares === 0) return 0;
  const products = residuals.slice(1).reduce((sum, residual, i) => sum + residual * (residuals[i] as number), 0);
  const raw = products / squares;
  // Two parameters were fitted: the expectation of the raw estimate is about ρ - (2 + 4ρ)/n.
  const unbiased = (raw + 2 / n) / (1 - 4 / n);
  return Math.min(MOST_CORRELATION, Math.max(0, unbiased));
}
