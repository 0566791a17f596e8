import type { ClosedLoop, LoadSettings } from "../settings.ts";
import { concurrencyField, type Mode } from "./mode.ts";

/** One point in a closed loop. */
export interface ConcurrencyPlan extends LoadSettings, ClosedLoop {
  readonly mode: "concurrency";
}

export const concurrency: Mode<ConcurrencyPlan> = {
  fields: { concurrency: concurrencyField },
  open: () => false,
  run: async (plan, measuring) => {
    await measuring.point(plan);
    return {};
  },
};
