import type { PointEstimate } from "../load-point.ts";
import type { Metric } from "./metric.ts";
import { rateEstimate } from "./rate-estimate.ts";

/** Right answers that ended within the phase, divided by its length. */
export const requestThroughput: Metric<PointEstimate> = {
  id: "request-throughput",
  title: "Right answers per second",
  unit: "1/s",
  from: ({ recorded }) => rateEstimate(recorded, recorded.okWithin, ({ ok }) => ok),
};
