/**
 * What each client tells of latencies, against what is known of them, in turn: first under laws of the reference runtime, against the durations that it
 * measured itself; then at an even rate against a server that stalls for a tenth of each period, where response times follow in closed form.
 * npx tsx --conditions=source bench/load/percentiles.ts [--peers wrk,…] [--protocols http,grpc] [--laws 5ms,exponential:10ms] [--in-flight 16] [--seconds 5] [--rounds 3]
 *   [--rate 1000] [--max-in-flight 1200] [--period 10] [--periods 2] [--parts laws,stall] [--markdown FILE]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QUESTIONS } from "./cells.ts";
import { amount, machine, table } from "./markdown.ts";
import { type Measured, measure } from "./measure.ts";
import { installed, median, optionsOf, peersNamed } from "./options.ts";
import type { Peer } from "./peer.ts";
import { h2load } from "./peers/h2load.ts";
import { PEERS } from "./peers/index.ts";
import { startTrueServer } from "./reference.ts";
import { type CheapServer, compile, startServer } from "./servers.ts";
import type { Load, Protocol } from "./task.ts";

const PERCENTILES = [50, 90, 95, 99] as const;
const STALL_SHARE = 0.1;
/** Where in a period a run begins, so that the stall at its end falls within the run however long a client takes to start. */
const BEGIN_SHARE = 0.3;

const options = optionsOf([
  "peers",
  "protocols",
  "laws",
  "in-flight",
  "seconds",
  "rounds",
  "rate",
  "max-in-flight",
  "period",
  "periods",
  "parts",
  "markdown",
]);
const numberOf = (name: keyof typeof options, or: number) => Number(options[name] ?? or);
const protocols = (options.protocols ?? "http,grpc").split(",") as Protocol[];
const laws = (options.laws ?? "5ms,exponential:10ms,bimodal:5ms:50ms:0.2").split(",");
const parts = (options.parts ?? "laws,stall").split(",");
const rounds = numberOf("rounds", 3);
const known = PEERS.map((peer) => (peer.name === "h2load" ? h2load(true) : peer));
const { present, absent } = installed(peersNamed(options.peers, known));
const folder = mkdtempSync(join(tmpdir(), "infermark-bench-"));
const rusage = compile("rusage", folder);
const output: string[] = [];

function say(text: string): void {
  console.log(`\n${text}`);
  output.push(text);
}

async function tried(peer: Peer, run: () => Promise<Measured | undefined>): Promise<Measured | undefined> {
  try {
    return await run();
  } catch (thrown) {
    console.error(`${peer.name}: ${thrown instanceof Error ? thrown.message : thrown}`);
    process.exitCode = 1;
    return undefined;
  }
}

/** Told and true times of one percentile in one run, in nanoseconds. */
interface Reading {
  readonly percentile: number;
  readonly toldNs: number;
  readonly trueNs: number;
}

/** Median over the rounds of the difference, with the sign of most. */
function errorText(readings: readonly Reading[], percentile: number): string {
  const list = readings.filter((each) => each.percentile === percentile);
  if (list.length === 0) return "–";
  const off = median(list.map(({ toldNs, trueNs }) => toldNs - trueNs));
  const share = median(list.map(({ toldNs, trueNs }) => (toldNs - trueNs) / trueNs));
  const sign = off < 0 ? "−" : "+";
  return `${sign}${amount(Math.abs(off) / 1e3)} (${sign}${(Math.abs(share) * 100).toFixed(1)} %)`;
}

function errorTable(readings: ReadonlyMap<Peer, readonly Reading[]>): string {
  const rows = [...readings].map(([peer, list]) => {
    const worst = Math.max(...list.map(({ toldNs, trueNs }) => Math.abs(toldNs - trueNs) / trueNs));
    const each = PERCENTILES.map((percentile) => errorText(list, percentile));
    return [peer.name, ...each, list.length === 0 ? "–" : `${(worst * 100).toFixed(1)} %`];
  });
  return table(["client", ...PERCENTILES.map((each) => `p${each} off, µs`), "worst of all rounds"], rows);
}

