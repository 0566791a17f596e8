import { type ConcurrencyPlan, concurrency } from "./concurrency.ts";
import type { Mode } from "./mode.ts";
import { type MultiStreamPlan, multiStream } from "./multi-stream.ts";
import { type OfflinePlan, offline } from "./offline.ts";
import { type RequestRatePlan, requestRate } from "./request-rate.ts";
import { type SearchPlan, search } from "./run-search.ts";
import { type ServerPlan, server } from "./server.ts";
import { type SingleStreamPlan, singleStream } from "./single-stream.ts";
import { type StagesPlan, stages } from "./stages.ts";
import { type SweepPlan, sweep } from "./sweep.ts";

/** A load run as plain JSON: whoever has it can repeat the run. */
export type LoadPlan =
  | ConcurrencyPlan
  | RequestRatePlan
  | SweepPlan
  | SearchPlan
  | StagesPlan
  | SingleStreamPlan
  | MultiStreamPlan
  | ServerPlan
  | OfflinePlan;

type Modes = { readonly [Name in LoadPlan["mode"]]: Mode<Extract<LoadPlan, { mode: Name }>> };

export const MODES: Modes = {
  concurrency,
  "request-rate": requestRate,
  sweep,
  search,
  stages,
  "single-stream": singleStream,
  "multi-stream": multiStream,
  server,
  offline,
};

/** The mode of a plan. */
export function modeOf(plan: LoadPlan): Mode<LoadPlan> {
  return MODES[plan.mode];
}
