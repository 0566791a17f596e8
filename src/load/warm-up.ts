import { driftOf, joined, warmUpLength } from "../statistics/index.ts";
import type { PointWindow } from "./load-point.ts";
import { windowRates } from "./metrics/rate-estimate.ts";

const STEP_MS = 1000;
const MOST_DRIFT = 0.1;
const WINDOWS = 30;

export interface WarmUp {
  readonly warmupMs: number;
  readonly autoWarmup?: boolean;
}

/**
 * Warms up for `warmupMs`, or in steps until a steady state is seen, for at most as long. Returns how many milliseconds it took.
 * `runStep` runs a phase of so many milliseconds and gives its windows.
 */
export async function warmUp(
  { warmupMs, autoWarmup = false }: WarmUp,
  openLoop: boolean,
  runStep: (lengthMs: number) => Promise<readonly PointWindow[]>,
  ended: () => boolean,
): Promise<number> {
  if (!autoWarmup) {
    if (warmupMs > 0) await runStep(warmupMs);
    return warmupMs;
  }
  const seen: number[] = [];
  let spentMs = 0;
  while (spentMs < warmupMs && !ended()) {
    const stepMs = Math.min(STEP_MS, warmupMs - spentMs);
    const windows = await runStep(stepMs);
    spentMs += stepMs;
    seen.push(...(openLoop ? windows.map(({ p50Ns = 0 }) => p50Ns) : windowRates(windows, ({ ok }) => ok)));
    if (isSteady(seen)) break;
  }
  return spentMs;
}

/** Whether what is left after the warm-up that MSER-5 finds is at least half, and surely does not drift. */
export function isSteady(observations: readonly number[]): boolean {
  const cut = warmUpLength(observations);
  if (cut === undefined) return false;
  return driftOf(joined(observations.slice(cut), WINDOWS), MOST_DRIFT)?.verdict === "stable";
}