async function underLaws(): Promise<void> {
  const server = await startTrueServer();
  const load: Load = { kind: "closed", inFlight: numberOf("in-flight", 16) };
  const seconds = numberOf("seconds", 5);
  const runOne = async (peer: Peer, protocol: Protocol, law: string): Promise<readonly Reading[]> => {
    await server.process.setLaw(law);
    const task = { protocol, question: server.question, load, seconds, port: server.ports[protocol] };
    const measured = await tried(peer, () => measure(peer, task, { folder, rusage }));
    const truth = await server.process.truth();
    const readings = PERCENTILES.flatMap((percentile): Reading[] => {
      const toldNs = measured?.told.percentiles.get(percentile);
      return toldNs === undefined ? [] : [{ percentile, toldNs, trueNs: truth.percentile(percentile) }];
    });
    truth.destroy();
    return readings;
  };
  try {
    for (const protocol of protocols) {
      const peers = present.map(({ peer }) => peer).filter((peer) => peer.protocols.includes(protocol));
      for (const law of laws) {
        const readings = new Map<Peer, readonly Reading[]>(peers.map((peer) => [peer, []]));
        for (let round = 0; round < rounds; round++)
          for (const peer of peers)
            readings.set(peer, [...(readings.get(peer) ?? []), ...(await runOne(peer, protocol, law))]);
        say(`### ${protocol}, ${law}, ${load.inFlight} in flight, ${rounds} rounds of ${seconds} s`);
        say(errorTable(readings));
      }
    }
  } finally {
    server.process.close();
  }
}

/** The response time that a share of even arrivals do not exceed: those within the stall wait for its end, the others do not wait. */
function stallQuantileNs(share: number, periodMs: number): number {
  return Math.max(0, share - (1 - STALL_SHARE)) * periodMs * 1e6;
}

async function beginOf(server: CheapServer, periodMs: number): Promise<void> {
  const phase = (performance.now() - server.begunMs) % periodMs;
  await new Promise((resolve) => setTimeout(resolve, (periodMs * (1 + BEGIN_SHARE) - phase) % periodMs));
}

async function underStall(): Promise<void> {
  const periodMs = numberOf("period", 10) * 1000;
  const seconds = (periodMs / 1000) * numberOf("periods", 2);
  const stall = { periodMs, stallMs: periodMs * STALL_SHARE };
  const open: Load = { kind: "open", rate: numberOf("rate", 1000), maxInFlight: numberOf("max-in-flight", 1200) };
  const closed: Load = { kind: "closed", inFlight: numberOf("in-flight", 16) };
  const shown = [50, 95, 99, 99.9];
  for (const protocol of protocols) {
    const server = await startServer(protocol, folder, stall);
    const rows: string[][] = [];
    try {
      for (const { peer } of present.filter(({ peer }) => peer.protocols.includes(protocol))) {
        for (const load of [open, closed]) {
          await beginOf(server, periodMs);
          const task = { protocol, question: QUESTIONS.small, load, seconds, port: server.port };
          const measured = await tried(peer, () => measure(peer, task, { folder, rusage, server }));
          if (!measured) continue;
          rows.push(stallRow(peer, load, measured, shown, periodMs));
          // A client that has an open loop is not asked for a closed one.
          break;
        }
      }
    } finally {
      server.close();
    }
    const expected = shown.map((each) => ms(stallQuantileNs(each / 100, periodMs)));
    const head = ["client", "loop", ...shown.map((each) => `p${each} ms (off)`), "requests/s", "errors"];
    say(`### ${protocol}, ${open.rate}/s, a stall of ${stall.stallMs} ms in each ${periodMs} ms, ${seconds} s`);
    say(table(head, [["closed form", "open", ...expected, String(open.rate), "–"], ...rows]));
  }
}

function stallRow(peer: Peer, load: Load, { told }: Measured, shown: readonly number[], periodMs: number): string[] {
  const cells = shown.map((percentile) => {
    const ns = told.percentiles.get(percentile);
    if (ns === undefined) return "–";
    const expected = stallQuantileNs(percentile / 100, periodMs);
    return expected === 0 ? ms(ns) : `${ms(ns)} (${(((ns - expected) / expected) * 100).toFixed(1)} %)`;
  });
  const loop = load.kind === "open" ? "open" : `closed, ${load.inFlight}`;
  return [peer.name, loop, ...cells, amount(told.perSecond ?? 0), String(told.errors)];
}

function ms(ns: number): string {
  return (ns / 1e6).toFixed(ns < 1e8 ? 2 : 0);
}

try {
  say("# Percentiles side by side");
  say(`${machine()}. ${present.map(({ peer, version }) => `${peer.name} ${version}`).join(", ")}.`);
  if (absent.length > 0) say(`Not installed: ${absent.join(", ")}.`);
  if (parts.includes("laws")) await underLaws();
  if (parts.includes("stall")) await underStall();
} finally {
  rmSync(folder, { recursive: true });
}
if (options.markdown !== undefined) writeFileSync(options.markdown, `${output.join("\n\n")}\n`);
