import { holds, percentileOf, type Threshold } from "../base/threshold.ts";
import type { JudgedThreshold, Load, LoadPoint, LoadRun } from "./document.gen.ts";

export { parseThreshold, type Threshold } from "../base/threshold.ts";

/** Holds every load point against every threshold: one valid point beyond the limit misses it; an absent or invalid one leaves it undecided. A threshold of a stage is held against the points of that stage alone, and of a search only what it found counts: it tries too much on purpose. */
export function judgeThresholds(thresholds: readonly Threshold[], load: Load | undefined): JudgedThreshold[] {
  const points = load?.runs.flatMap(countingPoints) ?? [];
  return thresholds.map(({ stage, ...threshold }) => {
    const own = stage === undefined ? points : points.filter((point) => point.stage === stage);
    return { ...threshold, ...judge(threshold, own, stage) };
  });
}

function countingPoints({ points, search }: LoadRun): readonly LoadPoint[] {
  if (!search) return points;
  const found = ({ load, attainment }: (typeof search.trials)[number]) => load === search.best && attainment === "met";
  return points.filter((_, index) => search.trials.slice(index, index + 1).some(found));
}

function judge(
  threshold: Threshold,
  points: readonly LoadPoint[],
  stage: string | undefined,
): Pick<JudgedThreshold, "status" | "worst" | "reason"> {
  if (points.length === 0)
    return {
      status: "undecided",
      reason: stage === undefined ? "no load was measured" : `no stage ${stage} was measured`,
    };
  const observed = points.map((point) => ({ point, value: measuredValue(threshold.metric, point) }));
  const usable = observed.flatMap(({ point, value }) =>
    value !== undefined && counts(threshold, point) ? [value] : [],
  );
  const worst =
    usable.length === 0 ? undefined : threshold.comparison.startsWith("<") ? Math.max(...usable) : Math.min(...usable);
  const seen = worst === undefined ? {} : { worst };
  if (worst !== undefined && !holds(worst, threshold)) {
    const missed = usable.filter((value) => !holds(value, threshold)).length;
    return { status: "missed", ...seen, reason: `${missed} of ${points.length} points beyond the limit` };
  }
  const absent = observed.find(({ value }) => value === undefined);
  if (absent) return { status: "undecided", ...seen, reason: `${threshold.metric} was not measured at every point` };
  const invalid = points.find((point) => !counts(threshold, point));
  if (!invalid) return { status: "met", ...seen };
  const codes = invalid.validity.problems.map((problem) => problem.code).join(", ");
  return { status: "undecided", ...seen, reason: `the measurement is invalid: ${codes}` };
}

// Counting errors needs no valid timing: a point that is invalid for its errors still misses a limit on errors.
function counts(threshold: Threshold, point: LoadPoint): boolean {
  return point.validity.valid || threshold.metric === "error-rate";
}

/** What a point shows of a threshold's metric, in the unit of the threshold; undefined where it was not measured. */
export function measuredValue(
  metric: string,
  { latency, throughput, inferences, counts }: LoadPoint,
): number | undefined {
  if (metric === "throughput") return throughput.value;
  if (metric === "inferences") return inferences.value;
  const due = counts.sent + (counts.notSent ?? 0);
  if (metric === "error-rate") return due === 0 ? undefined : 1 - counts.ok / due;
  if (latency.count === 0) return undefined;
  if (metric === "mean") return latency.meanNs;
  if (metric === "max") return latency.maxNs;
  const wanted = percentileOf(metric);
  return latency.percentiles.find(({ percentile }) => percentile === wanted)?.ns;
}
