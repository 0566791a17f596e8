import type { ComparedNumber, ComparedPoint, Comparison, LoadComparison } from "../../result/index.ts";
import {
  changeText,
  comparedLabel,
  confidenceText,
  detectableText,
  pointVerdict,
  reasonText,
  valueText,
} from "../compared-load.ts";
import {
  comparisonVerdict,
  conformanceSections,
  factSections,
  LONGEST_COMPARED_TEXT,
  loneLines,
  type Section,
} from "../comparison.ts";
import { withShortTexts } from "../short-texts.ts";
import type { NamedPoint } from "./comparison-curves.ts";
import { type Html, html } from "./html.ts";
import { wholePage } from "./shell.ts";

/** A comparison with the document that comes first, under the name of the other. */
export interface NamedComparison {
  readonly name: string;
  readonly comparison: Comparison;
}

/** Each point has a chart until there are so many. */
const MOST_CHARTS = 24;
const TONES = { regressed: "fail", improved: "pass", inconclusive: "inconclusive", pass: "pass" } as const;

/** All comparisons with the first document on one page: no network, no scripts, the latencies of each point one over the other. */
export async function renderComparisonHtml(base: string, named: readonly NamedComparison[]): Promise<string> {
  const others = withShortTexts(named, LONGEST_COMPARED_TEXT);
  const charts = await chartsOf(base, others);
  return wholePage(
    `${base} compared`,
    html`<header class="page"><p class="eyebrow">infermark comparison</p><h1>${base} → ${others.map(({ name }) => name).join(", ")}</h1></header>
${others.map(({ name, comparison }) => verdictHtml(name, comparison, others.length > 1))}
${charts.length > 0 && html`<section id="curves"><h2>Latency by percentile</h2>${charts}</section>`}
${others.map(({ name, comparison }) => comparisonHtml(name, comparison, others.length > 1))}`,
  );
}

function verdictHtml(name: string, comparison: Comparison, several: boolean): Html {
  const { worse, load } = comparison;
  const open = load?.points.some(({ numbers }) => numbers.some(({ verdict }) => verdict === "inconclusive"));
  const tone = worse.length > 0 ? "bad" : open ? "open" : "good";
  return html`<section class="verdict ${tone}" aria-label="Verdict"><h2>${several && `${name}: `}${comparisonVerdict(comparison)}</h2>
${worse.length > 0 && html`<ul>${worse.slice(0, 20).map((text) => html`<li>${text}</li>`)}${worse.length > 20 && html`<li>and ${worse.length - 20} more</li>`}</ul>`}</section>`;
}

function comparisonHtml(name: string, { facts, conformance, load }: Comparison, several: boolean): Html {
  return html`<section>${several && html`<h2>${name}</h2>`}
${load && loadHtml(load)}
${conformance && html`<h2>Conformance</h2><p class="muted">${conformance.compared} checks ran in both.</p>${sectionsHtml(conformanceSections(conformance))}`}
${sectionsHtml(factSections(facts))}</section>`;
}

function sectionsHtml(sections: readonly Section[]): Html {
  return html`${sections.map(({ heading, lines }) => html`<h3>${heading}</h3><ul>${lines.map(({ id, text }) => html`<li>${id !== undefined && html`<code>${id}</code> `}${text}</li>`)}</ul>`)}`;
}

function loadHtml(load: LoadComparison): Html {
  const settings = load.points.map((point) => point.settings);
  return html`<h2>Load</h2><p class="muted">${confidenceText(load)}. In an open loop latency counts from the intended sending. Detectable is the least change that such data would have found nine times in ten.</p>
${load.points.map((point) => pointHtml(point, comparedLabel(point.settings, settings)))}
${sectionsHtml([{ heading: "Not compared", tone: "plain" as const, lines: loneLines(load) }].filter(({ lines }) => lines.length > 0))}`;
}

function pointHtml(point: ComparedPoint, label: string): Html {
  const verdict = pointVerdict(point);
  return html`<h3>${label} <span class="badge ${TONES[verdict]}">${verdict}</span></h3>
<div class="scroll" tabindex="0" role="group" aria-label="${label}"><table class="load"><thead><tr><th scope="col">Number</th><th scope="col" class="number">Before</th><th scope="col" class="number">After</th><th scope="col" class="number">Change</th><th scope="col" class="number">Detectable</th><th scope="col">Verdict</th></tr></thead><tbody>
${point.numbers.map((number) => rowHtml(number, point.windowMs))}</tbody></table></div>`;
}

function rowHtml(number: ComparedNumber, windowMs: number): Html {
  const { metric, before, after, verdict } = number;
  const reason = reasonText(number, windowMs);
  return html`<tr><td>${metric}</td><td class="number">${valueText(metric, before)}</td><td class="number">${valueText(metric, after)}</td><td class="number">${changeText(number)}</td><td class="number">${detectableText(number)}</td><td><span class="badge ${TONES[verdict]}">${verdict}</span>${reason !== "" && html`<br><span class="muted">${reason}</span>`}</td></tr>\n`;
}

/** A chart for each point of the first document that any other has too. */
async function chartsOf(base: string, others: readonly NamedComparison[]): Promise<readonly Html[]> {
  const points = new Map<string, { readonly label: string; readonly curves: NamedPoint[] }>();
  for (const { name, comparison } of others)
    for (const { settings, before, after } of comparison.load?.points ?? []) {
      const key = JSON.stringify(settings);
      const found = points.get(key) ?? {
        label: comparedLabel(settings, comparison.load?.points.map((each) => each.settings) ?? []),
        curves: [{ name: base, point: before }],
      };
      found.curves.push({ name, point: after });
      points.set(key, found);
    }
  const drawn = [...points.values()].filter(({ curves }) => curves.some(({ point }) => point.latency.count > 0));
  if (drawn.length === 0) return [];
  const { overlaidCurves } = await import("./comparison-curves.ts");
  const charts = drawn
    .slice(0, MOST_CHARTS)
    .map(({ label, curves }) => html`<h3>${label}</h3>${overlaidCurves(`Latency by percentile, ${label}`, curves)}`);
  const rest = drawn.length - charts.length;
  return rest > 0 ? [...charts, html`<p class="muted">${rest} more points have no chart here.</p>`] : charts;
}
