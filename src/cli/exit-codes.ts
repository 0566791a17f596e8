import type { InfermarkErrorCode } from "../base/errors.ts";

/** What a run's end says to a script; the gate decides between 0, 1 and 4. */
export const ExitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  undecided: 4,
  internal: 70,
  interrupted: 130,
} as const;

/** The exit code of an error that ended a run before it had a result. */
export function exitCodeOf(code: InfermarkErrorCode): number {
  return code === "USAGE" || code === "UNSUPPORTED" ? ExitCode.usage : ExitCode.unreachable;
}
