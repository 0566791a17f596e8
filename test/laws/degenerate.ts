import { type CheckResult, judgeProfile, type ProfileResult, type Suite, type SuiteResult } from "#kit";
import { profiles } from "../../suites/index.ts";

/** What law 5 looks at in the results of one suite. */
export interface Standing {
  readonly passed: readonly string[];
  readonly errors: readonly CheckResult[];
  /** The profiles that the suite is part of; its other suites are taken to be claimed, with nothing against them. */
  readonly profiles: readonly ProfileResult[];
}

export function standingOf({ id, title }: Suite, results: readonly CheckResult[]): Standing {
  const result: SuiteResult = { suite: id, title, specifications: [], claimed: true, evidence: "", checks: results };
  return {
    passed: results
      .filter(({ verdict: { outcome } }) => outcome === "pass" || outcome === "warn")
      .map(({ check }) => check),
    errors: results.filter(({ verdict }) => verdict.outcome === "error"),
    profiles: profiles
      .filter((profile) => profile.suites.includes(id))
      .map((profile) => {
        const others = profile.suites
          .filter((suite) => suite !== id)
          .map((suite) => ({ ...result, suite, checks: [] }));
        return judgeProfile(profile, [result, ...others]);
      }),
  };
}
