import type { SuiteEntry } from "../entry.ts";
import { mutants, variants } from "./mutants.ts";
import { reference } from "./reference.ts";
import { suite } from "./suite.ts";
import { workloads } from "./workload.ts";

export const v2Binary: SuiteEntry = { suite, reference, mutants, variants, workloads };
