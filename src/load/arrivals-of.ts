import { NS_PER_MS } from "../base/clock.ts";
import { seededRandom } from "../base/random.ts";
import type { Arrivals } from "./engine.ts";
import { evenArrivals, poissonArrivals, type Stretch, tracedArrivals } from "./schedules/schedules.ts";
import type { RateSchedule, TraceSchedule } from "./settings.ts";

/** The instants of one phase of an open loop. Equal seeds give equal instants. */
export function arrivalsOf(
  schedule: RateSchedule | TraceSchedule,
  lengthMs: number,
  ...seed: readonly (string | number)[]
): Arrivals {
  if (schedule.arrivals === "trace") return tracedArrivals(schedule.offsetsMs.map((each) => each * NS_PER_MS));
  const { rate, toRate = rate } = schedule;
  return stretchesOf(schedule.arrivals, [{ durationS: lengthMs / 1000, from: rate, to: toRate }], ...seed);
}

/** The same for stretches that follow each other. */
export function stretchesOf(
  arrivals: RateSchedule["arrivals"],
  stretches: readonly Stretch[],
  ...seed: readonly (string | number)[]
): Arrivals {
  return arrivals === "poisson"
    ? poissonArrivals(stretches, seededRandom(...seed, "arrivals"))
    : evenArrivals(stretches);
}

/** Requests per second that are intended over a phase. */
export function intendedRate(schedule: RateSchedule | TraceSchedule, lengthMs: number): number {
  if (schedule.arrivals === "trace")
    return (schedule.offsetsMs.filter((each) => each <= lengthMs).length * 1000) / lengthMs;
  return (schedule.rate + (schedule.toRate ?? schedule.rate)) / 2;
}
