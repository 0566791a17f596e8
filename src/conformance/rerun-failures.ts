import type { Check, Evidence } from "./check.ts";
import type { OutcomeName } from "./outcome.ts";
import type { CheckResult } from "./result.ts";
import { freshRun, type RunOptions, type SuiteRun } from "./run.ts";
import { type SuiteOutcome, stopWhenAskedTo, withCrashWatch } from "./run-suite.ts";
import type { Suite } from "./suite.ts";

/**
 * Runs every failed check `times` times again, one after the other and on fresh connections, and adds what came of it to
 * its result. No verdict changes: a failure that does not come again is a flaky failure.
 */
export async function rerunFailures(
  suite: Suite,
  { results, evidence }: SuiteOutcome,
  times: number,
  options: RunOptions,
): Promise<Pick<SuiteOutcome, "results" | "endedEarly">> {
  const run = freshRun(suite, options);
  const stop = stopWhenAskedTo(run);
  const withReruns: CheckResult[] = [];
  try {
    for (const result of results) {
      const failed = result.verdict.outcome === "fail" && !result.ungraded;
      const reruns = failed ? await rerun(run, checksBehind(suite, result, evidence), times) : [];
      withReruns.push(reruns.length === 0 ? result : { ...result, reruns });
    }
  } finally {
    stop();
  }
  return { results: withReruns, ...(run.ended !== undefined && { endedEarly: run.ended }) };
}

/** The check itself; before a census, the checks whose exchanges showed the violation, for it only judges what others saw. */
function checksBehind(suite: Suite, { check: id, exchanges }: CheckResult, evidence: Evidence): readonly Check[] {
  const own = suite.checks.filter((check) => check.id === id);
  if (own[0]?.kind !== "census") return own;
  const seen = [
    ...evidence.observed,
    ...evidence.aftermaths.map(({ check, followUp }) => ({ check, exchange: followUp })),
  ].filter(({ exchange }) => exchanges.includes(exchange));
  const sources = new Set(seen.map(({ check }) => check));
  return [...suite.checks.filter((check) => check.id !== id && sources.has(check.id)), ...own];
}

async function rerun(run: SuiteRun, checks: readonly Check[], times: number): Promise<readonly OutcomeName[]> {
  const outcomes: OutcomeName[] = [];
  const judged = checks.at(-1);
  if (!judged) return [];
  for (let nth = 1; nth <= times && run.ended === undefined; nth++) {
    run.onRerun?.(judged.id, nth);
    run.evidence = { observed: [], aftermaths: [] };
    run.nth = nth;
    let outcome: OutcomeName | undefined;
    for (const check of checks) outcome = (await withCrashWatch(run, check)).verdict.outcome;
    // What was cut short says nothing.
    if (outcome !== undefined && (run.ended === undefined || outcome === "fail")) outcomes.push(outcome);
  }
  return outcomes;
}
