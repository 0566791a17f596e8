import type { SuiteEntry } from "../../suites/index.ts";
import {
  type ConformanceResult,
  FUZZ_KINDS,
  type FuzzKind,
  type FuzzResult,
  fuzzId,
  type RunOptions,
} from "../conformance/index.ts";
import type { SuiteRegistry } from "../result/index.ts";
import type { Progress } from "./progress.ts";

export interface FuzzPart {
  readonly requests: number;
  /** What the checks of the run had; the budget is what they left. */
  readonly options: Pick<RunOptions, "transport" | "info" | "seed" | "clock" | "limits" | "dangerous" | "signal">;
  readonly progress?: Progress;
}

/** The fuzz phase of the suites that the target offers; fast-check is loaded for it alone. */
export async function runFuzzPart(
  suites: readonly SuiteEntry[],
  checked: ConformanceResult,
  { requests, options, progress }: FuzzPart,
): Promise<FuzzResult> {
  const { runFuzz } = await import("../conformance/fuzz/index.ts");
  const claimed = new Set(checked.suites.filter((each) => each.claimed).map((each) => each.suite));
  return runFuzz(
    suites.map(({ suite }) => suite).filter(({ id }) => claimed.has(id)),
    {
      ...options,
      requests,
      onRequest: (suite, sent) => progress?.step(`fuzz ${suite}: ${sent} of ${requests} requests`),
      onFinding: ({ id, actual }) => progress?.line(`found  ${id}: ${actual}`),
    },
  );
}

/** Suites as a document knows them: what fuzzing can find has an id like a check, so that a baseline may name it. */
export function registryOf(suites: readonly SuiteEntry[]): readonly SuiteRegistry[] {
  const kinds = Object.keys(FUZZ_KINDS) as FuzzKind[];
  return suites.map(({ suite: { id, clauses, checks, retired, fuzz } }) => ({
    id,
    clauses,
    retired,
    checks: [...checks, ...(fuzz ? kinds.map((kind) => ({ id: fuzzId(id, kind) })) : [])],
  }));
}
