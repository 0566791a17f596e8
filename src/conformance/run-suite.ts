import { NS_PER_MS } from "../base/clock.ts";
import { seededRandom } from "../base/random.ts";
import type { Exchange } from "../transport/index.ts";
import { type Check, type Evidence, isNegative } from "./check.ts";
import { describeAnswer } from "./expect.ts";
import type { CheckResult } from "./result.ts";
import { freshRun, type RunOptions, type SuiteRun } from "./run.ts";
import { resultWithout, runCheck } from "./run-check.ts";
import type { Suite } from "./suite.ts";

const GONE = new Set(["refused", "closed", "reset"]);
const RECOVERY_POLL_MS = 500;

export interface SuiteOutcome {
  /** In the suite's order. */
  readonly results: readonly CheckResult[];
  /** What the checks saw. */
  readonly evidence: Evidence;
  /** Why the run ended before all checks had run. */
  readonly endedEarly?: string;
}

/**
 * Runs `checks` of one suite: positive ones several at once in seeded random order, then heavy and negative ones one by
 * one, then dangerous ones, then those that judge what all the others saw.
 */
export async function runSuite(suite: Suite, checks: readonly Check[], options: RunOptions): Promise<SuiteOutcome> {
  const run = freshRun(suite, options);
  const stop = stopWhenAskedTo(run);
  const random = seededRandom(run.seed, suite.id, "order");
  const byPhase = (wanted: Phase) => random.shuffle(checks.filter((check) => phaseOf(check) === wanted));
  const results = new Map<string, CheckResult>();
  const once = async (check: Check) => {
    const result = leftOut(run, check) ?? (await withCrashWatch(run, check));
    results.set(check.id, result);
    run.onResult?.(result);
  };
  try {
    await inParallel(byPhase("positive"), run.safe ? 1 : run.limits.concurrency, once);
    for (const phase of ["heavy", "negative", "dangerous", "census"] as const)
      await inParallel(byPhase(phase), 1, once);
  } finally {
    stop();
  }
  return {
    results: checks.map((check) => results.get(check.id)).filter((result) => result !== undefined),
    evidence: run.evidence,
    ...(run.ended !== undefined && { endedEarly: run.ended }),
  };
}

type Phase = "positive" | "heavy" | "negative" | "dangerous" | "census";

function phaseOf(check: Check): Phase {
  if (check.kind === "census") return "census";
  if (check.dangerous) return "dangerous";
  if (isNegative(check)) return "negative";
  return check.heavy ? "heavy" : "positive";
}

function leftOut(run: SuiteRun, check: Check): CheckResult | undefined {
  if (check.dangerous && !run.dangerous) {
    return resultWithout(run, check, { outcome: "skip", reason: "may harm a weak server; runs with --dangerous" });
  }
  if (run.safe && (isNegative(check) || check.dangerous)) {
    return resultWithout(run, check, { outcome: "skip", reason: "left out by --safe: it sends invalid requests" });
  }
  if (run.safe && check.heavy) {
    const burden = check.heavy === "large" ? "a request of more than 1 MB" : "many requests at once";
    return resultWithout(run, check, { outcome: "skip", reason: `left out by --safe: it sends ${burden}` });
  }
  return undefined;
}

/** Ends the run when it is interrupted or its budget is spent; the function that comes back stops watching. */
export function stopWhenAskedTo(run: SuiteRun): () => void {
  const end = (reason: string) => {
    run.ended ??= reason;
  };
  const interrupted = () => end("interrupted");
  if (run.signal?.aborted) interrupted();
  run.signal?.addEventListener("abort", interrupted, { once: true });
  const { budgetMs } = run.limits;
  const spent = () => end("the time budget was spent");
  if (budgetMs !== undefined && budgetMs <= 0) spent();
  const timer = budgetMs === undefined ? undefined : setTimeout(spent, budgetMs);
  return () => {
    clearTimeout(timer);
    run.signal?.removeEventListener("abort", interrupted);
  };
}

async function inParallel<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}

/** A target that stops answering during a check, and does not come back, fails that check and ends the run. */
export async function withCrashWatch(run: SuiteRun, check: Check): Promise<CheckResult> {
  const result = await runCheck(run, check);
  const lost = result.exchanges.find((exchange) => exchange.failure && GONE.has(exchange.failure.code));
  if (!lost || run.ended !== undefined || !hasEverAnswered(run)) return result;
  if (await comesBack(run, check)) return result;
  if (run.ended !== undefined) return result;
  run.ended = "the target no longer answers";
  return {
    ...result,
    verdict: {
      outcome: "fail",
      expected: "the target goes on answering",
      actual: `${describeAnswer(lost)}, and it did not come back within ${run.limits.recoveryMs / 1000} s`,
    },
    decisive: result.exchanges.indexOf(lost),
  };
}

function hasEverAnswered(run: SuiteRun): boolean {
  return run.evidence.observed.some(({ exchange }) => exchange.head !== undefined);
}

async function comesBack(run: SuiteRun, check: Check): Promise<boolean> {
  const deadline = run.clock.now() + run.limits.recoveryMs * NS_PER_MS;
  for (;;) {
    const answer: Exchange = await run.transport.send(run.suite.alive(), {
      deadlineMs: Math.min(run.limits.requestMs, run.limits.recoveryMs),
      connection: "fresh",
      origin: `${check.id} recovery`,
    });
    // A recording of a run that went on holds no more of this than was asked then.
    if (answer.head || answer.failure?.code === "not-recorded") return true;
    if (run.clock.now() >= deadline || run.signal?.aborted) return false;
    await run.clock.sleep(RECOVERY_POLL_MS);
  }
}
