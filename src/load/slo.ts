import { holds, percentileOf, type Threshold } from "../base/threshold.ts";
import type { LoadPoint, PointLatency } from "./load-point.ts";

/** What a measurement says about objectives: undecided when it cannot be trusted to tell. */
export type Attainment = "met" | "missed" | "undecided";

/** These make a number say something about this machine, or about nothing, rather than about the server. */
const NOT_THE_SERVER = new Set(["client-limited", "clock", "worker-lost", "interrupted"]);

/**
 * Whether a point meets all objectives. Missed only when one is surely missed, or when the point is valid: a measurement that is
 * merely unsteady or short is undecided, not missed.
 */
export function attainment(point: LoadPoint, objectives: readonly Threshold[]): Attainment {
  const { valid, problems } = point.validity;
  if (problems.some(({ code }) => NOT_THE_SERVER.has(code))) return "undecided";
  const judged = objectives.map((objective) => judge(point, objective));
  if (judged.includes("surely missed") || (valid && judged.includes("missed"))) return "missed";
  return valid && judged.every((each) => each === "met") ? "met" : "undecided";
}

function judge(point: LoadPoint, objective: Threshold): "met" | "missed" | "surely missed" | "unknown" {
  const { metric } = objective;
  if (metric === "error-rate") {
    const { sent, notSent, ok } = point.counts;
    const due = sent + notSent;
    if (due === 0) return "unknown";
    // Counting needs no steady state.
    return holds(1 - ok / due, objective) ? "met" : "surely missed";
  }
  if (metric === "throughput") return judgeEstimate(point.throughput, objective);
  if (metric === "inferences") return judgeEstimate(point.inferences, objective);
  return judgeLatency(point.latency, objective);
}

function judgeEstimate(estimate: LoadPoint["throughput"], objective: Threshold) {
  const best = objective.comparison.startsWith("<") ? estimate.low : estimate.high;
  if (holds(estimate.value, objective)) return "met";
  return best !== undefined && !holds(best, objective) ? "surely missed" : "missed";
}

function judgeLatency({ count, meanNs, maxNs, percentiles }: PointLatency, objective: Threshold) {
  if (count === 0) return "unknown";
  if (objective.metric === "max") return holds(maxNs, objective) ? "met" : "surely missed";
  if (objective.metric === "mean") return holds(meanNs, objective) ? "met" : "missed";
  const wanted = percentileOf(objective.metric);
  const found = percentiles.find(({ percentile }) => percentile === wanted);
  if (!found) return "unknown";
  if (holds(found.ns, objective)) return "met";
  return found.lowNs !== undefined && !holds(found.lowNs, objective) ? "surely missed" : "missed";
}
