import type { Metric } from "./metric.ts";

/** Inferences in right answers for each second of processor time of the server; absent when either is not known. */
export const inferencesPerCoreSecond: Metric<number | undefined> = {
  id: "inferences-per-core-second",
  title: "Inferences per second and server core",
  unit: "1/s",
  from: ({ serverCpuMs, recorded: { inferences } }) =>
    serverCpuMs === undefined || serverCpuMs === 0 ? undefined : (inferences * 1000) / serverCpuMs,
};
