import type { LoadSettings } from "../settings.ts";
import type { Mode } from "./mode.ts";
import { oneQueryAtATime } from "./one-query-at-a-time.ts";

/** One query after the other, as one user on one device: the 90th percentile of latency counts. */
export interface SingleStreamPlan extends LoadSettings {
  readonly mode: "single-stream";
  /** What the percentile is held against. */
  readonly boundMs?: number;
}

export const singleStream: Mode<SingleStreamPlan> = oneQueryAtATime(90);
