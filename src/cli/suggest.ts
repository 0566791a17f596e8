import { closest, distance } from "fastest-levenshtein";
import { InfermarkError } from "../base/errors.ts";

/** Kinds of which there are too many to name them all in a hint, and the command that lists them. */
const LISTED_BY: readonly (readonly [kind: RegExp, command: string])[] = [
  [/^check, clause or fault$/, "infermark list checks`, `list clauses` and `list faults"],
  [/^check/, "infermark list checks"],
  [/^fault/, "infermark list faults"],
];

/** USAGE for an id that does not exist, with the nearest one that does. */
export function unknownId(kind: string, id: string, known: readonly string[]): InfermarkError {
  const nearest = known.length > 0 ? closest(id, known) : undefined;
  const near = nearest !== undefined && distance(id, nearest) <= Math.max(3, Math.floor(nearest.length / 2));
  const command = LISTED_BY.find(([pattern]) => pattern.test(kind))?.[1];
  return new InfermarkError("USAGE", `there is no ${kind} "${id}"${near ? `; did you mean "${nearest}"?` : ""}`, {
    hint: command === undefined ? `choose one of ${known.join(", ")}` : `\`${command}\` shows what there is`,
  });
}
