import { NS_PER_MS } from "../../base/clock.ts";
import type { Metric } from "./metric.ts";

/** Processor time of this process from the first sending to the last answer, divided by the requests that came to an end; absent when none did. */
export const clientCpuPerRequest: Metric<number | undefined> = {
  id: "client-cpu-per-request",
  title: "Processor time of the client per request",
  unit: "ns",
  from: ({ client, summary }) => (summary.completed === 0 ? undefined : (client.cpuMs * NS_PER_MS) / summary.completed),
};
