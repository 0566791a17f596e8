/** What went wrong on our side of the wire. The text says what happened, `hint` says what to do about it. */
export type InfermarkErrorCode =
  | "USAGE" // a flag, a config file or an input file is wrong: exit 2
  | "TARGET_UNREACHABLE" // nothing answered before the first check: exit 3
  | "TARGET_NEVER_READY" // an explicit --wait-ready expired: exit 3
  | "CREDENTIALS_REFUSED" // 401 or 403 to everything: exit 3
  | "UNSUPPORTED"; // the request cannot be expressed with what the target offers

/** An error that a user can act on. Anything else that is thrown is a bug of ours (exit 70). */
export class InfermarkError extends Error {
  readonly code: InfermarkErrorCode;
  readonly hint: string | undefined;

  constructor(code: InfermarkErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "InfermarkError";
    this.code = code;
    this.hint = options.hint;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
