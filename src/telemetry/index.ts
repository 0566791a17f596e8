export type { Change, Collector, Role, Series } from "./collector.ts";
export { type CgroupOf, cgroup } from "./collectors/cgroup.ts";
export { clientProcess } from "./collectors/client-process.ts";
export { nvidiaSmi } from "./collectors/nvidia-smi.ts";
export { procfs, SERVER_CPU, SERVER_RSS } from "./collectors/procfs.ts";
export { type PrometheusOptions, prometheus } from "./collectors/prometheus.ts";
export { tritonStatistics } from "./collectors/triton-statistics.ts";
export { type ObservationOptions, type Observed, observe } from "./observation.ts";
export { type ProcessUsage, watchProcess } from "./process-usage.ts";
