import type { Mutant } from "../../src/reference/handler.ts";
import { burdenMutants } from "./mutants/burdens.ts";
import { edgeFormMutants } from "./mutants/edge-forms.ts";
import { metadataMutants } from "./mutants/metadata.ts";
import { requestMutants } from "./mutants/requests.ts";
import { responseMutants } from "./mutants/responses.ts";
import { serviceMutants } from "./mutants/service.ts";
import { unloadedMutants } from "./mutants/unloaded.ts";
import { legalVariants } from "./mutants/variants.ts";
import { wireMutants } from "./mutants/wire.ts";

/** Single faults of the reference runtime over V2 gRPC. */
export const mutants: readonly Mutant[] = [
  ...serviceMutants,
  ...metadataMutants,
  ...requestMutants,
  ...responseMutants,
  ...edgeFormMutants,
  ...wireMutants,
  ...unloadedMutants,
  ...burdenMutants,
];

/** Legal deviations: no check fails on them. */
export const variants: readonly Mutant[] = legalVariants;
