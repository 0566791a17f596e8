import { accessSync, constants, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { InfermarkError, messageOf } from "../base/errors.ts";
import { renderHtml, renderJunit, renderMarkdown } from "../report/index.ts";
import { type ResultDocument, serialize } from "../result/index.ts";

export const TRANSCRIPTS_FILE = "transcripts.ndjson.gz";
export const DOCUMENT_FILE = "result.json";

/** Throws USAGE when the reports could not be written there, so that a run does not end in vain. Creates nothing. */
export function requireWritable(directory: string): void {
  let nearest = resolve(directory);
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    if (!statSync(nearest).isDirectory()) throw new Error(`${nearest} is not a folder`);
    accessSync(nearest, constants.W_OK);
  } catch (cause) {
    throw unwritable(directory, cause);
  }
}

function unwritable(directory: string, cause: unknown): InfermarkError {
  return new InfermarkError("USAGE", `the reports cannot be written to ${directory}: ${messageOf(cause)}`, {
    hint: "name a writable folder with --out",
    cause,
  });
}

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
    throw unwritable(directory, cause);
  }
  return html;
}
