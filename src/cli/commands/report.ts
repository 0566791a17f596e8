import { writeFileSync } from "node:fs";
import { InfermarkError, messageOf } from "../../base/errors.ts";
import { extractDocument } from "../../report/index.ts";
import { problemsOf, type ResultDocument } from "../../result/index.ts";
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
  else writeFileSync(output, text);
  return ExitCode.ok;
}

function readDocument(file: string): ResultDocument {
  let value: unknown;
  try {
    value = JSON.parse(fileBytes(file).toString("utf8"));
  } catch (cause) {
    if (cause instanceof InfermarkError) throw cause;
    throw new InfermarkError("USAGE", `${file} is not JSON: ${messageOf(cause)}`, {
      hint: "give a result.json that infermark wrote",
      cause,
    });
  }
  const [problem] = problemsOf(value);
  if (problem !== undefined)
    throw new InfermarkError("USAGE", `${file} is no result document: ${problem}`, {
      hint: "give a result.json that infermark wrote",
    });
  return value as ResultDocument;
}
