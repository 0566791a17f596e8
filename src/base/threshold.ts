import { InfermarkError } from "./errors.ts";

/** A limit on a measured number. `limit` is in `unit`. */
export interface Threshold {
  /** As written. */
  readonly expression: string;
  /** The stage of the load that it is about; all of the load when absent. */
  readonly stage?: string;
  readonly metric: string;
  readonly comparison: "<" | "<=" | ">" | ">=";
  readonly limit: number;
  readonly unit: "ns" | "1/s" | "ratio";
}

const NS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 };
const RATES = new Set(["throughput", "inferences"]);
const FORM =
  /^\s*(?:([A-Za-z0-9][A-Za-z0-9_-]*)\s*:)?\s*([a-z][a-z0-9.-]*)\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|%|\/s)?\s*$/;

/**
 * Reads `p99<=20ms`, `mean<5ms`, `max<1s`, `throughput>=1000/s`, `inferences>=8000` or `errors<0.1%`, each with a stage before it where
 * it is about one: `spike:p99<=50ms`. Throws USAGE for anything else.
 */
export function parseThreshold(expression: string): Threshold {
  const match = FORM.exec(expression);
  const [, stage, written = "", comparison = "", digits = "", suffix = ""] = match ?? [];
  const metric = written === "errors" ? "error-rate" : written;
  const value = Number(digits);
  const base = {
    expression,
    ...(stage !== undefined && { stage }),
    metric,
    comparison: comparison as Threshold["comparison"],
  };
  const time = NS[suffix];
  if ((percentileOf(metric) !== undefined || metric === "mean" || metric === "max") && time !== undefined) {
    return { ...base, limit: value * time, unit: "ns" };
  }
  if (RATES.has(metric) && (suffix === "" || suffix === "/s")) return { ...base, limit: value, unit: "1/s" };
  if (metric === "error-rate" && (suffix === "" || suffix === "%")) {
    return { ...base, limit: suffix === "%" ? value / 100 : value, unit: "ratio" };
  }
  throw new InfermarkError("USAGE", `"${expression}" is not a threshold`, {
    hint: "write it like p99<=20ms, throughput>=1000/s, inferences>=8000, errors<0.1% or, for one stage, spike:p99<=50ms",
  });
}

/** The percentile, 0 to 100, that a metric such as `p99.9` names; undefined for other metrics. */
export function percentileOf(metric: string): number | undefined {
  const digits = /^p(\d{1,2}(?:\.\d+)?)$/.exec(metric)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Whether a value keeps the limit. */
export function holds(value: number, { comparison, limit }: Pick<Threshold, "comparison" | "limit">): boolean {
  if (value === limit) return comparison.endsWith("=");
  return comparison.startsWith("<") === value < limit;
}
