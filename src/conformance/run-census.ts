import type { Exchange } from "../transport/index.ts";
import type { CensusCheck, CensusItem, CheckContext } from "./check.ts";
import type { Notebook } from "./context.ts";
import { Nonconformance, Undecided } from "./outcome.ts";
import type { SuiteRun } from "./run.ts";

interface Violation {
  readonly problem: Nonconformance;
  readonly exchange: Exchange;
  count: number;
}

/** Judges what the whole suite saw; a violation that many answers share is reported once, with its count. */
export async function runCensus(
  run: SuiteRun,
  check: CensusCheck,
  context: CheckContext,
  notebook: Notebook,
): Promise<void> {
  if (check.over(run.evidence).length === 0) await check.prompt(context);
  const items = check.over(run.evidence);
  if (items.length === 0) throw new Undecided("no answer was seen that this is about");
  const violations = distinctViolations(check, items, context);
  const [first, ...others] = violations;
  if (!first) return;
  for (const { exchange } of violations) if (!notebook.exchanges.includes(exchange)) notebook.exchanges.push(exchange);
  notebook.decisive = notebook.exchanges.indexOf(first.exchange);
  const said = [first, ...others].map(
    ({ problem, count }) => `${problem.actual} (${count} of ${items.length} answers)`,
  );
  throw new Nonconformance(first.problem.expected, said.join("; "), first.problem.at);
}

function distinctViolations(
  check: CensusCheck,
  items: readonly CensusItem[],
  context: CheckContext,
): readonly Violation[] {
  const violations = new Map<string, Violation>();
  for (const item of items) {
    try {
      check.judge(item, context);
    } catch (thrown) {
      if (!(thrown instanceof Nonconformance)) throw thrown;
      const known = violations.get(thrown.message);
      if (known) known.count += 1;
      else violations.set(thrown.message, { problem: thrown, exchange: item.exchange, count: 1 });
    }
  }
  return [...violations.values()];
}
