import type { Mutant } from "../../src/reference/handler.ts";
import { answerMutants } from "./mutants/answers.ts";
import { burdenMutants } from "./mutants/burdens.ts";
import { requestMutants } from "./mutants/requests.ts";
import { valueMutants } from "./mutants/values.ts";
import { legalVariants } from "./mutants/variants.ts";

/** Single faults of the reference runtime in the binary tensor data extension. */
export const mutants: readonly Mutant[] = [...requestMutants, ...valueMutants, ...answerMutants, ...burdenMutants];

/** Legal deviations: no check fails on them. */
export const variants: readonly Mutant[] = legalVariants;
