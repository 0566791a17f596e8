import { type Clock, NS_PER_MS, systemClock } from "../base/clock.ts";
import { type ProcessUsage, watchProcess } from "../telemetry/index.ts";
import type { EncodedRequest, Engine, PhaseSummary } from "./engine.ts";
import { type LoadProgress, reportProgress } from "./progress.ts";
import { createRecorder, type PhaseRecorder } from "./recorder.ts";
import { type ArrivalPlan, arrivalsOf } from "./schedules/arrival-plan.ts";
import type { Workload } from "./workload.ts";

/** A phase as plain JSON. */
export interface PhaseTask {
  readonly phase: LoadProgress["phase"];
  readonly lengthMs: number;
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

/** What came of a phase. */
export interface PhaseRun {
  /** `destroy()` must be called when all has been read. */
  readonly recorder: Pick<PhaseRecorder, "recorded" | "destroy">;
  readonly startNs: number;
  readonly endNs: number;
  readonly summary: PhaseSummary;
  readonly client: ProcessUsage;
  readonly clientWhileSending: ProcessUsage;
  /** The part of each worker process; absent when the phase ran in this process. */
  readonly workers?: readonly WorkerPart[];
}

/** What one worker process did in a phase. */
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
  run(task: PhaseTask, options: PhaseRunOptions): Promise<PhaseRun>;
}

export interface InProcessOptions {
  readonly engine: Engine;
  readonly workload: Workload;
  readonly requests: readonly EncodedRequest[];
  readonly clock?: Clock;
}

/** Runs phases in this process. */
export function inThisProcess(options: InProcessOptions): PhaseRunner {
  const { clock = systemClock } = options;
  return {
    run: (task, runOptions) =>
      runPhase(task, task.arrivals && arrivalsOf(task.arrivals), clock.now(), options, runOptions),
  };
}

/** Runs a phase in this process that begins at `startNs` of the clock. */
export async function runPhase(
  { phase, lengthMs, concurrency, requestTimeoutMs, fullCheckEvery }: PhaseTask,
  arrivals: ReturnType<typeof arrivalsOf> | undefined,
  startNs: number,
  { engine, workload, requests, clock = systemClock }: InProcessOptions,
  { signal, onProgress }: PhaseRunOptions,
): Promise<PhaseRun & { readonly recorder: PhaseRecorder }> {
  const deadline = startNs + lengthMs * NS_PER_MS;
  const recorder = createRecorder(startNs, lengthMs * NS_PER_MS, arrivals !== undefined);
  const stopReports = onProgress && reportProgress(phase, recorder, clock, onProgress);
  const usage = watchProcess();
  let clientWhileSending: ProcessUsage | undefined;
  const atDeadline = setTimeout(
    () => {
      clientWhileSending = usage();
    },
    Math.max(0, (deadline - clock.now()) / NS_PER_MS),
  );
  try {
    const summary = await engine.run({
      requests,
      startNs,
      concurrency,
      ...(arrivals && { arrivals }),
      deadline,
      requestTimeoutMs,
      recorder,
      answers: workload,
      fullCheckEvery,
      signal,
    });
    const client = usage();
    return { recorder, startNs, endNs: clock.now(), summary, client, clientWhileSending: clientWhileSending ?? client };
  } catch (thrown) {
    recorder.destroy();
    throw thrown;
  } finally {
    clearTimeout(atDeadline);
    stopReports?.();
  }
}
