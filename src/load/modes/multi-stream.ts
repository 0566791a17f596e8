import type { LoadSettings } from "../settings.ts";
import type { Mode } from "./mode.ts";
import { oneQueryAtATime } from "./one-query-at-a-time.ts";

/** One query of several samples after the other: the rows of a request are its samples, and the 99th percentile of latency counts. */
export interface MultiStreamPlan extends LoadSettings {
  readonly mode: "multi-stream";
  readonly boundMs?: number;
}

export const multiStream: Mode<MultiStreamPlan> = oneQueryAtATime(99);
