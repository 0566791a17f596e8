import { InfermarkError } from "../../base/errors.ts";
import { extractDocument, type PrCommentOptions } from "../../report/index.ts";
import { compareDocuments } from "../../result/compare/index.ts";
import type { Comparison, ResultDocument } from "../../result/index.ts";
import { readDocument } from "../document.ts";
import { ExitCode } from "../exit-codes.ts";
import { fileBytes } from "../read-file.ts";
import { REPORT_FORMATS } from "../report-formats.ts";
import { unknownId } from "../suggest.ts";
import { writeTextFile } from "../write-file.ts";
import { writeReports } from "../write-reports.ts";

export interface RenderOptions {
  /** One of `REPORT_FORMATS`; without it, all that a run writes. */
  readonly format?: string;
  /** The folder of all reports, or the file of one; without it that one goes to standard output. */
  readonly out?: string;
  /** For a comment: the document of another run, what links to the whole report, and which comment it is. */
  readonly against?: string;
  readonly link?: string;
  readonly id?: string;
}

/** Writes the reports of a document again, and gives the document's own exit code no weight: rendering succeeded. */
export async function render(file: string, { format, out, ...options }: RenderOptions): Promise<number> {
  const made = format === undefined ? undefined : REPORT_FORMATS[format];
  if (format !== undefined && !made) throw unknownId("format", format, Object.keys(REPORT_FORMATS));
  if (format !== "pr-comment" && Object.keys(options).length > 0)
    throw new InfermarkError("USAGE", `--${Object.keys(options)[0]} belongs to a comment`, {
      hint: "add --format pr-comment",
    });
  const document = readDocument(file);
  if (!made) {
    process.stdout.write(`report: ${await writeReports(out ?? "infermark-report", document)}\n`);
    return ExitCode.ok;
  }
  const text = await made(document, await commentOptions(document, options));
  if (out === undefined) process.stdout.write(text);
  else writeTextFile(out, text, "--out");
  return ExitCode.ok;
}

async function commentOptions(
  document: ResultDocument,
  { against, link, id }: Pick<RenderOptions, "against" | "link" | "id">,
): Promise<PrCommentOptions> {
  if (link !== undefined && !/^https?:\/\//.test(link))
    throw new InfermarkError("USAGE", `--link "${link}" is no http or https address`, {
      hint: "give the address of the page that has the report",
    });
  return {
    ...(against !== undefined && { comparison: await comparisonWith(against, document) }),
    ...(link !== undefined && { link }),
    ...(id !== undefined && { id }),
  };
}

async function comparisonWith(against: string, document: ResultDocument): Promise<Comparison> {
  // Loading the suites takes as long as a small page.
  const { allSuites } = await import("../own-suites.ts");
  const registry = (await allSuites([])).map(({ suite }) => suite);
  return compareDocuments(readDocument(against), document, registry);
}

/** Prints the very bytes of the result.json inside an HTML report, or writes them to a file. */
export async function extract(file: string, output: string | undefined): Promise<number> {
  const text = extractDocument(fileBytes(file).toString("utf8"));
  if (output === undefined) process.stdout.write(text);
  else writeTextFile(output, text, "--output");
  return ExitCode.ok;
}
