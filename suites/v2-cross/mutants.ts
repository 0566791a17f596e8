import type { Mutant } from "../../src/reference/handler.ts";
import { descriptionMutants } from "./mutants/descriptions.ts";
import { requestMutants } from "./mutants/requests.ts";
import { resultMutants } from "./mutants/results.ts";
import { legalVariants } from "./mutants/variants.ts";

/** Single faults of the reference runtime in one transport or one form alone. */
export const mutants: readonly Mutant[] = [...descriptionMutants, ...resultMutants, ...requestMutants];

/** Legal deviations: no check fails on them. */
export const variants: readonly Mutant[] = legalVariants;
