import { integer, listOf, optional } from "../field-rules.ts";
import type { LoadSettings, PointSettings, RateSchedule } from "../settings.ts";
import { concurrencyField, type Mode, rateField, ratesOf } from "./mode.ts";

/** A point for each batch size and each concurrency or rate. */
export interface SweepPlan extends Omit<LoadSettings, "batch"> {
  readonly mode: "sweep";
  readonly batch: readonly number[];
  /** Either these … */
  readonly concurrency?: readonly number[];
  /** … or these, with `arrivals` and `maxInFlight`. */
  readonly rate?: readonly number[];
  readonly arrivals?: RateSchedule["arrivals"];
  readonly maxInFlight?: number;
}

export const sweep: Mode<SweepPlan> = {
  fields: {
    batch: listOf(integer(1, 1_000_000)),
    concurrency: optional(listOf(concurrencyField)),
    rate: optional(listOf(rateField)),
    arrivals: optional(ratesOf.arrivals),
    maxInFlight: optional(ratesOf.maxInFlight),
  },
  open: ({ rate }) => rate !== undefined,
  problemOf: ({ concurrency, rate, arrivals, maxInFlight }) => {
    if ((concurrency === undefined) === (rate === undefined)) return "it must have either concurrency or rate";
    const complete = (arrivals !== undefined && maxInFlight !== undefined) === (rate !== undefined);
    return complete ? undefined : "arrivals and maxInFlight belong to rate, and only to it";
  },
  run: async (plan, measuring) => {
    for (const settings of pointsOf(plan)) {
      if (measuring.ended) break;
      await measuring.point(settings);
    }
    return {};
  },
};

/** The points of a sweep, in the order in which they run. */
export function pointsOf(plan: SweepPlan): readonly PointSettings[] {
  const { mode: _mode, batch, concurrency, rate, arrivals, maxInFlight, ...shared } = plan;
  const loads =
    rate === undefined
      ? (concurrency ?? []).map((each) => ({ concurrency: each }))
      : rate.map((each) => ({
          rate: each,
          arrivals: arrivals as RateSchedule["arrivals"],
          maxInFlight: maxInFlight as number,
        }));
  return batch.flatMap((rows) => loads.map((load) => ({ ...shared, ...load, batch: rows })));
}
