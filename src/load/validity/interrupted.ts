import type { ValidityRule } from "./rule.ts";

/** Not valid when the run was stopped before the phase had ended. */
export const interrupted: ValidityRule = ({ interrupted: stopped, recorded: { lengthNs } }) =>
  stopped
    ? {
        problem: {
          code: "interrupted",
          evidence: `the run was stopped ${(lengthNs / 1e9).toFixed(1)} s into the phase`,
        },
      }
    : {};
