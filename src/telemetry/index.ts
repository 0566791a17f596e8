export type { Collector, Series } from "./collector.ts";
export { clientProcess } from "./collectors/client-process.ts";
export { procfs, SERVER_CPU, SERVER_RSS } from "./collectors/procfs.ts";
export { type ProcessUsage, watchProcess } from "./process-usage.ts";
