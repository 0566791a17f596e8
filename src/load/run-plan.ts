import type { LoadPoint } from "./load-point.ts";
import { type LoadPlan, modeOf } from "./modes/index.ts";
import type { Measuring, PlanVerdict, StagesSchedule } from "./modes/mode.ts";
import type { LoadSettings, PointSettings } from "./settings.ts";

const GROWTH = 2;
/** More of the same settles these. */
const WANT_MORE: ReadonlySet<string> = new Set(["too-few-samples", "not-stationary"]);

/** What measures: `runLoad` and `runStages`, bound to an engine and a workload. */
export interface Instruments {
  point(settings: PointSettings): Promise<LoadPoint>;
  stages(settings: LoadSettings & StagesSchedule): Promise<readonly LoadPoint[]>;
  readonly signal?: AbortSignal;
  /** Hears of each point that counts, when it has been measured. */
  readonly onPoint?: (point: LoadPoint) => void;
}

/** What a plan came to; a search, a scenario and a recovery only where the plan has one. */
export interface PlanOutcome extends PlanVerdict {
  points: LoadPoint[];
}

/** Runs a plan of any mode: its points in order, and what they come to together. */
export async function runPlan(plan: LoadPlan, instruments: Instruments): Promise<PlanOutcome> {
  const points: LoadPoint[] = [];
  const keep = (measured: readonly LoadPoint[]) => {
    for (const point of measured) {
      points.push(point);
      instruments.onPoint?.(point);
    }
  };
  const measuring: Measuring = {
    get ended() {
      return instruments.signal?.aborted === true;
    },
    point: async (settings) => {
      const point = await untilSettled(settings, instruments);
      keep([point]);
      return point;
    },
    stages: async (settings) => {
      const measured = await instruments.stages(settings);
      keep(measured);
      return measured;
    },
  };
  const verdict = await modeOf(plan).run(plan, measuring);
  return { points, ...verdict };
}

/** Measures again and longer what more of the same could settle, as far as the plan allows; the last measurement counts. */
async function untilSettled(settings: PointSettings, instruments: Instruments): Promise<LoadPoint> {
  let leftMs = settings.autoExtendMs ?? 0;
  let { durationMs } = settings;
  let point = await instruments.point(settings);
  while (leftMs > 0 && wantsMore(point) && instruments.signal?.aborted !== true) {
    durationMs = Math.max(1, Math.round(Math.min(durationMs * GROWTH, leftMs)));
    leftMs -= durationMs;
    point = await instruments.point({ ...settings, durationMs, warmupMs: 0 });
  }
  return point;
}

function wantsMore({ validity: { valid, problems } }: LoadPoint): boolean {
  return !valid && problems.every(({ code }) => WANT_MORE.has(code));
}
