import type { Check } from "./check.ts";
import { claimOf } from "./claims.ts";
import { judgeProfile } from "./profile.ts";
import { rerunFailures } from "./rerun-failures.ts";
import type { ConformanceResult, SuiteResult } from "./result.ts";
import type { RunOptions } from "./run.ts";
import { runSuite, type SuiteOutcome } from "./run-suite.ts";
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
  const ran: { readonly suite: Suite; readonly outcome: SuiteOutcome }[] = [];
  let endedEarly: string | undefined;
  const started = options.clock.now();
  for (const { suite, checks, named } of selection) {
    const { id, title, specifications } = suite;
    const claim = claimOf(suite, options.info, named);
    const outcome = claim.claimed ? await runSuite(suite, checks, withRestOfBudget(options, started)) : NOTHING;
    endedEarly ??= outcome.endedEarly;
    ran.push({ suite, outcome });
    suites.push({ suite: id, title, specifications, ...claim, checks: outcome.results });
  }
  const times = options.rerunFailures ?? 0;
  for (const [index, { suite, outcome }] of ran.entries()) {
    if (times === 0 || endedEarly !== undefined) break;
    const again = await rerunFailures(suite, outcome, times, withRestOfBudget(options, started));
    endedEarly ??= again.endedEarly;
    suites[index] = { ...(suites[index] as SuiteResult), checks: again.results };
  }
  return {
    suites,
    profiles: profiles.map((profile) => judgeProfile(profile, suites)),
    partial: endedEarly !== undefined,
    ...(endedEarly !== undefined && { endedEarly }),
  };
}

const NOTHING: SuiteOutcome = { results: [], evidence: { observed: [], aftermaths: [] } };

function withRestOfBudget(options: RunOptions, started: number): RunOptions {
  const { budgetMs } = options.limits;
  if (budgetMs === undefined) return options;
  const spent = (options.clock.now() - started) / 1e6;
  return { ...options, limits: { ...options.limits, budgetMs: Math.max(0, budgetMs - spent) } };
}
