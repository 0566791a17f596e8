import type { Suite } from "#kit";
import type { Workload } from "../src/load/workload.ts";
import type { Handler, Mutant } from "../src/reference/handler.ts";

/** All that one folder says about its binding. */
export interface SuiteEntry {
  readonly suite: Suite;
  /** The correct behaviour of the reference runtime. */
  readonly reference: Handler;
  /** Single faults; each is found by exactly the checks that name it. */
  readonly mutants: readonly Mutant[];
  /** Legal deviations; no check may fail on them. */
  readonly variants: readonly Mutant[];
  /** Ways to send a batched request under load; the first is the default. */
  readonly workloads: readonly Workload[];
}
