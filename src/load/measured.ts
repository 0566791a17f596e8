import type { Series } from "../telemetry/index.ts";
import type { ProcessUsage } from "../telemetry/process-usage.ts";
import type { PhaseSummary } from "./engine.ts";
import type { WorkerPart } from "./phase-runner.ts";
import type { Recorded } from "./recorder.ts";

/** All that was observed of one measuring phase: what metrics and validity are computed from. */
export interface Measured {
  readonly recorded: Recorded;
  readonly summary: PhaseSummary;
  /** Closed loop: requests that were to be in flight. */
  readonly concurrency?: number;
  /** Of this process and of its workers, until the last answer had come. */
  readonly client: ProcessUsage;
  /** The same until the deadline, without the wait for the last answers. */
  readonly clientWhileSending: ProcessUsage;
  /** The part of each worker process; absent when the load ran in this process. */
  readonly workers?: readonly WorkerPart[];
  /** Processor time of the server's process tree; absent when it was not observed. */
  readonly serverCpuMs?: number;
  readonly serverRssBytes?: number;
  /** What collectors saw of the phase. */
  readonly series?: readonly Series[];
  /** The run was stopped before the phase had ended. */
  readonly interrupted: boolean;
  /** The load was meant to change within the phase, so that a change of throughput says nothing. */
  readonly changing?: boolean;
}
