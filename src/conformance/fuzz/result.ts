import type { Exchange } from "../../transport/exchange.ts";
import type { FuzzKind } from "./kinds.ts";

/** One fault, shown by the smallest request that was found for it. */
export interface FuzzFinding {
  /** `fuzz/<suite>/<kind>` */
  readonly id: string;
  readonly suite: string;
  readonly kind: FuzzKind;
  /** What a server owes, and where that stands. */
  readonly says: string;
  readonly source: { readonly document: string; readonly section: string };
  /** What this one did. */
  readonly actual: string;
  /** How the request differs from a valid one, in words. */
  readonly changes: readonly string[];
  readonly exchange: Exchange;
  /** How the good request after it went, where that is the fault. */
  readonly followUp?: Exchange;
  /** The request by which it was found: its number in the phase, its changes, and the bytes of its body. */
  readonly shrunkFrom: { readonly request: number; readonly changes: readonly string[]; readonly bytes: number };
  /** Requests of the phase that showed it. */
  readonly seen: number;
  /** Requests that were sent again to make it smaller. */
  readonly resends: number;
  /** Whether it showed again when its request was sent again. */
  readonly repeated: boolean;
}

/** How the phase went for one suite. */
export interface SuiteFuzz {
  readonly suite: string;
  /** Requests of the phase that were sent; those sent again and those in between are not counted. */
  readonly sent: number;
  /** What came back: successes, errors that blame the caller, errors that blame the server, anything else. */
  readonly succeeded: number;
  readonly refused: number;
  readonly serverErrors: number;
  readonly other: number;
  /** Requests without an answer that were answered when they were sent again, on a new connection. */
  readonly unrepeated: number;
  /** Why it ended before all requests were sent. */
  readonly endedEarly?: string;
}

/** What the fuzz phase of a run found. */
export interface FuzzResult {
  readonly seed: number;
  /** Requests to each suite, as asked. */
  readonly requests: number;
  readonly dangerous: boolean;
  readonly suites: readonly SuiteFuzz[];
  readonly findings: readonly FuzzFinding[];
}
