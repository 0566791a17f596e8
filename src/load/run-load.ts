import { type Clock, NS_PER_MS } from "../base/clock.ts";
import type { ModelInfo } from "../target/model.ts";
import type { Collector } from "../telemetry/index.ts";
import { encodeRequests } from "./encode-requests.ts";
import type { Engine } from "./engine.ts";
import type { LoadPoint } from "./load-point.ts";
import type { Measured } from "./measured.ts";
import { serverUsage, whileObserved } from "./observe.ts";
import { inThisProcess, type PhaseRunner, type PhaseTask } from "./phase-runner.ts";
import type { LoadPlan } from "./plan.ts";
import type { LoadProgress } from "./progress.ts";
import { toLoadPoint } from "./to-load-point.ts";
import type { Workload } from "./workload.ts";

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
  /** Runs the phases; in this process unless given. */
  readonly runner?: PhaseRunner;
}

/** Warms up, measures one phase and returns what it came to. Throws USAGE when the model cannot be loaded by this workload. */
export async function runLoad(plan: LoadPlan, options: LoadRunOptions): Promise<LoadPoint> {
  const { workload, signal = new AbortController().signal, onProgress } = options;
  const requests = encodeRequests(workload, { ...plan, model: options.model });
  const runner = options.runner ?? inThisProcess({ ...options, requests });
  const run = (phase: PhaseTask["phase"], lengthMs: number) =>
    runner.run(taskOf(phase, lengthMs, plan), { signal, ...(onProgress && { onProgress }) });
  if (plan.warmupMs > 0) {
    const warmup = await run("warm-up", plan.warmupMs);
    warmup.recorder.destroy();
  }
  const { result, telemetry } = await whileObserved(options.collectors ?? [], () => run("measuring", plan.durationMs));
  const { recorder, startNs, endNs, ...observed } = result;
  const lengthNs = Math.min(plan.durationMs * NS_PER_MS, endNs - startNs);
  const measured: Measured = {
    ...observed,
    recorded: recorder.recorded(lengthNs),
    ...serverUsage(telemetry.series),
    interrupted: options.signal?.aborted === true && lengthNs < plan.durationMs * NS_PER_MS,
  };
  const point = toLoadPoint(plan, options.engine, measured, telemetry);
  recorder.destroy();
  return point;
}

function taskOf(phase: PhaseTask["phase"], lengthMs: number, plan: LoadPlan): PhaseTask {
  const { concurrency, requestTimeoutMs, fullCheckEvery } = plan;
  return { phase, lengthMs, concurrency, requestTimeoutMs, fullCheckEvery };
}
