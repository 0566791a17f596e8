import type { SuiteEntry } from "../entry.ts";
import { mutants, variants } from "./mutants.ts";
import { referenceOf } from "./reference.ts";
import { suite } from "./suite.ts";

/** The suite that compares bindings, over the references of those bindings. */
export const v2Cross = (bindings: readonly SuiteEntry[]): SuiteEntry => ({
  suite,
  reference: referenceOf(bindings),
  mutants,
  variants,
  workloads: [],
});
