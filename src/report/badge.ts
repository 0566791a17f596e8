import { formatNanoseconds } from "../base/duration.ts";
import type { ResultDocument } from "../result/index.ts";
import { type Headline, headline } from "./headline.ts";
import { loadRows, percentileNs } from "./load-rows.ts";
import { shortPlainText } from "./plain-text.ts";
import { escapeXml } from "./xml-text.ts";

const LABEL = "infermark";
const LONGEST_MESSAGE = 60;
const HEIGHT = 20;
/** White on each of these, and on the grey of the label, has a contrast of at least 4.5. */
const FILLS: Readonly<Record<Headline["tone"], string>> = { good: "#1b7a3d", bad: "#c02b2b", open: "#8a5a00" };
const LABEL_FILL = "#4a4a4a";

/** The verdict as an endpoint of shields.io shows it. */
export function renderBadgeJson(document: ResultDocument): string {
  const { tone } = headline(document);
  const badge = { schemaVersion: 1, label: LABEL, message: messageOf(document), color: FILLS[tone].slice(1) };
  return `${JSON.stringify(badge)}\n`;
}

/** The verdict as a picture that needs no service and no font of its own. */
export function renderBadgeSvg(document: ResultDocument): string {
  const { tone } = headline(document);
  const message = messageOf(document);
  const [left, right] = [widthOf(LABEL), widthOf(message)];
  const width = left + right;
  // The text is fitted to its box, so that another font cannot push it out.
  const text = (content: string, x: number, box: number) =>
    `<text x="${x + box / 2}" y="14" text-anchor="middle" textLength="${box - 12}" lengthAdjust="spacingAndGlyphs">${escapeXml(content)}</text>`;
  const name = escapeXml(`${LABEL}: ${message}`);
  // Without an id, so that several may stand on one page.
  const start = `M3 0H${left}V20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z`;
  const end = `M${left} 0H${width - 3}a3 3 0 0 1 3 3V17a3 3 0 0 1-3 3H${left}z`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${name}"><title>${name}</title><path d="${start}" fill="${LABEL_FILL}"/><path d="${end}" fill="${FILLS[tone]}"/><g fill="#fff" font-family="Verdana,'DejaVu Sans',Geneva,sans-serif" font-size="11">${text(LABEL, 0, left)}${text(message, left, right)}</g></svg>\n`;
}

/** The verdict, with the profiles that were earned, or with the figures of a single valid measurement. */
function messageOf(document: ResultDocument): string {
  const { word, tone } = headline(document);
  const said = word.toLowerCase();
  if (tone === "bad" || document.gate.exitCode === 130) return said;
  const earned = (document.conformance?.profiles ?? []).filter(({ status }) => status === "earned");
  const detail = document.conformance ? earned.map(({ id }) => id).join(", ") : figures(document);
  return shortPlainText(detail === "" ? said : `${said}: ${detail}`, LONGEST_MESSAGE);
}

function figures(document: ResultDocument): string {
  const [row, ...others] = loadRows(document);
  if (!row || others.length > 0 || !row.measured.validity.valid) return "";
  const p99 = percentileNs(row.measured.latency, 99);
  return `${row.measured.throughput.value.toFixed(0)}/s${p99 === undefined ? "" : `, p99 ${formatNanoseconds(p99)}`}`;
}

/** Of the text at 11 px with a margin of 6 px at either side; narrow, common and wide characters of a sans-serif font. */
function widthOf(text: string): number {
  const widths = Array.from(text, (character) => {
    if (/[fijlrt.,:;'|!()/ -]/.test(character)) return 4.6;
    if (/[mwMW%]/.test(character)) return 10.4;
    return /[\u0020-\u007e]/.test(character) ? 7 : 11;
  });
  return Math.ceil(widths.reduce((sum, each) => sum + each, 0)) + 12;
}
