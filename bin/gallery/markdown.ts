import { code, inline } from "../../src/report/markdown-text.ts";
import { type Published, reportFile } from "./published.ts";
import { type Cell, galleryTables, type Table } from "./tables.ts";

/** The text of `reports/runtimes/README.md`: the published results, and what each runtime earns and carries, made from the documents. */
export function galleryReadme(published: readonly Published[]): string {
  return `<!-- Generated from the documents beside it by \`npm run generate\`. Do not edit. -->

# Results of real runtimes

Each folder says how to repeat its run, and has its document and its report: a page that needs no network. \`index.html\` shows the tables below with links to the reports.

${galleryTables(published).map(tableText).join("\n")}
## Documents and reports

${published.map(fileText).join("\n")}
`;
}

function tableText({ title, head, rows, note }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  return `## ${title}

${line(head.map(cellText))}${line(head.map(() => "---"))}${rows.map((row) => line(row.map(cellText))).join("")}
${note}
`;
}

function cellText({ text, about, code: isCode }: Cell): string {
  const shown = isCode ? code(text) : inline(text);
  if (about === undefined) return shown;
  return "suite" in about
    ? `[${shown}](../../suites/${about.suite}/README.md)`
    : `[${shown}](${about.runtime}/README.md)`;
}

function fileText(each: Published): string {
  const document = `${each.runtime}/${each.version}.json`;
  return `* [${document}](${document}), [report](${reportFile(each)})`;
}
