import type { FieldRule } from "../field-rules.ts";
import { integer, oneOf, positive } from "../field-rules.ts";
import type { LoadPoint } from "../load-point.ts";
import type { LoadSettings, PointSettings, Stage } from "../settings.ts";
import type { ScenarioVerdict } from "./early-stopping-verdict.ts";
import type { Recovery } from "./recovery.ts";
import type { SearchOutcome } from "./run-search.ts";

/** What a plan's points came to together. */
export interface PlanVerdict {
  search?: SearchOutcome;
  scenario?: ScenarioVerdict;
  recovery?: Recovery;
}

/** Measures for a mode, and remembers the points in the order in which they ran. */
export interface Measuring {
  point(settings: PointSettings): Promise<LoadPoint>;
  /** Stages of one open loop: a point each. */
  stages(settings: LoadSettings & StagesSchedule): Promise<readonly LoadPoint[]>;
  /** Set when the run is to end: what was asked for last is the last. */
  readonly ended: boolean;
}

export interface StagesSchedule {
  readonly arrivals: "constant" | "poisson";
  readonly maxInFlight: number;
  readonly stages: readonly Stage[];
}

/** A way to load: what its plans hold beside the settings of all, and how one is run. */
export interface Mode<Plan> {
  readonly fields: Readonly<Record<string, FieldRule>>;
  /** Whether a plan, whose fields are right one by one, sends at instants of its own. */
  open(plan: Plan): boolean;
  /** What is wrong between the fields of a plan. */
  problemOf?(plan: Plan): string | undefined;
  run(plan: Plan, measuring: Measuring): Promise<PlanVerdict>;
}

export const MOST_RATE = 10_000_000;
export const ratesOf = { arrivals: oneOf(["constant", "poisson"]), maxInFlight: integer(1, 65_535) } as const;
export const concurrencyField = integer(1, 65_535);
export const rateField = positive(MOST_RATE);
