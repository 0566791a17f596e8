import { type Clock, NS_PER_MS } from "../base/clock.ts";
import { seededRandom } from "../base/random.ts";
import type { ModelInfo } from "../target/model.ts";
import type { Collector } from "../telemetry/index.ts";
import { arrivalsOf, intendedRate, stretchesOf } from "./arrivals-of.ts";
import type { EncodedRequest, Engine } from "./engine.ts";
import type { LoadPoint } from "./load-point.ts";
import type { Measured } from "./measured.ts";
import type { StagesSchedule } from "./modes/mode.ts";
import { serverUsage, whileObserved } from "./observe.ts";
import type { LoadProgress } from "./progress.ts";
import { type PhasePart, runPhase } from "./run-phase.ts";
import type { LoadSettings, PointSettings } from "./settings.ts";
import { type PointLoad, toLoadPoint } from "./to-load-point.ts";
import { warmUp } from "./warm-up.ts";
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
export async function runLoad(plan: PointSettings, options: LoadRunOptions): Promise<LoadPoint> {
  const load =
    "concurrency" in plan ? { concurrency: plan.concurrency } : { requestRate: intendedRate(plan, plan.durationMs) };
  const changing = "arrivals" in plan && (plan.arrivals === "trace" || plan.toRate !== undefined);
  const [point] = await measure(plan, options, [{ lengthMs: plan.durationMs, load, changing }], (phase, lengthMs) => {
    if ("concurrency" in plan) return { concurrency: plan.concurrency };
    const schedule = phase === "measuring" || plan.arrivals === "trace" ? plan : { ...plan, toRate: plan.rate };
    return { concurrency: plan.maxInFlight, arrivals: arrivalsOf(schedule, lengthMs, plan.seed, phase) };
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
        : arrivalsOf({ arrivals: plan.arrivals, rate: first?.rate ?? 0 }, lengthMs, plan.seed, phase),
  }));
}

interface Part {
  readonly lengthMs: number;
  readonly load: Omit<PointLoad, "warmupMs">;
  readonly changing: boolean;
}

type LoadOf = (
  phase: LoadProgress["phase"],
  lengthMs: number,
) => Pick<Parameters<typeof runPhase>[0], "concurrency" | "arrivals">;

async function measure(
  plan: Omit<LoadSettings, "durationMs">,
  options: LoadRunOptions,
  parts: readonly Part[],
  loadOf: LoadOf,
): Promise<readonly LoadPoint[]> {
  const { engine, signal } = options;
  const requests = encodeRequests(plan, options);
  const run = (name: LoadProgress["phase"], partsMs: readonly number[]) => {
    const { requestTimeoutMs, fullCheckEvery } = plan;
    const load = loadOf(
      name,
      partsMs.reduce((sum, each) => sum + each, 0),
    );
    return runPhase(
      { name, partsMs, requests, requestTimeoutMs, fullCheckEvery, ...load },
      { ...options, answers: options.workload },
    );
  };
  const runStep = async (lengthMs: number) => {
    const [{ recorder }] = (await run("warm-up", [lengthMs])) as [PhasePart];
    const { windows } = recorder.recorded();
    recorder.destroy();
    return windows;
  };
  const open = loadOf("warm-up", 1).arrivals !== undefined;
  const warmupMs = await warmUp(plan, open, runStep, () => signal?.aborted === true);
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
      interrupted: signal?.aborted === true && lengthNs < lengthMs * NS_PER_MS,
      changing,
    };
    const own = index === 0 ? telemetry : { series: [], unavailable: [] };
    const point = toLoadPoint(plan, { ...load, warmupMs: index === 0 ? warmupMs : 0 }, engine, measured, own);
    recorder.destroy();
    return [point];
  });
}

/** Equal plans give equal requests. */
function encodeRequests(
  plan: Pick<LoadSettings, "batch" | "seed">,
  { workload, model }: LoadRunOptions,
): readonly EncodedRequest[] {
  const encode = (count: number) =>
    workload.encode({ model, batch: plan.batch, random: seededRandom(plan.seed, "load"), count });
  const bytes = encode(1).reduce((sum, { body }) => sum + body.length, 1);
  return encode(Math.max(1, Math.min(MOST_REQUESTS, Math.floor(MOST_BYTES / bytes))));
}
