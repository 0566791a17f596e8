import { integer } from "../field-rules.ts";
import type { LoadSettings } from "../settings.ts";
import { earlyStopping } from "./early-stopping-verdict.ts";
import { type Mode, rateField } from "./mode.ts";
import { boundField } from "./one-query-at-a-time.ts";

const PERCENTILE = 99;

/** Queries that arrive at random, as those of many users (Poisson): does the 99th percentile of latency stay within the bound at this rate? */
export interface ServerPlan extends LoadSettings {
  readonly mode: "server";
  readonly rate: number;
  readonly maxInFlight: number;
  readonly boundMs: number;
}

export const server: Mode<ServerPlan> = {
  fields: { rate: rateField, maxInFlight: integer(1, 65_535), boundMs: boundField },
  open: () => true,
  run: async ({ mode: scenario, boundMs, ...settings }, measuring) => {
    const point = await measuring.point({ ...settings, arrivals: "poisson" });
    return { scenario: earlyStopping(point, { scenario, percentile: PERCENTILE, boundNs: boundMs * 1e6 }) };
  },
};
