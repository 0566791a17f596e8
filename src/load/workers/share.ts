import type { Arrivals, EncodedRequest } from "../engine.ts";
import type { PhaseTask } from "../phase-task.ts";
import { arrivalsOf } from "../schedules/arrival-plan.ts";
import { dealt } from "../schedules/schedules.ts";
import type { Share } from "./messages.ts";

/** How many of the requests in flight are a worker's; all workers together have all. */
export function sharedConcurrency(concurrency: number, { index, count }: Share): number {
  return Math.floor((concurrency + count - 1 - index) / count);
}

/** The rotation of a worker: together with its arrivals, each request goes out at the instant at which one process would send it. */
export function sharedRotation(
  requests: readonly EncodedRequest[],
  { index, count }: Share,
): readonly EncodedRequest[] {
  const { length } = requests;
  const turns = length / divisor(length, count);
  return Array.from({ length: turns }, (_, turn) => requests[(index + turn * count) % length] as EncodedRequest);
}

/** The arrivals of a worker: each `count`-th of the schedule that all make from the same plan. */
export function sharedArrivals({ arrivals }: PhaseTask, { index, count }: Share): Arrivals | undefined {
  return arrivals && dealt(arrivalsOf(arrivals), index, count);
}

/** The greatest common divisor. */
function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
