import type { Clock } from "../base/clock.ts";
import type { ProcessUsage } from "../telemetry/index.ts";
import type { EncodedRequest, Engine } from "./engine.ts";
import type { LoadProgress } from "./progress.ts";
import type { PhaseRecorder } from "./recorder.ts";
import { type PhasePart, runPhase } from "./run-phase.ts";
import { type ArrivalPlan, arrivalsOf } from "./schedules/arrival-plan.ts";
import type { Workload } from "./workload.ts";

/** A phase as plain JSON. */
export interface PhaseTask {
  readonly phase: LoadProgress["phase"];
  /** The lengths of its parts, which follow each other without a gap; a part has the requests that were due in it. */
  readonly partsMs: readonly number[];
  /** Closed loop: requests kept in flight. Open loop: the most that may be. */
  readonly concurrency: number;
  /** Present in an open loop. */
  readonly arrivals?: ArrivalPlan;
  readonly requestTimeoutMs: number;
  /** One in this many answers is compared in full. */
  readonly fullCheckEvery: number;
}

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

/** How long a phase is. */
export function lengthMsOf({ partsMs }: Pick<PhaseTask, "partsMs">): number {
  return partsMs.reduce((sum, each) => sum + each, 0);
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
