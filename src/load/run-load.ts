import { type Clock, NS_PER_MS } from "../base/clock.ts";
import type { ModelInfo } from "../target/model.ts";
import type { Collector } from "../telemetry/index.ts";
import { arrivalPlanOf, intendedRate, stretchesOf } from "./arrivals-of.ts";
import { encodeRequests, type RequestPart } from "./encode-requests.ts";
import type { Engine } from "./engine.ts";
import type { LoadPoint } from "./load-point.ts";
import type { Measured } from "./measured.ts";
import type { StagesSchedule } from "./modes/mode.ts";
import { serverUsage, whileObserved } from "./observe.ts";
import { inThisProcess, type PhaseRun, type PhaseRunner } from "./phase-runner.ts";
import { lengthMsOf, type PhaseTask } from "./phase-task.ts";
import type { LoadProgress } from "./progress.ts";
import type { LoadSettings, PointSettings } from "./settings.ts";
import { type PointLoad, toLoadPoint } from "./to-load-point.ts";
import { warmUp } from "./warm-up.ts";
import type { Workload } from "./workload.ts";

export interface LoadRunOptions {
  /** Open against the endpoint that is to be loaded; stays open. */
  readonly engine: Engine;
  readonly workload: Workload;
  readonly model: ModelInfo;
  /** The models of the plan's mix, where it has one. */
  readonly parts?: readonly RequestPart[];
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
export async function runLoad(plan: PointSettings, options: LoadRunOptions): Promise<LoadPoint> {
  const load =
    "concurrency" in plan ? { concurrency: plan.concurrency } : { requestRate: intendedRate(plan, plan.durationMs) };
  const changing = "arrivals" in plan && (plan.arrivals === "trace" || plan.toRate !== undefined);
  const [point] = await measure(plan, options, [{ lengthMs: plan.durationMs, load, changing }], (phase, lengthMs) => {
    if ("concurrency" in plan) return { concurrency: plan.concurrency };
    const schedule = phase === "measuring" || plan.arrivals === "trace" ? plan : { ...plan, toRate: plan.rate };
    return { concurrency: plan.maxInFlight, arrivals: arrivalPlanOf(schedule, lengthMs, plan.seed, phase) };
  });
  return point as LoadPoint;
}

/** Warms up at the first stage's rate, then measures all stages without a gap: what one leaves behind burdens the next. A point for each. */
export function runStages(plan: LoadSettings & StagesSchedule, options: LoadRunOptions): Promise<readonly LoadPoint[]> {
  const stretches = plan.stages.map(({ durationMs, rate, toRate = rate }) => ({
    durationS: durationMs / 1000,
    from: rate,
    to: toRate,
  }));
  const [first] = plan.stages;
  const parts = plan.stages.map(({ name, durationMs, rate, toRate = rate }): Part => {
    const load = { requestRate: (rate + toRate) / 2, stage: name };
    return { lengthMs: durationMs, load, changing: toRate !== rate };
  });
  return measure(plan, options, parts, (phase, lengthMs) => ({
    concurrency: plan.maxInFlight,
    arrivals:
      phase === "measuring"
        ? stretchesOf(plan.arrivals, stretches, plan.seed, phase)
        : arrivalPlanOf({ arrivals: plan.arrivals, rate: first?.rate ?? 0 }, lengthMs, plan.seed, phase),
  }));
}

interface Part {
  readonly lengthMs: number;
  readonly load: Omit<PointLoad, "warmupMs">;
  readonly changing: boolean;
}

type LoadOf = (phase: PhaseTask["phase"], lengthMs: number) => Pick<PhaseTask, "concurrency" | "arrivals">;

async function measure(
  plan: Omit<LoadSettings, "durationMs">,
  options: LoadRunOptions,
  parts: readonly Part[],
  loadOf: LoadOf,
): Promise<readonly LoadPoint[]> {
  const { engine, workload, model, parts: mixed, signal = new AbortController().signal, onProgress } = options;
  // Encoded here only where this process sends.
  const runner =
    options.runner ??
    inThisProcess({
      ...options,
      requests: encodeRequests(workload, { ...plan, model, ...(mixed && { parts: mixed }) }),
    });
  const run = (phase: PhaseTask["phase"], partsMs: readonly number[]): Promise<readonly PhaseRun[]> => {
    const { requestTimeoutMs, fullCheckEvery } = plan;
    const task = { phase, partsMs, requestTimeoutMs, fullCheckEvery, ...loadOf(phase, lengthMsOf({ partsMs })) };
    return runner.run(task, { signal, ...(onProgress && { onProgress }) });
  };
  const runStep = async (lengthMs: number) => {
    const [{ recorder }] = (await run("warm-up", [lengthMs])) as [PhaseRun];
    const { windows } = recorder.recorded();
    recorder.destroy();
    return windows;
  };
  const open = loadOf("warm-up", 1).arrivals !== undefined;
  const warmupMs = await warmUp(plan, open, runStep, () => signal.aborted);
  const { result, telemetry } = await whileObserved(options.collectors ?? [], () =>
    run(
      "measuring",
      parts.map(({ lengthMs }) => lengthMs),
    ),
  );
  return result.flatMap(({ recorder, startNs, endNs, ...observed }, index) => {
    // A stage that the run did not get to.
    if (index > 0 && endNs <= startNs) {
      recorder.destroy();
      return [];
    }
    const { lengthMs, load, changing } = parts[index] as Part;
    const lengthNs = Math.min(lengthMs * NS_PER_MS, endNs - startNs);
    const measured: Measured = {
      ...observed,
      recorded: recorder.recorded(lengthNs),
      // What collectors saw is of all stages together.
      ...(parts.length === 1 && { ...serverUsage(telemetry.series), series: telemetry.series }),
      interrupted: signal.aborted && lengthNs < lengthMs * NS_PER_MS,
      changing,
      ...(load.concurrency !== undefined && { concurrency: load.concurrency }),
    };
    const own = index === 0 ? telemetry : { series: [], unavailable: [] };
    const point = toLoadPoint(plan, { ...load, warmupMs: index === 0 ? warmupMs : 0 }, engine, measured, own);
    recorder.destroy();
    return [point];
  });
}
