import type { ProfileResult, SuiteResult } from "./result.ts";
import type { Profile } from "./suite.ts";

/** Whether a target earned a profile: any fail loses it, any doubt leaves it open, any skip makes it partial. */
export function judgeProfile(profile: Profile, suites: readonly SuiteResult[]): ProfileResult {
  const own = suites.filter((suite) => profile.suites.includes(suite.suite));
  const checks = own.flatMap((suite) => suite.checks);
  const named = (...outcomes: readonly string[]) =>
    checks.filter((result) => outcomes.includes(result.verdict.outcome)).map((result) => result.check);
  const base = { profile: profile.id, title: profile.title };
  const failed = named("fail");
  const open = named("inconclusive", "error");
  const skipped = named("skip");
  const claimed = profile.suites.every((id) => own.some((suite) => suite.suite === id && suite.claimed));
  if (!claimed) return { ...base, status: "not-claimed", because: [] };
  if (failed.length > 0) return { ...base, status: "not-earned", because: failed };
  if (open.length > 0) return { ...base, status: "undecided", because: open };
  if (skipped.length > 0) return { ...base, status: "partial", because: skipped };
  return { ...base, status: "earned", because: named("warn") };
}
