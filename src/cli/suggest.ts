import { closest, distance } from "fastest-levenshtein";
import { InfermarkError } from "../base/errors.ts";

/** USAGE for an id that does not exist, with the nearest one that does. */
export function unknownId(kind: string, id: string, known: readonly string[]): InfermarkError {
  const nearest = known.length > 0 ? closest(id, known) : undefined;
  const near = nearest !== undefined && distance(id, nearest) <= Math.max(3, Math.floor(nearest.length / 2));
  return new InfermarkError("USAGE", `there is no ${kind} "${id}"${near ? `; did you mean "${nearest}"?` : ""}`, {
    hint:
      kind === "suite" || kind === "profile" ? `the ${kind}s are ${known.join(", ")}` : `\`infermark list\` shows them`,
  });
}
