import { type Clock, NS_PER_MS, systemClock } from "../base/clock.ts";
import type { ProcessUsage } from "../telemetry/index.ts";
import type { AnswerCheck, Arrivals, EncodedRequest, Engine, PhaseSummary } from "./engine.ts";
import { createParts } from "./phase-parts.ts";
import { lengthMsOf, type PhaseTask } from "./phase-task.ts";
import { type LoadProgress, reportProgress } from "./progress.ts";
import type { PhaseRecorder } from "./recorder.ts";

export interface PhaseOptions {
  readonly engine: Engine;
  readonly answers: AnswerCheck;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** What a phase sends, and how. */
export interface PhasePlan extends Omit<PhaseTask, "arrivals"> {
  readonly requests: readonly EncodedRequest[];
  readonly arrivals?: Arrivals | undefined;
  /** An instant of the clock; now unless given. */
  readonly startNs?: number;
}

/** What was seen of one part. */
export interface PhasePart {
  readonly recorder: PhaseRecorder;
  readonly startNs: number;
  readonly endNs: number;
  readonly summary: PhaseSummary;
  readonly client: ProcessUsage;
  readonly clientWhileSending: ProcessUsage;
}

/** Runs one phase on the engine; what its parts recorded must be freed. */
export async function runPhase(plan: PhasePlan, options: PhaseOptions): Promise<readonly PhasePart[]> {
  const { engine, clock = systemClock, signal = new AbortController().signal, onProgress } = options;
  const { startNs = clock.now() } = plan;
  const lengthMs = lengthMsOf(plan);
  const parts = createParts(plan, startNs, { engine, clock, answers: options.answers });
  const reported = { phase: plan.phase, lengthMs, recorders: parts.recorders };
  const stopReports = onProgress && reportProgress(reported, clock, onProgress);
  try {
    const summary = await engine.run({
      requests: plan.requests,
      startNs,
      concurrency: plan.concurrency,
      ...(plan.arrivals && { arrivals: plan.arrivals }),
      deadline: startNs + lengthMs * NS_PER_MS,
      requestTimeoutMs: plan.requestTimeoutMs,
      recorder: parts.recorder,
      answers: parts.answers,
      fullCheckEvery: plan.fullCheckEvery,
      signal,
    });
    return parts.ended(summary);
  } catch (thrown) {
    parts.destroy();
    throw thrown;
  } finally {
    parts.stop();
    stopReports?.();
  }
}
