import type { PointLatency } from "../load-point.ts";
import { distributionOf } from "./distribution.ts";
import type { Metric } from "./metric.ts";

/** End of the answer minus intended sending, of right answers to requests that were sent in the phase. In a closed loop it equals the service time. */
export const latency: Metric<PointLatency> = {
  id: "latency",
  title: "Latency",
  unit: "ns",
  from: ({ recorded }) => distributionOf(recorded.latency),
};
