import { createEngine, type LoadPoint, type LoadRunOptions, runLoad, runPlan, runStages } from "../load/index.ts";
import type { LoadRun } from "../result/index.ts";
import { type LoadWatch, watchLoad } from "./live/load-view.ts";
import type { LoadJob } from "./load-jobs.ts";
import { planText, pointText } from "./load-texts.ts";
import { parseWorkers, pointRunners } from "./load-workers.ts";
import type { Progress } from "./progress.ts";
import type { Settings } from "./settings.ts";

export interface LoadPartOptions {
  readonly settings: Settings;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** What came of the jobs, and what was thrown where they broke off: what was measured before is not lost. */
export interface LoadPartResult {
  readonly runs: readonly LoadRun[];
  readonly thrown?: unknown;
}

/** Runs the jobs one after the other. Never throws. */
export async function runLoadPart(jobs: readonly LoadJob[], options: LoadPartOptions): Promise<LoadPartResult> {
  const runs: LoadRun[] = [];
  const watch = watchLoad(jobs.map(({ plan }) => ({ plan, text: planText(plan) })));
  for (const job of jobs) {
    if (options.signal.aborted) break;
    watch.run();
    const points: LoadPoint[] = [];
    try {
      runs.push(await runOne(job, { ...options, watch }, points));
    } catch (thrown) {
      if (points.length > 0) runs.push({ plan: { ...job.plan }, points });
      return { runs, thrown };
    }
  }
  return { runs };
}

/** Adds each point to `points` as soon as it is measured. */
async function runOne(
  job: LoadJob,
  options: LoadPartOptions & { readonly watch: LoadWatch },
  points: LoadPoint[],
): Promise<LoadRun> {
  const { plan, workload, model, parts, endpoint, collectors } = job;
  const { settings, signal, progress, watch } = options;
  const engine = await createEngine(plan.engine, endpoint);
  const say = (text: string) => progress.line(`load: ${text}`);
  const runners = pointRunners(job, { workers: parseWorkers(settings.workers), engine, say });
  const measuring: LoadRunOptions = {
    engine,
    workload,
    model,
    ...(parts && { parts }),
    signal,
    collectors,
    onProgress: (seen) => progress.load(watch.view(seen)),
  };
  say(planText(plan));
  try {
    const outcome = await runPlan(plan, {
      signal,
      point: async (each) => {
        watch.point(each);
        const runner = await runners.runnerFor(each);
        const point = await runLoad(each, { ...measuring, ...(runner && { runner }) });
        await runners.measured([point]);
        return point;
      },
      stages: async (each) => {
        watch.point();
        const runner = await runners.runnerFor(each);
        const points = await runStages(each, { ...measuring, ...(runner && { runner }) });
        await runners.measured(points);
        return points;
      },
      onPoint: (point) => {
        points.push(point);
        if (plan.mode === "sweep" || plan.mode === "search") progress.line(`  ${pointText(point)}`);
      },
    });
    return { plan: { ...plan }, ...outcome };
  } finally {
    await runners.close();
    await engine.close();
  }
}
