import { optional } from "../field-rules.ts";
import type { LoadSettings } from "../settings.ts";
import { earlyStopping } from "./early-stopping-verdict.ts";
import type { Mode } from "./mode.ts";
import { boundField } from "./single-stream.ts";

const PERCENTILE = 99;

/** One query of several samples after the other: the rows of a request are its samples, and the 99th percentile of latency counts. */
export interface MultiStreamPlan extends LoadSettings {
  readonly mode: "multi-stream";
  readonly boundMs?: number;
}

export const multiStream: Mode<MultiStreamPlan> = {
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
