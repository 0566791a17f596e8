import type { LoadPoint } from "../../../result/index.ts";
import { shortLabel } from "../../load-label.ts";
import { FAILURES } from "../../load-rows.ts";
import { type Html, html } from "../html.ts";

const MOST_CARDS = 2;

/** Why the points of a run are valid or not: a card for each that is not or had failures, and a folded table of the others. */
export function evidenceHtml(points: readonly LoadPoint[], thorough: boolean): Html {
  const clean = points.filter((point) => point.validity.valid && failedKinds(point).length === 0);
  const others = points.filter((point) => !clean.includes(point));
  const cards = others.map((point) => cardHtml(point, points));
  const more = cards.slice(MOST_CARDS);
  return html`${cards.slice(0, MOST_CARDS)}${more.length > 0 && html`<details><summary>${more.length} more ${more.length === 1 ? "measurement" : "measurements"} with failures or doubts</summary>${more}</details>`}${clean.length > 0 && tableHtml(clean, points, thorough ? clean.length : MOST_CARDS)}`;
}

function failedKinds({ counts }: LoadPoint): readonly (typeof FAILURES)[number][] {
  return FAILURES.filter((kind) => (counts[kind] ?? 0) > 0);
}

function cardHtml(point: LoadPoint, points: readonly LoadPoint[]): Html {
  const { validity, counts, errors } = point;
  const facts = [
    ...validity.evidence.map(({ key, value }) => [key, value] as const),
    ...failedKinds(point).map(
      (kind) => [words(kind), `${counts[kind]} ${counts[kind] === 1 ? "request" : "requests"}`] as const,
    ),
  ];
  return html`<article class="check ${validity.valid ? "warn" : "fail"}"><header><h4>${validity.valid ? "Requests failed" : "The measurement is invalid"}: ${shortLabel(point, points)}</h4></header>
<ul class="noticed">${validity.problems.map(({ code, evidence }) => html`<li><b>${code}</b>: ${evidence}</li>`)}${errors.map(({ outcome, message }) => html`<li><b>${words(outcome)}</b>: ${message}</li>`)}</ul>
<dl class="records">${facts.map(([key, value]) => html`<div><dt>${key}</dt><dd>${value}</dd></div>`)}</dl></article>`;
}

function tableHtml(points: readonly LoadPoint[], all: readonly LoadPoint[], most: number): Html {
  const keys = [...new Set(points.flatMap(({ validity }) => validity.evidence.map(({ key }) => key)))];
  if (keys.length === 0) return html``;
  const cell = ({ validity }: LoadPoint, wanted: string) =>
    html`<td>${validity.evidence.find(({ key }) => key === wanted)?.value ?? "—"}</td>`;
  return html`<details><summary>Why ${points.length === 1 ? "this measurement is" : `these ${points.length} measurements are`} valid</summary><div class="scroll" tabindex="0" role="group" aria-label="Evidence of validity"><table class="load"><thead><tr><th scope="col">Point</th>${keys.map((key) => html`<th scope="col">${key}</th>`)}</tr></thead><tbody>
${points.slice(0, most).map((point) => html`<tr><th scope="row">${shortLabel(point, all)}</th>${keys.map((key) => cell(point, key))}</tr>\n`)}</tbody></table></div>${points.length > most && html`<p class="muted">What shows it for ${points.length - most} more is in the document.</p>`}</details>`;
}

function words(camel: string): string {
  return camel.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
