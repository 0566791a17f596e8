import type { Fuzz, FuzzFinding } from "../../result/index.ts";
import { shrinkText } from "../fuzz-texts.ts";
import { anchorOf, type Detail } from "./check.ts";
import { exchangeHtml } from "./exchange.ts";
import { type Html, html } from "./html.ts";

/** The fuzz phase: what was sent to each suite and what came back, and a card for each fault. */
export function fuzzHtml(fuzz: Fuzz, known: ReadonlySet<string>, detail: Detail): Html {
  const { seed, suites, findings, dangerous } = fuzz;
  return html`<section class="suite" id="fuzz"><h2>Fuzzing</h2>
<p class="muted">Valid requests with seeded changes (seed ${seed}${dangerous && ", dangerous ones among them"}), judged only by what every server owes: an error or a right answer, and that it goes on serving.</p>
<div class="scroll" tabindex="0" role="group" aria-label="Fuzzing by suite"><table><thead><tr><th scope="col">Suite</th>${["Sent", "Succeeded", "Refused", "Server errors", "Other", "Faults"].map((name) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead><tbody>
${suites.map((suite) => {
  const own = findings.filter((finding) => finding.suite === suite.id).length;
  const numbers = [suite.sent, suite.succeeded, suite.refused, suite.serverErrors, suite.other, own];
  return html`<tr><td><code>${suite.id}</code>${suite.endedEarly !== undefined && html`<br><span class="muted">ended early: ${suite.endedEarly}</span>`}</td>${numbers.map((number) => html`<td class="number">${number}</td>`)}</tr>`;
})}</tbody></table></div>
${findings.map((finding) => findingCard(finding, known.has(finding.id), detail))}</section>`;
}

function findingCard(finding: FuzzFinding, known: boolean, { bodyBytes, commandLength, documentFile }: Detail): Html {
  const { id, says, source, actual, changes, exchange, followUp, repro } = finding;
  const full = repro.curl ?? repro.grpcurl ?? repro.replay ?? "";
  const command = full.length <= commandLength ? full : `infermark replay ${documentFile} ${id}`;
  return html`<article class="check fail" id="${anchorOf(id)}">
<header><span class="badge ${known ? "warn" : "fail"}">${known ? "known" : "found"}</span><h3>${says}</h3><code class="id">${id}</code></header>
<blockquote><footer>${source.document}, ${source.section}</footer></blockquote>
<dl class="findings"><div><dt>Actual</dt><dd>${actual}</dd></div><div><dt>Request</dt><dd>${changes.length === 0 ? "valid" : changes.map((change, index) => html`${index > 0 && html`<br>`}${change}`)}</dd></div><div><dt>Shrunk</dt><dd>${shrinkText(finding)}</dd></div></dl>
<div class="repro"><span class="label">Repeat the request</span><pre tabindex="0">${command}</pre></div>
${exchangeHtml(exchange, bodyBytes, true)}${followUp && html`<p class="muted">The good request after it:</p>${exchangeHtml(followUp, bodyBytes, false)}`}
</article>`;
}
