import { type Clock, NS_PER_MS, systemClock } from "../base/clock.ts";
import { seededRandom } from "../base/random.ts";
import type { ModelInfo } from "../target/model.ts";
import { type Collector, type ProcessUsage, watchProcess } from "../telemetry/index.ts";
import type { EncodedRequest, Engine, PhaseSummary } from "./engine.ts";
import type { LoadPoint } from "./load-point.ts";
import type { Measured } from "./measured.ts";
import { serverUsage, whileObserved } from "./observe.ts";
import type { LoadPlan } from "./plan.ts";
import { type LoadProgress, reportProgress } from "./progress.ts";
import { createRecorder, type PhaseRecorder } from "./recorder.ts";
import { toLoadPoint } from "./to-load-point.ts";
import type { Workload } from "./workload.ts";

/** Different requests that are sent in rotation: at most so many, and fewer when they are large. */
const MOST_REQUESTS = 64;
const MOST_BYTES = 16 * 1024 * 1024;

export interface LoadRunOptions {
  /** Open against the endpoint that is to be loaded; stays open. */
  readonly engine: Engine;
  readonly workload: Workload;
  readonly model: ModelInfo;
  readonly clock?: Clock;
  /** Ends the run early; what was measured until then is returned, and is not valid. */
  readonly signal?: AbortSignal;
  /** Called once a second. */
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly collectors?: readonly Collector[];
}

/** Warms up, measures one phase and returns what it came to. Throws USAGE when the model cannot be loaded by this workload. */
export async function runLoad(plan: LoadPlan, options: LoadRunOptions): Promise<LoadPoint> {
  const requests = encodeRequests(plan, options);
  if (plan.warmupMs > 0) {
    const warmup = await runPhase("warm-up", plan.warmupMs, requests, plan, options);
    warmup.recorder.destroy();
  }
  const { result, telemetry } = await whileObserved(options.collectors ?? [], () =>
    runPhase("measuring", plan.durationMs, requests, plan, options),
  );
  const { recorder, startNs, endNs, ...observed } = result;
  const lengthNs = Math.min(plan.durationMs * NS_PER_MS, endNs - startNs);
  const measured: Measured = {
    ...observed,
    recorded: recorder.recorded(lengthNs),
    ...serverUsage(telemetry.series),
    series: telemetry.series,
    interrupted: options.signal?.aborted === true && lengthNs < plan.durationMs * NS_PER_MS,
  };
  const point = toLoadPoint(plan, options.engine, measured, telemetry);
  recorder.destroy();
  return point;
}

/** Equal plans give equal requests. */
function encodeRequests(plan: LoadPlan, { workload, model }: LoadRunOptions): readonly EncodedRequest[] {
  const encode = (count: number) =>
    workload.encode({ model, batch: plan.batch, random: seededRandom(plan.seed, "load"), count });
  const bytes = encode(1).reduce((sum, { body }) => sum + body.length, 1);
  return encode(Math.max(1, Math.min(MOST_REQUESTS, Math.floor(MOST_BYTES / bytes))));
}

interface PhaseRun {
  readonly recorder: PhaseRecorder;
  readonly startNs: number;
  readonly endNs: number;
  readonly summary: PhaseSummary;
  readonly client: ProcessUsage;
  readonly clientWhileSending: ProcessUsage;
}

async function runPhase(
  phase: LoadProgress["phase"],
  lengthMs: number,
  requests: readonly EncodedRequest[],
  plan: LoadPlan,
  { engine, workload, clock = systemClock, signal = new AbortController().signal, onProgress }: LoadRunOptions,
): Promise<PhaseRun> {
  const startNs = clock.now();
  const recorder = createRecorder(startNs, lengthMs * NS_PER_MS);
  const stopReports = onProgress && reportProgress(phase, recorder, clock, onProgress);
  const usage = watchProcess();
  let clientWhileSending: ProcessUsage | undefined;
  const atDeadline = setTimeout(() => {
    clientWhileSending = usage();
  }, lengthMs);
  try {
    const summary = await engine.run({
      requests,
      startNs,
      concurrency: plan.concurrency,
      deadline: startNs + lengthMs * NS_PER_MS,
      requestTimeoutMs: plan.requestTimeoutMs,
      recorder,
      answers: workload,
      fullCheckEvery: plan.fullCheckEvery,
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
