import { assetText } from "../../base/assets.ts";
import { type ResultDocument, serialize } from "../../result/index.ts";
import { headline, subjectName } from "../headline.ts";
import { LONGEST_TEXT, withShortTexts } from "../short-texts.ts";
import type { Detail } from "./check.ts";
import { clausesHtml } from "./clauses.ts";
import { profilesHtml, suitesHtml } from "./conformance.ts";
import { embedDocument } from "./embed.ts";
import { environmentHtml } from "./environment.ts";
import { fuzzHtml } from "./fuzzing.ts";
import { type Html, html, trusted } from "./html.ts";
import { baselineHtml, thresholdsHtml } from "./limits.ts";
import { loadPart } from "./load/load.ts";
import { wholePage } from "./shell.ts";
import { summaryHtml } from "./summary.ts";

/** A page is at most this long where its document allows it. */
export const MAX_PAGE_BYTES = 500_000;

/** The same in the load part, where the names of a point stand in every table and chart. */
const LONGEST_LOAD_TEXT = 300;

/** How much evidence is shown, from plenty to the least that is still of use. */
const DETAILS = [
  { overTime: 8, thorough: true, longestText: LONGEST_TEXT, exchanges: 5, bodyBytes: 2048, commandLength: 8000 },
  { overTime: 6, thorough: true, longestText: LONGEST_TEXT, exchanges: 5, bodyBytes: 1024, commandLength: 4000 },
  { overTime: 4, thorough: true, longestText: LONGEST_TEXT, exchanges: 4, bodyBytes: 512, commandLength: 2000 },
  { overTime: 3, thorough: true, longestText: LONGEST_TEXT, exchanges: 3, bodyBytes: 192, commandLength: 1000 },
  { overTime: 2, thorough: true, longestText: 2000, exchanges: 2, bodyBytes: 64, commandLength: 400 },
  { overTime: 1, thorough: false, longestText: 1000, exchanges: 1, bodyBytes: 64, commandLength: 300 },
  { overTime: 1, thorough: false, longestText: 1000, exchanges: 0, bodyBytes: 64, commandLength: 200 },
  { overTime: 1, thorough: false, longestText: 150, exchanges: 0, bodyBytes: 64, commandLength: 200 },
] as const;

export interface HtmlOptions {
  /** File name of the document, for commands that replay from it; `result.json` unless given. */
  readonly documentFile?: string;
}

/** The report as one file: no network, complete without JavaScript, at most 500 kB, with the document inside. */
export async function renderHtml(document: ResultDocument, options: HtmlOptions = {}): Promise<string> {
  const text = serialize(document);
  // From the text, so that the order of members in memory cannot show.
  const shown = withShortTexts(JSON.parse(text) as ResultDocument, LONGEST_TEXT);
  const load = shown.load && (await loadPart(withShortTexts(shown.load, LONGEST_LOAD_TEXT)));
  const embedded = embedDocument(text);
  const documentFile = options.documentFile ?? "result.json";
  const pageOf = ({ overTime, longestText, ...level }: (typeof DETAILS)[number]) =>
    pageMarkup(
      longestText === LONGEST_TEXT ? shown : withShortTexts(shown, longestText),
      load?.(overTime, level.thorough),
      embedded,
      { ...level, documentFile },
    );
  return firstThatFits(DETAILS.map((level) => () => pageOf(level)));
}

/** The first of pages of falling size that is short enough, else the last. */
function firstThatFits(pages: readonly (() => string)[]): string {
  let [from, to] = [0, pages.length - 1];
  let fitting: string | undefined;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    const page = (pages[middle] as () => string)();
    if (Buffer.byteLength(page) <= MAX_PAGE_BYTES) {
      to = middle;
      fitting = page;
    } else from = middle + 1;
  }
  return to < pages.length - 1 && fitting !== undefined ? fitting : (pages[from] as () => string)();
}

function knownIn({ baseline }: ResultDocument): ReadonlySet<string> {
  return new Set(baseline?.entries.filter(({ status }) => status === "known").map(({ check }) => check));
}

function pageMarkup(document: ResultDocument, load: Html | undefined, embedded: Html, detail: Detail): string {
  return wholePage(
    `${subjectName(document)}: ${headline(document).word}`,
    html`${summaryHtml(document)}
${document.conformance && html`${profilesHtml(document.conformance)}${clausesHtml(document.conformance, detail.thorough)}${suitesHtml(document.conformance, detail)}`}
${document.conformance?.fuzz && fuzzHtml(document.conformance.fuzz, knownIn(document), detail)}
${thresholdsHtml(document)}
${load}
${baselineHtml(document)}
${environmentHtml(document, detail.documentFile)}`,
    html`${embedded}
<script>${trusted(assetText("#assets/report/html/enhance.js"))}</script>`,
  );
}
