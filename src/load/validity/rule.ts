import type { Measured } from "../measured.ts";

/** Why a measurement does not mean what it seems to say. */
export type ProblemCode =
  | "client-limited"
  | "off-schedule"
  | "not-stationary"
  | "too-few-samples"
  | "errors"
  | "clock"
  | "worker-lost"
  | "interrupted";

/** What one rule found. */
export interface Finding {
  /** What the rule looked at; absent when there was nothing to look at. */
  readonly fact?: { readonly key: string; readonly value: string };
  /** A sentence that says why the measurement is not valid; absent when this rule has nothing against it. */
  readonly problem?: { readonly code: ProblemCode; readonly evidence: string };
}

/** Judges a measurement by one criterion. */
export type ValidityRule = (measured: Measured) => Finding;

/** A share as a text, e.g. `12.3 %`. */
export function percentText(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
