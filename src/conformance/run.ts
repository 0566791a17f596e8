import type { Clock } from "../base/clock.ts";
import type { TargetInfo } from "../target/model.ts";
import type { Transport } from "../transport/exchange.ts";
import type { Aftermath, Check, Evidence, Observed } from "./check.ts";
import type { CheckResult } from "./result.ts";
import type { Suite } from "./suite.ts";

/** How long things may take and how much may run at once. Injected, so that tests can shorten it. */
export interface Limits {
  /** For one exchange. */
  readonly requestMs: number;
  /** How long to wait for a target that stopped answering. */
  readonly recoveryMs: number;
  /** Positive checks at once. */
  readonly concurrency: number;
  /** Ends the run when this much time has passed; undefined for no bound. */
  readonly budgetMs?: number;
  /** Ends the run of a suite when its answers come to more than this: they are all kept. 512 MiB unless given. */
  readonly answersBytes?: number;
}

export const defaultLimits: Limits = { requestMs: 10_000, recoveryMs: 30_000, concurrency: 8 };

export interface RunOptions {
  readonly transport: Transport;
  readonly info: TargetInfo;
  readonly seed: number;
  readonly clock: Clock;
  readonly limits: Limits;
  /** Sends nothing invalid and one request at a time. */
  readonly safe?: boolean;
  /** Runs checks that may harm a weak server. */
  readonly dangerous?: boolean;
  readonly signal?: AbortSignal;
  /** Verdicts on other clauses than those stated with a keyword count for nothing. */
  readonly onlyKeyword?: boolean;
  /** How often each failed check is run again, on fresh connections, when all have run. */
  readonly rerunFailures?: number;
  readonly onResult?: (result: CheckResult) => void;
  /** Told before a failed check is run again for the `nth` time. */
  readonly onRerun?: (check: string, nth: number) => void;
}

/** The state that the checks of one suite's run share. */
export interface SuiteRun extends RunOptions {
  readonly suite: Suite;
  evidence: { readonly observed: Observed[]; readonly aftermaths: Aftermath[] };
  /** Set when nothing more should be sent; the reason is given to the checks that are left. */
  ended: string | undefined;
  /** Time-outs in a row; five end the run. */
  timeouts: number;
  /** Of all answers so far. */
  bytes: number;
  /** While failed checks are run again: for which time, from 1. */
  nth?: number;
}

/** The state of a suite run before anything was sent. */
export function freshRun(suite: Suite, options: RunOptions): SuiteRun {
  return { ...options, suite, evidence: { observed: [], aftermaths: [] }, ended: undefined, timeouts: 0, bytes: 0 };
}

export type { Check, Evidence };
