import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { InfermarkError, messageOf } from "../../base/errors.ts";
import { ExitCode } from "../exit-codes.ts";
import { RUNTIME_SOURCES } from "../fixtures/runtime-sources.ts";
import { unknownId } from "../suggest.ts";

/** Writes the sources of the fixture models for a runtime, and says where to read on. */
export function exportFixtures(runtime: string, out: string, options: { readonly force: boolean }): number {
  const written = writeFixtures(runtime, out, options);
  process.stdout.write(`${written} files in ${out}; ${join(out, "README.md")} says how to start them\n`);
  return ExitCode.ok;
}

/**
 * Writes the sources of the fixture models into a folder and returns the number of files. Throws USAGE for a runtime that
 * none are shipped for, for a folder that holds something already (unless `force`, which overwrites), and for what cannot be written.
 */
export function writeFixtures(runtime: string, out: string, { force }: { readonly force: boolean }): number {
  const sources = RUNTIME_SOURCES.find((each) => each.runtime === runtime);
  if (!sources) {
    const known = RUNTIME_SOURCES.map((each) => each.runtime);
    throw unknownId("runtime with fixture models", runtime, known);
  }
  if (!force) refuseOccupied(out);
  const files = sources.files();
  try {
    for (const [path, text] of files) {
      const file = join(out, ...path.split("/"));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  } catch (cause) {
    throw new InfermarkError("USAGE", `${out} cannot be written: ${messageOf(cause)}`, {
      hint: "name a writable folder with --out",
      cause,
    });
  }
  return files.size;
}

function refuseOccupied(out: string): void {
  if (!existsSync(out)) return;
  if (!statSync(out).isDirectory())
    throw new InfermarkError("USAGE", `${out} is no folder`, { hint: "name a new folder with --out" });
  if (readdirSync(out).length > 0) {
    throw new InfermarkError("USAGE", `${out} is not empty`, {
      hint: "name a new folder with --out, or write over what is there with --force",
    });
  }
}
