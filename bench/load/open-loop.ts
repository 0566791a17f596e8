/**
 * How well infermark keeps a rate: what it achieved, how late it sent, and what it says of the measurement itself.
 * npx tsx --conditions=source bench/load/open-loop.ts [--rate 5000] [--seconds 10] [--rounds 3] [--max-in-flight 256] [--protocols http,grpc]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { QUESTIONS } from "./cells.ts";
import { machine, table } from "./markdown.ts";
import { measure } from "./measure.ts";
import { optionsOf } from "./options.ts";
import { infermark } from "./peers/index.ts";
import { compile, startServer } from "./servers.ts";
import type { Protocol } from "./task.ts";

/** What the client of `clients/infermark.ts` notes of an open loop. */
interface Note {
  readonly valid: boolean;
  readonly problems: readonly { readonly code: string; readonly evidence: string }[];
  readonly counts: Readonly<Record<string, number>>;
  readonly lateness: Readonly<Record<"p50Ns" | "p99Ns" | "maxNs", number>>;
}

const options = optionsOf(["rate", "seconds", "rounds", "max-in-flight", "protocols"]);
const rate = Number(options.rate ?? 5000);
const seconds = Number(options.seconds ?? 10);
const maxInFlight = Number(options["max-in-flight"] ?? 256);
const folder = mkdtempSync(join(tmpdir(), "infermark-bench-"));
const rusage = compile("rusage", folder);
const rows: string[][] = [];
console.log(
  `${machine()}; load average ${loadavg()
    .map((each) => each.toFixed(2))
    .join(" ")}`,
);
try {
  for (const protocol of (options.protocols ?? "http,grpc").split(",") as Protocol[]) {
    const server = await startServer(protocol, folder);
    for (let round = 0; round < Number(options.rounds ?? 3); round++) {
      const load = { kind: "open", rate, maxInFlight } as const;
      const task = { protocol, question: QUESTIONS.small, load, seconds, port: server.port };
      const measured = await measure(infermark, task, { folder, rusage });
      if (!measured) throw new Error("infermark has an open loop");
      const { perSecond = 0, note = "{}" } = measured.told;
      const { valid, problems, counts, lateness } = JSON.parse(note) as Note;
      const us = (ns: number) => Math.round(ns / 1e3).toString();
      rows.push([
        protocol,
        perSecond.toFixed(1),
        `${((perSecond / rate - 1) * 100).toFixed(3)} %`,
        us(lateness.p50Ns),
        us(lateness.p99Ns),
        us(lateness.maxNs),
        String(counts["notSent"]),
        valid ? "valid" : problems.map(({ code, evidence }) => `${code}: ${evidence}`).join("; "),
      ]);
    }
    server.close();
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`\n${rate}/s for ${seconds} s, at most ${maxInFlight} in flight`);
const late = ["p50", "p99", "max"].map((each) => `late ${each}, µs`);
console.log(table(["protocol", "achieved/s", "off", ...late, "not sent", "verdict"], rows));
