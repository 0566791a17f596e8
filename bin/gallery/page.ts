import { answers } from "../../src/report/answers/answers.ts";
import { type Html, html } from "../../src/report/html/html.ts";
import { wholePage } from "../../src/report/html/shell.ts";
import { type Published, reportFile, titleOf } from "./published.ts";
import { type Cell, galleryTables, type Table } from "./tables.ts";

/** The text of `reports/runtimes/index.html`: what each published report says first, and the tables made from all. */
export function galleryPage(published: readonly Published[]): string {
  return wholePage(
    "Results of real runtimes",
    html`<header class="page"><p class="eyebrow">infermark gallery</p><h1>Results of real runtimes</h1></header>
${published.map(resultHtml)}
${galleryTables(published).map(tableHtml)}`,
  );
}

function resultHtml(each: Published): Html {
  const { runtime, version, document } = each;
  const files = [
    ["report", reportFile(each)],
    ["document", `${runtime}/${version}.json`],
    ["how to repeat it", `${runtime}/README.md`],
  ] as const;
  return html`<section class="verdict" aria-label="${titleOf(each)}"><h2>${titleOf(each)}</h2>
<p class="muted">${document.run.startedAt.slice(0, 10)}: ${files.map(([title, file], index) => html`${index > 0 && ", "}<a href="${file}">${title}</a>`)}</p>
${answers(document).map(({ question, says, tone }) => html`<div class="answer ${tone}"><h3>${question}</h3><p class="says">${says}</p></div>`)}</section>
`;
}

function tableHtml({ title, head, rows, note }: Table): Html {
  return html`<h2>${title}</h2><p class="muted">${note}</p>
<div class="scroll" tabindex="0" role="group" aria-label="${title}"><table><thead><tr>${head.map((cell) => html`<th scope="col">${cellHtml(cell)}</th>`)}</tr></thead><tbody>
${rows.map(([first, ...cells]) => html`<tr><th scope="row">${first && cellHtml(first)}</th>${cells.map((cell) => html`<td>${cellHtml(cell)}</td>`)}</tr>\n`)}</tbody></table></div>
`;
}

function cellHtml({ text, about, tone, code }: Cell): Html {
  if (about !== undefined) {
    const href = "suite" in about ? `../../suites/${about.suite}/README.md` : reportFile(about);
    return html`<a href="${href}">${text}</a>`;
  }
  if (code) return html`<code>${text}</code>`;
  return tone === undefined ? html`${text}` : html`<span class="${tone} toned">${text}</span>`;
}
