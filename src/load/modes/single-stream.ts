import { optional, positive } from "../field-rules.ts";
import type { LoadSettings } from "../settings.ts";
import { earlyStopping } from "./early-stopping-verdict.ts";
import type { Mode } from "./mode.ts";

const PERCENTILE = 90;

/** One query after the other, as one user on one device: the 90th percentile of latency counts. */
export interface SingleStreamPlan extends LoadSettings {
  readonly mode: "single-stream";
  /** What the percentile is held against. */
  readonly boundMs?: number;
}

export const boundField = positive(3_600_000);

export const singleStream: Mode<SingleStreamPlan> = {
  fields: { boundMs: optional(boundField) },
  open: () => false,
  run: async ({ mode: scenario, boundMs, ...settings }, measuring) => {
    const point = await measuring.point({ ...settings, concurrency: 1 });
    return {
      scenario: earlyStopping(point, {
        scenario,
        percentile: PERCENTILE,
        ...(boundMs !== undefined && { boundNs: boundMs * 1e6 }),
      }),
    };
  },
};
