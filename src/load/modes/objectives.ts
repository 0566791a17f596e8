import { parseThreshold, percentileOf, type Threshold } from "../../base/threshold.ts";
import { listOf } from "../field-rules.ts";
import { PERCENTILES } from "../metrics/distribution.ts";

/** Objectives as texts such as `p99<50ms`, of what a point measures as a whole. */
export const objectivesField = listOf((value) => {
  if (typeof value !== "string") return "must be a text";
  let objective: Threshold;
  try {
    objective = parseThreshold(value);
  } catch {
    return "is not an objective such as p99<50ms or errors<0.1%";
  }
  if (objective.stage !== undefined) return "must not name a stage";
  const percentile = percentileOf(objective.metric);
  const measured: readonly number[] = PERCENTILES;
  return percentile === undefined || measured.includes(percentile)
    ? undefined
    : `is of a percentile that is not measured; ${PERCENTILES.map((each) => `p${each}`).join(", ")} are`;
});

/** The limits that a plan's texts set. */
export function objectivesOf(texts: readonly string[]): readonly Threshold[] {
  return texts.map((each) => parseThreshold(each));
}
