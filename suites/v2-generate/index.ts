import type { SuiteEntry } from "../entry.ts";
import { mutants, variants } from "./mutants.ts";
import { reference } from "./reference.ts";
import { suite } from "./suite.ts";

export const v2Generate: SuiteEntry = { suite, reference, mutants, variants, workloads: [] };
