export { encodeRequests, type RequestPart, type RequestSettings } from "./encode-requests.ts";
export type { LoadEndpoint } from "./endpoint.ts";
export {
  type AnswerCheck,
  type Arrivals,
  type EncodedRequest,
  type Engine,
  type LoadResponse,
  Outcome,
  type OutcomeCode,
  type Phase,
  type PhaseSummary,
  type Recorder,
} from "./engine.ts";
export { createEngine } from "./engines/index.ts";
export type { LoadPoint } from "./load-point.ts";
export type { ConcurrencyPlan } from "./modes/concurrency.ts";
export { inThisProcess, type PhaseRun, type PhaseRunner } from "./phase-runner.ts";
export type { PhaseTask } from "./phase-task.ts";
export { type LoadPlan, parseLoadPlan } from "./plan.ts";
export type { LoadProgress } from "./progress.ts";
export { createRecorder, OUTCOME_NAMES, type OutcomeName, type PhaseRecorder, type Recorded } from "./recorder.ts";
export { type LoadRunOptions, runLoad, runStages } from "./run-load.ts";
export { type Instruments, type PlanOutcome, runPlan } from "./run-plan.ts";
export type { ArrivalPlan } from "./schedules/arrival-plan.ts";
export {
  type LoadEngineId,
  type LoadProtocol,
  type MixPart,
  type PointSettings,
  type Stage,
  speaks,
} from "./settings.ts";
export {
  mostWorkers,
  type OpenRunner,
  openWorkers,
  type WorkerSetting,
  workersAsNeeded,
} from "./workers/index.ts";
export type { Workload, WorkloadOptions } from "./workload.ts";
