import type { CheckResult, LevelResult, ProfileResult, SuiteResult } from "./result.ts";
import type { Profile, ProfileLevel } from "./suite.ts";

const UNGRADED = "clauses that are not stated with a keyword";

/** Whether a target earned a profile, and each of its levels: any fail loses it, any doubt leaves it open, any skip makes it partial. */
export function judgeProfile(profile: Profile, suites: readonly SuiteResult[]): ProfileResult {
  const own = suites.filter((suite) => profile.suites.includes(suite.suite));
  const claimed = profile.suites.every((id) => own.some((suite) => suite.suite === id && suite.claimed));
  const checks = own.flatMap((suite) => suite.checks);
  const levels = profile.levels.map((level) => judgeLevel(level, claimed, checks));
  const { status, because } = wholeOf(levels);
  return { profile: profile.id, title: profile.title, status, because, suites: profile.suites, levels };
}

/** The extended level holds all checks. Without it, what the core earned is a part of the profile. */
function wholeOf(levels: readonly LevelResult[]): Pick<ProfileResult, "status" | "because"> {
  const extended = levels.find(({ level }) => level === "extended");
  if (extended) return extended;
  const [core] = levels;
  if (!core) return { status: "not-claimed", because: [] };
  return core.status === "earned" ? { status: "partial", because: [] } : core;
}

function judgeLevel(level: ProfileLevel, claimed: boolean, all: readonly CheckResult[]): LevelResult {
  const checks = level === "extended" ? all : all.filter((check) => check.level !== "extended");
  const graded = checks.filter(({ ungraded }) => !ungraded);
  const named = (...outcomes: readonly string[]) =>
    graded.filter((result) => outcomes.includes(result.verdict.outcome)).map((result) => result.check);
  const base = { level, skipped: claimed ? skippedFeatures(checks) : [] };
  const failed = named("fail");
  const open = named("inconclusive", "error");
  const skipped = checks.filter((result) => lacks(result) !== undefined).map((result) => result.check);
  if (!claimed) return { ...base, status: "not-claimed", because: [] };
  if (failed.length > 0) return { ...base, status: "not-earned", because: failed };
  if (open.length > 0) return { ...base, status: "undecided", because: open };
  if (skipped.length > 0) return { ...base, status: "partial", because: skipped };
  return { ...base, status: "earned", because: named("warn") };
}

/** Why a check is not part of what was judged; undefined when it is. */
function lacks({ verdict, ungraded }: CheckResult): string | undefined {
  if (ungraded) return UNGRADED;
  return verdict.outcome === "skip" ? (verdict.feature ?? verdict.reason) : undefined;
}

function skippedFeatures(checks: readonly CheckResult[]): LevelResult["skipped"] {
  const counts = new Map<string, number>();
  for (const feature of checks.map(lacks))
    if (feature !== undefined) counts.set(feature, (counts.get(feature) ?? 0) + 1);
  return [...counts].map(([feature, count]) => ({ feature, checks: count }));
}
