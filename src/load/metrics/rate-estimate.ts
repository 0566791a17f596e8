import { NS_PER_S } from "../../base/clock.ts";
import { batchMeansHalfWidth } from "../../statistics/index.ts";
import type { PointEstimate, PointWindow } from "../load-point.ts";
import type { Recorded } from "../recorder.ts";

/** `total` per second of the phase, with the interval that batch means of the full windows give it. */
export function rateEstimate(
  { lengthNs, windows }: Recorded,
  total: number,
  of: (window: PointWindow) => number,
): PointEstimate {
  if (lengthNs <= 0) return { value: 0 };
  const value = (total * NS_PER_S) / lengthNs;
  const halfWidth = batchMeansHalfWidth(windowRates(windows, of));
  return halfWidth === undefined ? { value } : { value, low: Math.max(0, value - halfWidth), high: value + halfWidth };
}

/** A quantity per second in each window of full width, in order. */
export function windowRates(windows: readonly PointWindow[], of: (window: PointWindow) => number): readonly number[] {
  return fullWindows(windows).map((window) => (of(window) * 1000) / window.durationMs);
}

/** All but the last when the end of the phase cut it short. */
export function fullWindows(windows: readonly PointWindow[]): readonly PointWindow[] {
  const [first] = windows;
  return windows.filter(({ durationMs }) => durationMs === first?.durationMs);
}
