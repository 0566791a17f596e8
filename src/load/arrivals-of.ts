import { NS_PER_MS } from "../base/clock.ts";
import type { ArrivalPlan } from "./schedules/arrival-plan.ts";
import type { Stretch } from "./schedules/schedules.ts";
import type { RateSchedule, TraceSchedule } from "./settings.ts";

type Seed = readonly (string | number)[];

/** The instants of one phase of an open loop. Equal seeds give equal instants. */
export function arrivalPlanOf(schedule: RateSchedule | TraceSchedule, lengthMs: number, ...seed: Seed): ArrivalPlan {
  if (schedule.arrivals === "trace")
    return { kind: "trace", offsetsNs: schedule.offsetsMs.map((each) => each * NS_PER_MS) };
  const { rate, toRate = rate } = schedule;
  return stretchesOf(schedule.arrivals, [{ durationS: lengthMs / 1000, from: rate, to: toRate }], ...seed);
}

/** The same for stretches that follow each other. */
export function stretchesOf(
  arrivals: RateSchedule["arrivals"],
  stretches: readonly Stretch[],
  ...seed: Seed
): ArrivalPlan {
  return arrivals === "poisson" ? { kind: "poisson", stretches, seed } : { kind: "even", stretches };
}

/** Requests per second that are intended over a phase. */
export function intendedRate(schedule: RateSchedule | TraceSchedule, lengthMs: number): number {
  if (schedule.arrivals === "trace")
    return (schedule.offsetsMs.filter((each) => each <= lengthMs).length * 1000) / lengthMs;
  return (schedule.rate + (schedule.toRate ?? schedule.rate)) / 2;
}
