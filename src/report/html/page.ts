import { assetText } from "../../base/assets.ts";
import { type ResultDocument, serialize } from "../../result/index.ts";
import { headline, subjectName } from "../headline.ts";
import type { Detail } from "./check.ts";
import { clausesHtml } from "./clauses.ts";
import { profilesHtml, suitesHtml } from "./conformance.ts";
import { embedDocument } from "./embed.ts";
import { environmentHtml } from "./environment.ts";
import { fuzzHtml } from "./fuzzing.ts";
import { type Html, html, trusted } from "./html.ts";
import { baselineHtml, thresholdsHtml } from "./limits.ts";
import { loadPart } from "./load/load.ts";
import { summaryHtml } from "./summary.ts";

/** A page is at most this long where its document allows it. */
export const MAX_PAGE_BYTES = 500_000;

/** How much evidence is shown, from plenty to the least that is still of use. */
const DETAILS = [
  { overTime: 8, bodyBytes: 2048, commandLength: 8000 },
  { overTime: 6, bodyBytes: 1024, commandLength: 4000 },
  { overTime: 4, bodyBytes: 512, commandLength: 2000 },
  { overTime: 3, bodyBytes: 192, commandLength: 1000 },
  { overTime: 2, bodyBytes: 64, commandLength: 400 },
  { overTime: 1, bodyBytes: 64, commandLength: 400 },
] as const;

export interface HtmlOptions {
  /** File name of the document, for commands that replay from it; `result.json` unless given. */
  readonly documentFile?: string;
}

/** The report as one file: no network, complete without JavaScript, at most 500 kB, with the document inside. */
export async function renderHtml(document: ResultDocument, options: HtmlOptions = {}): Promise<string> {
  const text = serialize(document);
  // From the text, so that the order of members in memory cannot show.
  const shown = JSON.parse(text) as ResultDocument;
  const load = shown.load && (await loadPart(shown.load));
  const embedded = embedDocument(text);
  let page = "";
  for (const { overTime, ...level } of DETAILS) {
    const detail = { ...level, documentFile: options.documentFile ?? "result.json" };
    page = pageMarkup(shown, load?.(overTime), embedded, detail);
    if (Buffer.byteLength(page) <= MAX_PAGE_BYTES) break;
  }
  return page;
}

function knownIn({ baseline }: ResultDocument): ReadonlySet<string> {
  return new Set(baseline?.entries.filter(({ status }) => status === "known").map(({ check }) => check));
}

function pageMarkup(document: ResultDocument, load: Html | undefined, embedded: Html, detail: Detail): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${subjectName(document)}: ${headline(document).word}</title>
<style>${trusted(assetText("#assets/report/html/style.css"))}</style></head>
<body><main>
${summaryHtml(document)}
${document.conformance && html`${profilesHtml(document.conformance)}${clausesHtml(document.conformance)}${suitesHtml(document.conformance, detail)}`}
${document.conformance?.fuzz && fuzzHtml(document.conformance.fuzz, knownIn(document), detail)}
${thresholdsHtml(document)}
${load}
${baselineHtml(document)}
${environmentHtml(document, detail.documentFile)}
</main>
${embedded}
<script>${trusted(assetText("#assets/report/html/enhance.js"))}</script>
</body></html>
`.markup;
}
