import { createHash } from "node:crypto";
import type { Clause } from "../conformance/clause.ts";

/** SHA-256 over the clauses of a suite, ordered by id: it changes with any word of any clause. */
export function clauseDigest(clauses: Readonly<Record<string, Clause>>): string {
  const lines = Object.values(clauses)
    .map(({ id, level, basis, says, source, treatment = "", notObservable = "" }) =>
      JSON.stringify([id, level, basis, says, source.document, source.section, treatment, notObservable]),
    )
    .sort();
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}
