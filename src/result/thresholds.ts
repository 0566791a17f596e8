import { InfermarkError } from "../base/errors.ts";
import type { JudgedThreshold, Load, LoadPoint } from "./document.gen.ts";

/** A limit on a measurement. `limit` is in `unit`. */
export interface Threshold {
  /** As written. */
  readonly expression: string;
  readonly metric: string;
  readonly comparison: "<" | "<=" | ">" | ">=";
  readonly limit: number;
  readonly unit: "ns" | "1/s" | "ratio";
}

const NS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 };
const RATES = new Set(["throughput", "inferences"]);

/** Reads `p99<=20ms`, `mean<5ms`, `max<1s`, `throughput>=1000`, `inferences>=8000` or `error-rate<=1%`. Throws USAGE for anything else. */
export function parseThreshold(expression: string): Threshold {
  const match = /^\s*([a-z][a-z0-9.-]*)\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|%|\/s)?\s*$/.exec(expression);
  const [, metric = "", comparison = "", digits = "", suffix = ""] = match ?? [];
  const value = Number(digits);
  const base = { expression, metric, comparison: comparison as Threshold["comparison"] };
  const time = NS[suffix];
  if ((percentileOf(metric) !== undefined || metric === "mean" || metric === "max") && time !== undefined) {
    return { ...base, limit: value * time, unit: "ns" };
  }
  if (RATES.has(metric) && (suffix === "" || suffix === "/s")) return { ...base, limit: value, unit: "1/s" };
  if (metric === "error-rate" && (suffix === "" || suffix === "%")) {
    return { ...base, limit: suffix === "%" ? value / 100 : value, unit: "ratio" };
  }
  throw new InfermarkError("USAGE", `"${expression}" is not a threshold`, {
    hint: "write it like p99<=20ms, throughput>=1000, inferences>=8000 or error-rate<=1%",
  });
}

/** Holds every load point against every threshold: one valid point beyond the limit misses it; an absent or invalid one leaves it undecided. */
export function judgeThresholds(thresholds: readonly Threshold[], load: Load | undefined): JudgedThreshold[] {
  const points = load?.runs.flatMap((run) => run.points) ?? [];
  return thresholds.map((threshold) => ({ ...threshold, ...judge(threshold, points) }));
}

function judge(
  threshold: Threshold,
  points: readonly LoadPoint[],
): Pick<JudgedThreshold, "status" | "worst" | "reason"> {
  if (points.length === 0) return { status: "undecided", reason: "no load was measured" };
  const observed = points.map((point) => ({ point, value: valueOf(threshold.metric, point) }));
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

function valueOf(metric: string, { latency, throughput, inferences, counts }: LoadPoint): number | undefined {
  if (metric === "throughput") return throughput.value;
  if (metric === "inferences") return inferences.value;
  if (metric === "error-rate") return counts.sent === 0 ? undefined : 1 - counts.ok / counts.sent;
  if (latency.count === 0) return undefined;
  if (metric === "mean") return latency.meanNs;
  if (metric === "max") return latency.maxNs;
  const wanted = percentileOf(metric);
  return latency.percentiles.find(({ percentile }) => percentile === wanted)?.ns;
}

function percentileOf(metric: string): number | undefined {
  const digits = /^p(\d{1,2}(?:\.\d+)?)$/.exec(metric)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function holds(value: number, { comparison, limit }: Threshold): boolean {
  if (value === limit) return comparison.endsWith("=");
  return comparison.startsWith("<") === value < limit;
}
