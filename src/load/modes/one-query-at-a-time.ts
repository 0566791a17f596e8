import { optional, positive } from "../field-rules.ts";
import { earlyStopping } from "./early-stopping-verdict.ts";
import type { Mode } from "./mode.ts";
import type { MultiStreamPlan } from "./multi-stream.ts";
import type { SingleStreamPlan } from "./single-stream.ts";

export const boundField = positive(3_600_000);

/** One request in flight; a percentile of latency counts, against a bound where there is one. */
export function oneQueryAtATime(percentile: number): Mode<SingleStreamPlan | MultiStreamPlan> {
  return {
    fields: { boundMs: optional(boundField) },
    open: () => false,
    run: async ({ mode: scenario, boundMs, ...settings }, measuring) => {
      const point = await measuring.point({ ...settings, concurrency: 1 });
      const bound = boundMs === undefined ? {} : { boundNs: boundMs * 1e6 };
      return { scenario: earlyStopping(point, { scenario, percentile, ...bound }) };
    },
  };
}
