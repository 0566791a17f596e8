import { NS_PER_MS } from "../../base/clock.ts";
import type { Metric } from "./metric.ts";

/** Processor time of the server's process tree, divided by the inferences in right answers; absent when either is not known. */
export const serverCpuPerInference: Metric<number | undefined> = {
  id: "server-cpu-per-inference",
  title: "Processor time of the server per inference",
  unit: "ns",
  from: ({ serverCpuMs, recorded: { inferences } }) =>
    serverCpuMs === undefined || inferences === 0 ? undefined : (serverCpuMs * NS_PER_MS) / inferences,
};
