/** What became of one call, comparable as text. */
export type CallOutcome =
  | "pending"
  | "reset"
  | "malformed"
  | `http ${number}`
  | `grpc ${number} ${string}`
  | `ok ${string}`;

/** What became of a connection. */
export interface Outcomes {
  /** By call. */
  readonly calls: readonly CallOutcome[];
  /** Whether more calls can be made on it. */
  readonly reusable: boolean;
  /** What was wrong with the connection itself. */
  readonly fault: string | undefined;
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
