import type { Exchange } from "../transport/exchange.ts";
import type { Clause } from "./clause.ts";
import type { FuzzResult } from "./fuzz/result.ts";
import type { Verdict } from "./outcome.ts";

/** One check's outcome with the evidence for it. */
export interface CheckResult {
  readonly check: string;
  readonly title: string;
  readonly clause: Clause;
  readonly verdict: Verdict;
  /** Observations that carry no verdict, e.g. the form of an error body. */
  readonly records: readonly { readonly key: string; readonly value: string }[];
  /** Everything this check sent and got, in order. */
  readonly exchanges: readonly Exchange[];
  /** Index into `exchanges` of the one that the verdict is about. */
  readonly decisive?: number;
  readonly durationMs: number;
}

export interface SuiteResult {
  readonly suite: string;
  readonly title: string;
  readonly specifications: readonly { readonly document: string; readonly revision: string }[];
  /** Whether the target claims this binding, and why we think so. */
  readonly claimed: boolean;
  readonly evidence: string;
  readonly checks: readonly CheckResult[];
}

export interface ProfileResult {
  readonly profile: string;
  readonly title: string;
  /** any fail: not-earned; inconclusive or error: undecided; skip: partial; warn: earned with notes; not-claimed: its suite is not offered. */
  readonly status: "earned" | "partial" | "not-earned" | "undecided" | "not-claimed";
  /** Checks behind the status: the failed, the undecided, the skipped, the warned. */
  readonly because: readonly string[];
}

/** What the conformance part of a run found. */
export interface ConformanceResult {
  readonly suites: readonly SuiteResult[];
  readonly profiles: readonly ProfileResult[];
  /** True when the run ended early: interrupted, out of budget, or the target went away. */
  readonly partial: boolean;
  readonly endedEarly?: string;
  /** Where the fuzz phase was asked for. */
  readonly fuzz?: FuzzResult;
}
