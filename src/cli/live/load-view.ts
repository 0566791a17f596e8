import type { LoadPlan, LoadProgress, PointSettings } from "../../load/index.ts";

/** A second of a run. */
export interface LoadSecond {
  readonly atMs: number;
  readonly phase: LoadProgress["phase"];
  readonly requestsPerSecond: number;
  readonly p50Ns?: number;
  readonly p99Ns?: number;
  readonly errors: number;
}

/** How the load of a run is getting on, for whoever watches it. */
export interface LoadView extends LoadProgress {
  /** Which of how many runs, counted from 1. */
  readonly run: number;
  readonly runs: number;
  readonly plan: string;
  /** Which point, counted from 1, of how many where that is known, and its load in words. */
  readonly point: number;
  readonly points?: number;
  readonly load: string;
  /** Until all runs are over; absent where the plan does not tell. */
  readonly leftMs?: number;
}

export interface WatchedPlan {
  readonly plan: LoadPlan;
  readonly text: string;
}

/** Follows the points of the runs, one after the other. */
export interface LoadWatch {
  /** The next run begins. */
  run(): void;
  /** Its next point begins. */
  point(settings?: PointSettings): void;
  view(progress: LoadProgress): LoadView;
}

export function watchLoad(plans: readonly WatchedPlan[]): LoadWatch {
  let run = 0;
  let point = 0;
  let load = "";
  return {
    run: () => {
      run++;
      point = 0;
    },
    point: (settings) => {
      const next = settings ? loadText(settings) : "stages";
      // What --auto-extend measures again is the same point.
      const again = settings?.autoExtendMs !== undefined && settings.warmupMs === 0 && next === load && point > 0;
      if (!again) point++;
      load = next;
    },
    view: (progress) => {
      const { plan, text } = plans[run - 1] as WatchedPlan;
      const rest = plans.slice(run).map((each) => plannedMs(each.plan));
      const left = leftOf(plan, point, progress);
      const leftMs = rest.reduce(
        (sum, each) => (sum === undefined || each === undefined ? undefined : sum + each),
        left,
      );
      const points = pointsOf(plan);
      return {
        ...progress,
        run,
        runs: plans.length,
        plan: text,
        point,
        ...(points !== undefined && { points }),
        load,
        ...(leftMs !== undefined && { leftMs }),
      };
    },
  };
}

/** How many points a plan has; undefined for a search, which ends when it has found what it looks for. */
function pointsOf(plan: LoadPlan): number | undefined {
  switch (plan.mode) {
    case "sweep":
      return plan.batch.length * (plan.rate ?? plan.concurrency ?? []).length;
    case "search":
      return undefined;
    default:
      return 1;
  }
}

/** Without what `--auto-extend` adds; a warm-up that ends by itself counts in full. */
function plannedMs(plan: LoadPlan): number | undefined {
  const points = pointsOf(plan);
  return points === undefined ? undefined : points * (plan.warmupMs + lengthOf(plan));
}

function lengthOf(plan: LoadPlan): number {
  return plan.mode === "stages" ? plan.stages.reduce((sum, stage) => sum + stage.durationMs, 0) : plan.durationMs;
}

function leftOf(plan: LoadPlan, point: number, { phase, elapsedMs, lengthMs }: LoadProgress): number | undefined {
  const points = pointsOf(plan);
  if (points === undefined) return undefined;
  const ofPhase = Math.max(0, lengthMs - elapsedMs) + (phase === "warm-up" ? lengthOf(plan) : 0);
  return ofPhase + Math.max(0, points - point) * (plan.warmupMs + lengthOf(plan));
}

function loadText(settings: PointSettings): string {
  const rows = `batch ${settings.batch}`;
  if ("concurrency" in settings) return `${settings.concurrency} in flight, ${rows}`;
  return settings.arrivals === "trace" ? `a trace, ${rows}` : `${Number(settings.rate.toPrecision(6))}/s, ${rows}`;
}
