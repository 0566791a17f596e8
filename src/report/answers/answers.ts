import type { ResultDocument } from "../../result/index.ts";
import type { Answer } from "./answer.ts";
import { carries } from "./carries.ts";
import { conforms } from "./conforms.ts";
import { trust } from "./trust.ts";

export type { Answer } from "./answer.ts";

/** Does it conform, what does it carry, can this be trusted: in words, for any document. */
export function answers(document: ResultDocument): readonly Answer[] {
  return [conforms(document), carries(document), trust(document)];
}
