import type { ValidityRule } from "./rule.ts";

const MOST_MS = 100;
const MOST_SHARE = 0.001;

/**
 * Not valid when wall clock and monotonic clock went apart by more than a tenth of a second and a thousandth of the phase, which no
 * slewing of either explains (NTP slews by at most 0.05 %): one was set, or the machine was suspended.
 */
export const clock: ValidityRule = ({ client: { elapsedMs, wallMs } }) => {
  const apart = Math.abs(wallMs - elapsedMs);
  if (apart <= Math.max(MOST_MS, MOST_SHARE * elapsedMs)) return {};
  const evidence = `the wall clock moved by ${Math.round(wallMs)} ms while the monotonic clock moved by ${Math.round(elapsedMs)} ms: a clock was set, or the machine was suspended`;
  return { problem: { code: "clock", evidence } };
};
