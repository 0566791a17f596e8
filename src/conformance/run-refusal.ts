import type { Exchange } from "../transport/index.ts";
import type { CheckContext, Defect, RefuseCheck } from "./check.ts";
import type { Notebook } from "./context.ts";
import { describeAnswer } from "./expect.ts";
import { Nonconformance, Undecided } from "./outcome.ts";
import type { SuiteRun } from "./run.ts";

/**
 * Control before defects, and the good request again on a fresh connection after each defect.
 * A dropped connection is no refusal; a refusal after which the server no longer serves decides nothing here,
 * because the aftermath is judged by a check of its own.
 */
export async function runRefusal(
  run: SuiteRun,
  check: RefuseCheck,
  context: CheckContext,
  notebook: Notebook,
): Promise<void> {
  const good = check.control(context);
  const control = await context.send(good);
  if (!run.suite.succeeded(control))
    throw new Undecided(`the good request did not succeed: ${describeAnswer(control)}`);
  const problems: { readonly defect: Defect; readonly problem: Nonconformance }[] = [];
  let impaired: string | undefined;
  for (const defect of check.defects) {
    const answer = await context.send(defect.request(context, good), { invalid: true });
    const problem = judge(check, defect, answer, context, control);
    if (problem && problems.length === 0) notebook.decisive = notebook.exchanges.length - 1;
    if (problem) problems.push({ defect, problem });
    const { recovered, followUp } = await context.followUp(defect.name, answer, good);
    if (!recovered) impaired ??= `after "${defect.name}" the good request failed: ${describeAnswer(followUp)}`;
  }
  if (problems.length > 0) throw merged(problems, check.defects.length);
  if (impaired !== undefined) throw new Undecided(impaired);
}

function judge(
  check: RefuseCheck,
  defect: Defect,
  answer: Exchange,
  context: CheckContext,
  control: Exchange,
): Nonconformance | undefined {
  try {
    if (answer.failure) throw new Nonconformance("an answer that refuses the request", describeAnswer(answer));
    (defect.accept ?? check.accept)(answer, { context, control });
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Nonconformance) return thrown;
    throw thrown;
  }
}

function merged(
  problems: readonly { readonly defect: Defect; readonly problem: Nonconformance }[],
  defects: number,
): Nonconformance {
  const [first] = problems;
  const actual = problems.map(({ defect, problem }) =>
    defects === 1 ? problem.actual : `${defect.name}: ${problem.actual}`,
  );
  return new Nonconformance(first?.problem.expected ?? "", actual.join("; "), first?.problem.at);
}
