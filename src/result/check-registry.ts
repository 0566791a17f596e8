import type { Suite } from "../conformance/suite.ts";

/** What the document needs to know of a suite beside its results: all its clauses and checks, also those that did not run. */
export interface SuiteRegistry extends Pick<Suite, "id" | "clauses" | "retired"> {
  readonly checks: readonly { readonly id: string }[];
}
