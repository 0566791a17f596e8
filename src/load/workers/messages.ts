import type { ProcessUsage } from "../../telemetry/index.ts";
import type { RequestSettings } from "../encode-requests.ts";
import type { LoadEndpoint } from "../endpoint.ts";
import type { PhaseSummary } from "../engine.ts";
import type { PhaseTask } from "../phase-task.ts";
import type { LoadProgress } from "../progress.ts";
import type { RecorderSnapshot } from "../recorder.ts";
import type { LoadEngineId } from "../settings.ts";

/** What a worker needs to know before the first phase. Travels as a message, so that no secret stands on a command line. */
export interface WorkerSetting {
  readonly endpoint: LoadEndpoint;
  readonly engine: LoadEngineId;
  readonly workload: WorkloadReference;
  readonly requests: RequestSettings;
}

/** A workload by the module that exports it among its `workloads`: functions cannot be sent. */
export interface WorkloadReference {
  /** The URL of the module, e.g. of `suites/v2-rest/workload.ts`. */
  readonly module: string;
  readonly encoding: string;
}

/** The place of a worker among all: it takes each `count`-th request, from the one with number `index`, counted from 0. */
export interface Share {
  readonly index: number;
  readonly count: number;
}

export type ToWorker =
  | { readonly kind: "begin"; readonly setting: WorkerSetting; readonly share: Share }
  /** `startsAtNs` is an instant of the machine's monotonic clock, the same for all workers. */
  | { readonly kind: "phase"; readonly task: PhaseTask; readonly startsAtNs: number }
  | { readonly kind: "abort" };

export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly progress: LoadProgress }
  | { readonly kind: "done"; readonly parts: readonly WorkerResult[] }
  /** Something was thrown; `code` where it is an error that a user can act on. */
  | { readonly kind: "thrown"; readonly message: string; readonly code?: string; readonly hint?: string };

/** What one worker did in a part of a phase. */
export interface WorkerResult {
  readonly recorded: RecorderSnapshot;
  readonly summary: PhaseSummary;
  readonly client: ProcessUsage;
  readonly clientWhileSending: ProcessUsage;
  /** From the begin of the part to its end, or to the last answer. */
  readonly elapsedNs: number;
}
