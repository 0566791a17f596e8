import { NS_PER_MS } from "../base/clock.ts";
import type { LoadProgress } from "./progress.ts";
import type { ArrivalPlan } from "./schedules/arrival-plan.ts";

/** A phase as plain JSON. */
export interface PhaseTask {
  readonly phase: LoadProgress["phase"];
  /** The lengths of its parts, which follow each other without a gap; a part has the requests that were due in it. */
  readonly partsMs: readonly number[];
  /** Closed loop: requests kept in flight. Open loop: the most that may be. */
  readonly concurrency: number;
  /** Present in an open loop. */
  readonly arrivals?: ArrivalPlan;
  readonly requestTimeoutMs: number;
  /** One in this many answers is compared in full. */
  readonly fullCheckEvery: number;
}

/** How long a phase is. */
export function lengthMsOf({ partsMs }: Pick<PhaseTask, "partsMs">): number {
  return partsMs.reduce((sum, each) => sum + each, 0);
}

/** When a part of a phase begins, and how long it is. */
export interface PartSpan {
  readonly startNs: number;
  readonly lengthNs: number;
}

/** The parts of a phase that begins at `phaseStartNs`, in order. */
export function partSpans({ partsMs }: Pick<PhaseTask, "partsMs">, phaseStartNs: number): readonly PartSpan[] {
  let startNs = phaseStartNs;
  return partsMs.map((lengthMs) => {
    const span = { startNs, lengthNs: lengthMs * NS_PER_MS };
    startNs += span.lengthNs;
    return span;
  });
}
