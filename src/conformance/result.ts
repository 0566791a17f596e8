import type { Exchange } from "../transport/exchange.ts";
import type { Clause } from "./clause.ts";
import type { FuzzResult } from "./fuzz/result.ts";
import type { OutcomeName, Verdict } from "./outcome.ts";
import type { ProfileLevel } from "./suite.ts";

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
  /** The lowest level of a profile of which it is part; core unless said. */
  readonly level?: ProfileLevel;
  /** Its verdict counts for nothing: only clauses that are stated with a keyword are graded. */
  readonly ungraded?: true;
  /** The request of the decisive exchange alone does not show the failure. */
  readonly needsSeveral?: true;
  /** What came of running a failed check again on fresh connections, in order. Changes no verdict. */
  readonly reruns?: readonly OutcomeName[];
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

/** any fail: not-earned; inconclusive or error: undecided; skip: partial; warn: earned with notes; not-claimed: its suite is not offered. */
export type ProfileStatus = "earned" | "partial" | "not-earned" | "undecided" | "not-claimed";

export interface ProfileResult {
  readonly profile: string;
  readonly title: string;
  /** Of all its checks; partial when the extended level was not asked for. */
  readonly status: ProfileStatus;
  /** Checks behind the status: the failed, the undecided, the skipped, the warned. */
  readonly because: readonly string[];
  /** Ids of the suites whose checks it asks for. */
  readonly suites?: readonly string[];
  /** The same for each level that was judged. */
  readonly levels?: readonly LevelResult[];
}

export interface LevelResult {
  readonly level: ProfileLevel;
  readonly status: ProfileStatus;
  readonly because: readonly string[];
  /** What was not judged, by what the target lacks, with the number of checks that need it. */
  readonly skipped: readonly { readonly feature: string; readonly checks: number }[];
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
