import { cpus, release, totalmem } from "node:os";
import { type Loss, losses, type Row } from "./rows.ts";

/** What was measured, and with what. */
export interface Results {
  readonly rows: readonly Row[];
  readonly versions: readonly { readonly name: string; readonly version: string }[];
  readonly absent: readonly string[];
  readonly failed: readonly { readonly cell: string; readonly peer: string; readonly message: string }[];
  readonly rounds: number;
  readonly seconds: number;
  readonly date: string;
  readonly folder: string;
}

const HEAD = [
  "client",
  "CPU µs/request",
  "least–greatest",
  "÷ infermark",
  "requests/s",
  "RSS MB",
  "÷ infermark",
  "p50 µs",
  "p99 µs",
  "errors",
];

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}

/** The rows of one cell as a table. */
export function cellTable(rows: readonly Row[]): string {
  const own = rows.find(({ peer }) => peer === "infermark");
  const us = (ns: number | undefined) => (ns === undefined ? "–" : amount(ns / 1e3));
  const ratio = (value: number, of: number | undefined) => (of === undefined ? "–" : (value / of).toFixed(2));
  const lines = rows
    .toSorted((a, b) => a.cpuUs - b.cpuUs)
    .map((row) => [
      row.peer,
      amount(row.cpuUs),
      row.cpuRangeUs.map(amount).join("–"),
      ratio(row.cpuUs, own?.cpuUs),
      Math.round(row.perSecond).toString(),
      megabytes(row.rssBytes),
      ratio(row.rssBytes, own?.rssBytes),
      us(row.p50Ns),
      us(row.p99Ns),
      row.errors.toString(),
    ]);
  return table(HEAD, lines);
}

export function markdown({ rows, versions, absent, failed, rounds, seconds, date, folder }: Results): string {
  const cells = [...new Set(rows.map(({ cell }) => cell.id))];
  const of = (id: string) => rows.filter(({ cell }) => cell.id === id);
  // Those of other cells differ in how many are in flight.
  const told = cells.filter((id, index) => cells.findIndex((each) => kindOf(each) === kindOf(id)) === index);
  const commands = told.flatMap((id) =>
    of(id).map(({ peer, command }) => `* ${id}, ${peer}: \`${readable(command, folder)}\``),
  );
  const lost = cells.flatMap((id) => losses(of(id)));
  const parts = [
    "# Load clients side by side",
    `Written by \`npm run bench:load -- --markdown\` on ${date}: ${rounds} rounds of ${seconds} s, every client in turn in each round, medians. ${machine()}. How it is measured stands in [README.md](README.md).`,
    "## Versions",
    table(
      ["client", "version"],
      versions.map(({ name, version }) => [name, version]),
    ),
    ...(absent.length > 0 ? [`Not installed, so not compared: ${absent.join(", ")}.`] : []),
    ...cells.flatMap((id) => [`## ${id}`, cellTable(of(id))]),
    "## Where infermark loses",
    lost.length === 0 ? "Nowhere in these rows." : lost.map(lossLine).join("\n"),
    ...(failed.length > 0
      ? ["## Runs that failed", failed.map((each) => `* ${each.cell}, ${each.peer}: ${each.message}`).join("\n")]
      : []),
    "## Commands",
    commands.join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Protocol and size of a cell's id. */
function kindOf(cell: string): string {
  return cell.replace(/-\d+$/, "");
}

function lossLine({ row, what, own, ratio }: Loss): string {
  const [theirs, ours] = {
    "processor time": [`${amount(row.cpuUs)} µs/request`, `${amount(own)} µs/request`],
    throughput: [`${Math.round(row.perSecond)}/s`, `${Math.round(own)}/s`],
    memory: [`${megabytes(row.rssBytes)} MB`, `${megabytes(own)} MB`],
  }[what] as [string, string];
  return `* ${row.cell.id}, ${what}: ${row.peer} ${theirs}, infermark ${ours} (${ratio.toFixed(2)} ×)`;
}

/** The machine in a sentence without its end. */
export function machine(): string {
  const list = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${list.length} cores of ${list[0]?.model.trim() ?? "an unknown processor"}, ${memory} GiB, Linux ${release()}, Node ${process.version}`;
}

/** Of a command what another machine would have too. */
export function readable(command: readonly string[], folder: string): string {
  const bench = new URL("../../", import.meta.url).pathname;
  const text = command.map((each) => (/[\s"{]/.test(each) ? `'${each}'` : each)).join(" ");
  return text.replaceAll(`${folder}/`, "").replaceAll(bench, "").replaceAll(process.execPath, "node");
}

/** Three digits or so. */
export function amount(value: number): string {
  if (value >= 99.95) return Math.round(value).toString();
  return value.toFixed(value >= 9.995 ? 1 : 2);
}

function megabytes(bytes: number): string {
  return Math.round(bytes / 1e6).toString();
}
