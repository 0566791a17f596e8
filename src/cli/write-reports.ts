import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InfermarkError, messageOf } from "../base/errors.ts";
import { renderHtml, renderJunit, renderMarkdown } from "../report/index.ts";
import { type ResultDocument, serialize } from "../result/index.ts";

export const TRANSCRIPTS_FILE = "transcripts.ndjson.gz";
export const DOCUMENT_FILE = "result.json";

/** Writes result.json, index.html, junit.xml, summary.md, and the transcripts where there are any. Returns the path of the HTML report. */
export async function writeReports(
  directory: string,
  document: ResultDocument,
  transcripts?: Uint8Array,
): Promise<string> {
  const html = join(directory, "index.html");
  try {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, DOCUMENT_FILE), serialize(document));
    writeFileSync(html, await renderHtml(document, { documentFile: DOCUMENT_FILE }));
    writeFileSync(join(directory, "junit.xml"), renderJunit(document));
    writeFileSync(join(directory, "summary.md"), renderMarkdown(document));
    if (transcripts) writeFileSync(join(directory, TRANSCRIPTS_FILE), transcripts);
  } catch (cause) {
    throw new InfermarkError("USAGE", `the reports cannot be written to ${directory}: ${messageOf(cause)}`, {
      hint: "name a writable folder with --out",
      cause,
    });
  }
  return html;
}
