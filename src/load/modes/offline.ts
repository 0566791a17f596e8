import type { ClosedLoop, LoadSettings } from "../settings.ts";
import { concurrencyField, type Mode } from "./mode.ts";

/** All samples at once, as fast as they are taken: inferences per second count. So many requests are kept in flight. */
export interface OfflinePlan extends LoadSettings, ClosedLoop {
  readonly mode: "offline";
}

export const offline: Mode<OfflinePlan> = {
  fields: { concurrency: concurrencyField },
  open: () => false,
  run: async ({ mode: scenario, ...settings }, measuring) => {
    const { counts, inferences, validity } = await measuring.point(settings);
    const queries = counts.sent + counts.notSent;
    const invalid = [...new Set(validity.problems.map(({ code }) => code))];
    // An invalid measurement says nothing about capacity.
    if (!validity.valid) return { scenario: { scenario, verdict: "undecided", queries, invalid } };
    return { scenario: { scenario, verdict: "measured", queries, inferencesPerSecond: inferences.value } };
  },
};
