import { type Bounded, normalQuantile } from "../../statistics/index.ts";

/** What a comparison of one number comes to. */
export type LoadVerdict = "pass" | "regressed" | "improved" | "inconclusive";

/** How often a change of the detectable size is found. */
const POWER = 0.9;
/** What more data show will not be just what these do: an interval that would just do is made narrower, so that nine in ten settle. */
const SPARE = 2;
const MOST_GROWTH = 1e4;

/** What is asked of a change before it counts. */
export interface Judgement {
  /** The least change that matters, on the scale of the change; positive. */
  readonly margin: number;
  /** The probability with which the interval of the change errs at each end. */
  readonly tail: number;
}

/**
 * The verdict on a change whose positive values are for the worse: `regressed` when it is surely above 0 and not surely below the margin,
 * `improved` the same the other way, `pass` when it is surely below the margin, else `inconclusive`. It tests both that there is a change and
 * that there is none that matters, so that much data finds no change too small to matter and little data passes nothing (D. J. Schuirmann,
 * Journal of Pharmacokinetics and Biopharmaceutics 15, 1987).
 */
export function verdictOf({ low, high }: Bounded, margin: number): LoadVerdict {
  if (low !== undefined && low > 0 && (high === undefined || high >= margin)) return "regressed";
  if (high !== undefined && high < 0 && (low === undefined || low <= -margin)) return "improved";
  return high !== undefined && high < margin ? "pass" : "inconclusive";
}

/** The least change that such data would find nine times in ten, on the scale of the change; undefined where the interval has one end only. */
export function detectableChange({ low, high }: Bounded, { margin, tail }: Judgement): number | undefined {
  if (low === undefined || high === undefined) return undefined;
  const half = (high - low) / 2;
  return Math.max(margin, half * (1 + normalQuantile(POWER) / normalQuantile(1 - tail)));
}

/** How many times as much data would about settle an inconclusive change whose interval has both ends. */
export function growthNeeded({ value, low, high }: Bounded, margin: number): number | undefined {
  if (low === undefined || high === undefined) return undefined;
  // Either end may get there: above 0, or below the margin. A change that seems great may be chance.
  const room = Math.min(margin, Math.max(value, margin - value));
  return Math.min(MOST_GROWTH, Math.max(1, SPARE * ((high - low) / 2 / room) ** 2));
}
