import { NS_PER_MS } from "../base/clock.ts";
import { InfermarkError, messageOf } from "../base/errors.ts";
import type { Check } from "./check.ts";
import { blankNotebook, contextFor, type Notebook } from "./context.ts";
import { Nonconformance, NotApplicable, Undecided, type Verdict } from "./outcome.ts";
import type { CheckResult } from "./result.ts";
import type { SuiteRun } from "./run.ts";
import { runCensus } from "./run-census.ts";
import { runRefusal } from "./run-refusal.ts";
import { bySending } from "./sending-order.ts";
import { type Feature, levelOf } from "./suite.ts";

/** Runs one check to its verdict. Never throws for what the target did; a mistake of ours is the verdict `error`. */
export async function runCheck(run: SuiteRun, check: Check): Promise<CheckResult> {
  const notebook = blankNotebook();
  const started = run.clock.now();
  const verdict = await verdictOf(run, check, notebook);
  return resultOf(run, check, verdict, notebook, (run.clock.now() - started) / NS_PER_MS);
}

/** The result of a check that was not run, with the reason as its verdict. */
export function resultWithout(run: SuiteRun, check: Check, verdict: Verdict): CheckResult {
  return resultOf(run, check, verdict, blankNotebook(), 0);
}

function resultOf(run: SuiteRun, check: Check, verdict: Verdict, notebook: Notebook, durationMs: number): CheckResult {
  const clause = run.suite.clauses[check.clause];
  if (!clause) throw new Error(`check ${check.id} names the unknown clause ${check.clause}`);
  const { records } = notebook;
  // A census puts its exchanges in the order of the violations that they show.
  const exchanges = check.kind === "census" ? [...notebook.exchanges] : notebook.exchanges.toSorted(bySending);
  const shown = notebook.exchanges[decisiveIn(notebook, verdict)];
  const decisive = shown === undefined || verdict.outcome === "skip" ? undefined : exchanges.indexOf(shown);
  return {
    check: check.id,
    title: check.title,
    clause,
    verdict,
    records: [...records],
    exchanges,
    ...(decisive !== undefined && { decisive }),
    durationMs,
    level: notebook.ofModel ? "extended" : levelOf(check, run.suite),
    ...(run.onlyKeyword && clause.basis !== "keyword" && { ungraded: true }),
    // What compares two protocols shows nothing in a request of one of them.
    ...((check.needsSeveral || notebook.needsSeveral || run.suite.transport === "both") && { needsSeveral: true }),
  };
}

function decisiveIn({ exchanges, decisive, warnedAt }: Notebook, { outcome }: Verdict): number {
  return decisive ?? (outcome === "warn" ? warnedAt : undefined) ?? exchanges.length - 1;
}

async function verdictOf(run: SuiteRun, check: Check, notebook: Notebook): Promise<Verdict> {
  try {
    const context = contextFor(run, check, notebook);
    for (const feature of check.requires ?? []) requireFeature(run, feature);
    if (check.kind === "census") await runCensus(run, check, context, notebook);
    else if (run.ended !== undefined) throw new Undecided(run.ended);
    else if (check.kind === "observe") await check.run(context);
    else await runRefusal(run, check, context, notebook);
  } catch (thrown) {
    notebook.ofModel = thrown instanceof NotApplicable && thrown.ofModel;
    return verdictFrom(thrown);
  }
  return notebook.warnings.length > 0 ? { outcome: "warn", warnings: notebook.warnings } : { outcome: "pass" };
}

function verdictFrom(thrown: unknown): Verdict {
  if (thrown instanceof Nonconformance) {
    const { expected, actual, at } = thrown;
    return { outcome: "fail", expected, actual, ...(at !== undefined && { at }) };
  }
  if (thrown instanceof Undecided) return { outcome: "inconclusive", reason: thrown.message };
  if (thrown instanceof NotApplicable)
    return {
      outcome: "skip",
      reason: thrown.message,
      ...(thrown.feature !== undefined && { feature: thrown.feature }),
    };
  if (thrown instanceof Error && thrown.name === "AbortError")
    return { outcome: "inconclusive", reason: "interrupted" };
  if (thrown instanceof InfermarkError && thrown.code === "UNSUPPORTED")
    return { outcome: "skip", reason: thrown.message };
  return { outcome: "error", message: messageOf(thrown) };
}

function requireFeature({ suite, info }: SuiteRun, feature: string): void {
  const declared = feature.startsWith("model:")
    ? fixtureFeature(feature.slice("model:".length))
    : suite.features[feature];
  if (!declared) throw new Error(`unknown feature ${feature}`);
  const missing = declared.missing(info);
  if (missing !== undefined) throw new NotApplicable(missing, declared.title);
}

function fixtureFeature(name: string): Feature {
  return {
    title: `the fixture model ${name}`,
    missing: ({ models }) =>
      models.some((model) => model.fixture && model.name === name)
        ? undefined
        : `the target does not serve the fixture model ${name}`,
  };
}
