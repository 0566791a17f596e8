import { writeFileSync } from "node:fs";
import { InfermarkError, messageOf } from "../../base/errors.ts";
import { extractDocument } from "../../report/index.ts";
import { readDocument } from "../document.ts";
import { ExitCode } from "../exit-codes.ts";
import { fileBytes } from "../target.ts";
import { writeReports } from "../write-reports.ts";

/** Writes the reports of a document again, and gives the document's own exit code no weight: rendering succeeded. */
export async function render(file: string, directory: string): Promise<number> {
  const document = readDocument(file);
  process.stdout.write(`report: ${await writeReports(directory, document)}\n`);
  return ExitCode.ok;
}

/** Prints the very bytes of the result.json inside an HTML report, or writes them to a file. */
export async function extract(file: string, output: string | undefined): Promise<number> {
  const text = extractDocument(fileBytes(file).toString("utf8"));
  if (output === undefined) process.stdout.write(text);
  else writeTo(output, text);
  return ExitCode.ok;
}

function writeTo(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new InfermarkError("USAGE", `${file} cannot be written: ${messageOf(cause)}`, {
      hint: "name a writable file with --output",
      cause,
    });
  }
}
