import { listOf, oneOf, optional } from "../field-rules.ts";
import type { LoadSettings, OpenLoop } from "../settings.ts";
import { type Mode, rateField, ratesOf } from "./mode.ts";

/** One point in an open loop. */
export type RequestRatePlan = LoadSettings & OpenLoop & { readonly mode: "request-rate" };

const offset = (value: unknown) =>
  typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY ? undefined : "must be a number from 0";

export const requestRate: Mode<RequestRatePlan> = {
  fields: {
    ...ratesOf,
    arrivals: oneOf(["constant", "poisson", "trace"]),
    rate: optional(rateField),
    toRate: optional(rateField),
    offsetsMs: optional(listOf(offset)),
  },
  open: () => true,
  problemOf: (plan) => {
    const { rate, toRate, offsetsMs } = plan as { rate?: number; toRate?: number; offsetsMs?: readonly number[] };
    if (plan.arrivals !== "trace") {
      if (rate === undefined) return "rate is missing";
      return offsetsMs === undefined ? undefined : `offsetsMs belong to arrivals trace, not ${plan.arrivals}`;
    }
    if (offsetsMs === undefined) return "offsetsMs is missing";
    if (rate !== undefined || toRate !== undefined) return "rate and toRate do not belong to arrivals trace";
    const back = offsetsMs.findIndex((each, index) => index > 0 && each < (offsetsMs[index - 1] as number));
    return back < 0 ? undefined : `offsetsMs must ascend, and member ${back} is less than the one before it`;
  },
  run: async (plan, measuring) => {
    await measuring.point(plan);
    return {};
  },
};
