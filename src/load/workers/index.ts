export { mostWorkers, type OpenRunner, workersAsNeeded } from "./as-needed.ts";
export type { WorkerSetting, WorkloadReference } from "./messages.ts";
export { openWorkers, type Workers } from "./open-workers.ts";
