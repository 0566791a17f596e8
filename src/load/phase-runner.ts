import type { Clock } from "../base/clock.ts";
import type { ProcessUsage } from "../telemetry/index.ts";
import type { EncodedRequest, Engine } from "./engine.ts";
import type { PhaseTask } from "./phase-task.ts";
import type { LoadProgress } from "./progress.ts";
import type { PhaseRecorder } from "./recorder.ts";
import { type PhasePart, runPhase } from "./run-phase.ts";
import { arrivalsOf } from "./schedules/arrival-plan.ts";
import type { Workload } from "./workload.ts";

export interface PhaseRunOptions {
  /** Ends the phase early. */
  readonly signal: AbortSignal;
  /** Called once a second. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** What came of one part of a phase. */
export interface PhaseRun extends Omit<PhasePart, "recorder"> {
  /** `destroy()` must be called when all has been read. */
  readonly recorder: Pick<PhaseRecorder, "recorded" | "destroy">;
  /** The part of each worker process; absent when the phase ran in this process. */
  readonly workers?: readonly WorkerPart[];
}

/** What one worker process did in a part of a phase. */
export interface WorkerPart {
  /** Counted from 0. */
  readonly worker: number;
  readonly sent: number;
  readonly ok: number;
  readonly client: ProcessUsage;
  readonly clientWhileSending: ProcessUsage;
  readonly awakeMs?: number;
  /** How it ended before its time: nothing that it did in this phase is known then. */
  readonly lost?: string;
}

/** Runs phases one at a time: in this process or in workers. */
export interface PhaseRunner {
  /** What came of each part. */
  run(task: PhaseTask, options: PhaseRunOptions): Promise<readonly PhaseRun[]>;
}

export interface InProcessOptions {
  readonly engine: Engine;
  readonly workload: Workload;
  readonly requests: readonly EncodedRequest[];
  readonly clock?: Clock;
}

/** Runs phases in this process. */
export function inThisProcess({ workload, requests, ...options }: InProcessOptions): PhaseRunner {
  return {
    run: ({ arrivals, ...task }, runOptions) =>
      runPhase(
        { ...task, requests, arrivals: arrivals && arrivalsOf(arrivals) },
        { ...options, ...runOptions, answers: workload },
      ),
  };
}
