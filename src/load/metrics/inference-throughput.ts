import type { PointEstimate } from "../load-point.ts";
import type { Metric } from "./metric.ts";
import { rateEstimate } from "./rate-estimate.ts";

/** Inferences (rows) in the right answers that ended within the phase, divided by its length. */
export const inferenceThroughput: Metric<PointEstimate> = {
  id: "inference-throughput",
  title: "Inferences per second",
  unit: "1/s",
  from: ({ recorded }) => rateEstimate(recorded, recorded.inferencesWithin, ({ inferences }) => inferences),
};
