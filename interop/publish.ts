import { copyFileSync, existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Runtime } from "./runtime.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The committed failures of a runtime as options of certify, from the working directory; none when there is no such file yet. */
export function baselineOptions({ id }: Pick<Runtime, "id">): readonly string[] {
  const file = join(root, "reports", "runtimes", id, "known-failing.yaml");
  return existsSync(file) ? ["--baseline", relative(process.cwd(), file)] : [];
}

/**
 * Copies the result document and the transcripts of a run to where the project keeps those of this version: the published
 * result, and the recording that the tests judge again. Returns the written files. Throws when the run left none.
 */
export function publish({ id, version }: Pick<Runtime, "id" | "version">, out: string, to = root): readonly string[] {
  const copies = [
    ["result.json", join(to, "reports", "runtimes", id, `${version}.json`)],
    ["transcripts.ndjson.gz", join(to, "test", "recordings", `${id}-${version}.ndjson.gz`)],
  ] as const;
  for (const [from, file] of copies) copyFileSync(join(out, from), file);
  return copies.map(([, file]) => relative(process.cwd(), file));
}
