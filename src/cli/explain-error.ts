import { InfermarkError, messageOf } from "../base/errors.ts";
import { ExitCode, exitCodeOf } from "./exit-codes.ts";

/** What was thrown as lines for standard error, and its exit code. The stack of a bug is shown only when `verbose`. */
export function explainError(thrown: unknown, verbose: boolean): { readonly exitCode: number; readonly text: string } {
  if (thrown instanceof InfermarkError) {
    const hint = thrown.hint === undefined ? "" : `  ${thrown.hint}\n`;
    return { exitCode: exitCodeOf(thrown.code), text: `infermark: ${thrown.message}\n${hint}` };
  }
  const stack = verbose && thrown instanceof Error ? `${thrown.stack}\n` : "";
  const text = `infermark: internal error: ${messageOf(thrown)}\n  this is a bug of infermark; --verbose shows where\n${stack}`;
  return { exitCode: ExitCode.internal, text };
}
