import type { PointLatency } from "../load-point.ts";
import { distributionOf } from "./distribution.ts";
import type { Metric } from "./metric.ts";

/** End of the answer minus actual sending, of right answers to requests that were sent in the phase. */
export const serviceTime: Metric<PointLatency> = {
  id: "service-time",
  title: "Service time",
  unit: "ns",
  from: ({ recorded }) => distributionOf(recorded.service),
};
