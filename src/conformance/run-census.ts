import type { Exchange } from "../transport/index.ts";
import type { CensusCheck, CensusItem, CheckContext, Evidence } from "./check.ts";
import type { Notebook } from "./context.ts";
import { Nonconformance, Undecided } from "./outcome.ts";
import type { SuiteRun } from "./run.ts";
import { bySending } from "./sending-order.ts";

interface Violation {
  readonly problem: Nonconformance;
  readonly exchange: Exchange;
  count: number;
}

/** Judges what the whole suite saw; what many answers share is reported once: a violation with its count, a warning with its first answer. */
export async function runCensus(
  run: SuiteRun,
  check: CensusCheck,
  context: CheckContext,
  notebook: Notebook,
): Promise<void> {
  if (check.over(run.evidence).length === 0) await check.prompt(context);
  const items = check.over(inOrder(run));
  if (items.length === 0) throw new Undecided("no answer was seen that this is about");
  const violations = distinctViolations(check, items, context, notebook);
  const [first, ...others] = violations;
  if (!first) return;
  for (const { exchange } of violations) keep(notebook, exchange);
  notebook.decisive = notebook.exchanges.indexOf(first.exchange);
  const said = [first, ...others].map(
    ({ problem, count }) => `${problem.actual} (${count} of ${items.length} answers)`,
  );
  throw new Nonconformance(first.problem.expected, said.join("; "), first.problem.at);
}

/** Evidence in the order of the checks, so that it is told alike however their answers overtook each other. */
function inOrder(run: SuiteRun): Evidence {
  const { observed, aftermaths } = run.evidence;
  const known = ordered.get(run.evidence);
  // Evidence only grows.
  if (known?.observed.length === observed.length && known.aftermaths.length === aftermaths.length) return known;
  const sorted = sortEvidence(run);
  ordered.set(run.evidence, sorted);
  return sorted;
}

const ordered = new WeakMap<Evidence, Evidence>();

function sortEvidence({ evidence, suite }: SuiteRun): Evidence {
  const place = new Map(suite.checks.map(({ id }, index) => [id, index]));
  const compare = (a: CensusItem, b: CensusItem) =>
    (place.get(a.check) ?? 0) - (place.get(b.check) ?? 0) || bySending(a.exchange, b.exchange);
  return { observed: evidence.observed.toSorted(compare), aftermaths: evidence.aftermaths.toSorted(compare) };
}

function distinctViolations(
  check: CensusCheck,
  items: readonly CensusItem[],
  context: CheckContext,
  notebook: Notebook,
): readonly Violation[] {
  const violations = new Map<string, Violation>();
  for (const item of items) {
    const warned = notebook.warnings.length;
    try {
      check.judge(item, context);
      if (notebook.warnings.length === warned) continue;
      const place = keep(notebook, item.exchange);
      if (warned === 0) notebook.warnedAt = place;
    } catch (thrown) {
      if (!(thrown instanceof Nonconformance)) throw thrown;
      const known = violations.get(thrown.message);
      if (known) known.count += 1;
      else violations.set(thrown.message, { problem: thrown, exchange: item.exchange, count: 1 });
    }
  }
  return [...violations.values()];
}

/** Keeps an exchange to show for it; returns its place. */
function keep({ exchanges }: Notebook, exchange: Exchange): number {
  const known = exchanges.indexOf(exchange);
  return known === -1 ? exchanges.push(exchange) - 1 : known;
}
