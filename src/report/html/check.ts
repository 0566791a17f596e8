import type { Check, Exchange, Repro } from "../../result/index.ts";
import { rerunLabel } from "../labels.ts";
import { outcomeBadge } from "./badge.ts";
import { exchangeHtml } from "./exchange.ts";
import { type Html, html } from "./html.ts";

/** How much of the evidence a page shows; lowered until the page is small enough. */
export interface Detail {
  /** Characters of each body; of binary ones a quarter as many bytes. */
  readonly bodyBytes: number;
  /** Exchanges of each check, the decisive one among them. */
  readonly exchanges: number;
  /** Whether each clause is named, and each valid measurement says why it is; else only what needs a reader's attention. */
  readonly thorough: boolean;
  /** A longer command is replaced by one that replays the recording. */
  readonly commandLength: number;
  /** File name of the document, for commands that replay from it. */
  readonly documentFile: string;
}

/** A check that did not simply pass: the clause, what was expected and seen, the exchanges and how to repeat the request. */
export function checkCard(check: Check, detail: Detail): Html {
  const { clause, exchangeCount } = check;
  const exchanges = shownExchanges(check, detail.exchanges);
  return html`<article class="check ${check.outcome}" id="${anchorOf(check.id)}">
<header>${outcomeBadge(check.outcome)}<h3>${check.title}</h3><code class="id">${check.id}</code></header>
<blockquote><p>${clause.says}</p>
<footer><b class="level">${clause.level}</b> <code>${clause.id}</code> · ${sourceHtml(clause.source.document, clause.source.section)}${clause.treatment !== undefined && html`<br><span class="muted">${clause.treatment}</span>`}</footer></blockquote>
${findings(check)}${check.records.length > 0 && recordsHtml(check)}${check.repro && reproHtml(check, check.repro, detail)}
${exchanges.map((exchange) => exchangeHtml(exchange, detail.bodyBytes, exchange === check.exchanges?.[check.decisive ?? -1]))}${exchangeCount > exchanges.length && html`<p class="muted">${transcriptText(exchangeCount - exchanges.length, exchanges.length > 0)}</p>`}
</article>`;
}

function transcriptText(count: number, more: boolean): string {
  return `${count}${more ? " more" : ""} ${count === 1 ? "exchange is" : "exchanges are"} in the transcript.`;
}

function shownExchanges({ exchanges = [], decisive }: Check, most: number): readonly Exchange[] {
  if (most === 0) return [];
  const first = exchanges.filter((_, index) => index < most || index === decisive);
  return first.length > most ? first.filter((_, index) => index !== most - 1) : first;
}

/** The fragment by which a page links to a check. */
export function anchorOf(id: string): string {
  return `check-${id.replaceAll(/[^\w-]/g, "-")}`;
}

function findings(check: Check): Html {
  if (check.outcome === "fail") {
    const again = rerunLabel(check);
    return html`<dl class="findings"><div><dt>Expected</dt><dd>${check.expected}</dd></div><div><dt>Actual</dt><dd>${check.actual}</dd></div>${check.at !== undefined && html`<div><dt>At</dt><dd><code>${check.at}</code></dd></div>`}${again !== undefined && html`<div><dt>Again</dt><dd>${again}</dd></div>`}</dl>`;
  }
  const noticed = check.warnings ?? [check.reason ?? check.message ?? ""];
  return html`<ul class="noticed">${noticed.map((text) => html`<li>${text}</li>`)}</ul>`;
}

function recordsHtml({ records }: Check): Html {
  return html`<dl class="records">${records.map(({ key, value }) => html`<div><dt>${key}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function reproHtml(check: Check, repro: Repro, { commandLength, documentFile }: Detail): Html {
  const full = repro.curl ?? repro.grpcurl ?? repro.replay ?? "";
  const command = full.length <= commandLength ? full : `infermark replay ${documentFile} ${check.id}`;
  return html`<div class="repro"><span class="label">Repeat the request</span><pre tabindex="0">${command}</pre></div>`;
}

// Only a document that is itself a web address becomes a link.
function sourceHtml(document: string, section: string): Html {
  if (!/^https?:\/\/[\w.-]+(?:[/?#][^\s"'<>]*)?$/.test(document)) return html`${document}, ${section}`;
  return html`<a href="${document}" rel="noreferrer">${document.replace(/^https?:\/\//, "")}</a>, ${section}`;
}
