import type { Check } from "./check.ts";
import { claimOf } from "./claims.ts";
import { judgeProfile } from "./profile.ts";
import type { ConformanceResult, SuiteResult } from "./result.ts";
import type { RunOptions } from "./run.ts";
import { runSuite } from "./run-suite.ts";
import type { Profile, Suite } from "./suite.ts";

/** The checks to run, suite by suite. */
export interface Selection {
  readonly suite: Suite;
  readonly checks: readonly Check[];
  /** Named by `--suite`, `--profile`, `--check` or the config file: claimed whatever the probe found. */
  readonly named: boolean;
}

/** Runs the selected suites one after the other and judges the profiles. Never throws for what the target did. */
export async function runConformance(
  selection: readonly Selection[],
  profiles: readonly Profile[],
  options: RunOptions,
): Promise<ConformanceResult> {
  const suites: SuiteResult[] = [];
  let endedEarly: string | undefined;
  const started = options.clock.now();
  for (const { suite, checks, named } of selection) {
    const { id, title, specifications } = suite;
    const claim = claimOf(suite, options.info, named);
    const outcome = claim.claimed ? await runSuite(suite, checks, withRestOfBudget(options, started)) : { results: [] };
    if ("endedEarly" in outcome) endedEarly ??= outcome.endedEarly;
    suites.push({ suite: id, title, specifications, ...claim, checks: outcome.results });
  }
  return {
    suites,
    profiles: profiles.map((profile) => judgeProfile(profile, suites)),
    partial: endedEarly !== undefined,
    ...(endedEarly !== undefined && { endedEarly }),
  };
}

function withRestOfBudget(options: RunOptions, started: number): RunOptions {
  const { budgetMs } = options.limits;
  if (budgetMs === undefined) return options;
  const spent = (options.clock.now() - started) / 1e6;
  return { ...options, limits: { ...options.limits, budgetMs: Math.max(0, budgetMs - spent) } };
}
