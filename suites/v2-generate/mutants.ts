import type { Mutant } from "../../src/reference/handler.ts";
import { answerMutants, failureMutants } from "./mutants/answers.ts";
import { requestMutants } from "./mutants/requests.ts";
import { streamMutants } from "./mutants/streams.ts";
import { legalVariants } from "./mutants/variants.ts";

/** Single faults of the reference runtime in text generation. */
export const mutants: readonly Mutant[] = [...answerMutants, ...requestMutants, ...streamMutants, ...failureMutants];

/** Legal deviations: no check fails on them. */
export const variants: readonly Mutant[] = legalVariants;
