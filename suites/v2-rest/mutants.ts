import type { Mutant } from "../../src/reference/handler.ts";
import { burdenMutants } from "./mutants/burdens.ts";
import { edgeValueMutants } from "./mutants/edge-values.ts";
import { generalMutants } from "./mutants/general.ts";
import { healthMutants } from "./mutants/health.ts";
import { inferRequestMutants } from "./mutants/infer-request.ts";
import { inferResponseMutants } from "./mutants/infer-response.ts";
import { metadataMutants } from "./mutants/metadata.ts";
import { unloadedMutants } from "./mutants/unloaded.ts";
import { legalVariants } from "./mutants/variants.ts";
import { wireMutants } from "./mutants/wire.ts";

/** Single faults of the reference runtime over V2 REST. */
export const mutants: readonly Mutant[] = [
  ...generalMutants,
  ...healthMutants,
  ...metadataMutants,
  ...inferRequestMutants,
  ...inferResponseMutants,
  ...edgeValueMutants,
  ...wireMutants,
  ...unloadedMutants,
  ...burdenMutants,
];

/** Legal deviations: no check fails on them. */
export const variants: readonly Mutant[] = legalVariants;
