/**
 * infermark and every other client that is installed, in turn, against one cheap server: processor time of the client for each request, throughput, memory.
 * npm run bench:load -- [--cells small-32,…] [--peers wrk,…] [--seconds 3] [--rounds 5] [--markdown FILE]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cell, cellsNamed, QUESTIONS } from "./cells.ts";
import { cellTable, markdown } from "./markdown.ts";
import { type Bench, type Measured, measure } from "./measure.ts";
import { installed, optionsOf, peersNamed } from "./options.ts";
import type { Peer } from "./peer.ts";
import { type Row, rowOf } from "./rows.ts";
import { compile, startServer } from "./servers.ts";
import type { Protocol } from "./task.ts";

const options = optionsOf(["cells", "peers", "seconds", "rounds", "markdown"]);
const cells = cellsOf(options.cells);
const seconds = Number(options.seconds ?? 3);
const rounds = Number(options.rounds ?? 5);
const { present, absent } = installed(peersNamed(options.peers));
const failed: { cell: string; peer: string; message: string }[] = [];

function cellsOf(list: string | undefined): readonly Cell[] {
  try {
    return cellsNamed(list);
  } catch (thrown) {
    console.error(thrown instanceof Error ? thrown.message : thrown);
    process.exit(2);
  }
}

async function measureCell(cell: Cell, bench: Bench & { readonly port: number }): Promise<readonly Row[]> {
  const load = { kind: "closed", inFlight: cell.inFlight } as const;
  const task = { protocol: cell.protocol, question: QUESTIONS[cell.size], load, seconds, port: bench.port };
  const peers = present.map(({ peer }) => peer).filter(({ protocols }) => protocols.includes(cell.protocol));
  const runs = new Map<Peer, Measured[]>(peers.map((peer) => [peer, []]));
  for (let round = 0; round < rounds; round++) {
    // Each round begins with another one, so that none always follows the same.
    const first = round % peers.length;
    for (const peer of [...peers.slice(first), ...peers.slice(0, first)]) {
      try {
        const measured = await measure(peer, task, bench);
        if (measured) runs.get(peer)?.push(measured);
      } catch (thrown) {
        const message = thrown instanceof Error ? thrown.message : String(thrown);
        failed.push({ cell: cell.id, peer: peer.name, message: message.slice(0, 300).replaceAll(/\s+/g, " ") });
        console.error(`${cell.id}, ${peer.name}: ${message}`);
      }
    }
  }
  return [...runs].flatMap(([peer, list]) => (list.length === 0 ? [] : [rowOf(cell, peer.name, list, seconds)]));
}

const folder = mkdtempSync(join(tmpdir(), "infermark-bench-"));
const rusage = compile("rusage", folder);
const servers = { http: await startServer("http", folder), grpc: await startServer("grpc", folder) };
const benchFor = (protocol: Protocol) => ({ folder, rusage, server: servers[protocol], port: servers[protocol].port });
const rows: Row[] = [];
try {
  console.log(present.map(({ peer, version }) => `${peer.name} ${version}`).join(", "));
  if (absent.length > 0) console.log(`not installed: ${absent.join(", ")}`);
  for (const cell of cells) {
    const measured = await measureCell(cell, benchFor(cell.protocol));
    rows.push(...measured);
    console.log(`\n${cell.id}\n${cellTable(measured)}`);
    for (const { peer, counted } of measured)
      if (counted !== undefined && Math.abs(counted - 1) > 0.01)
        console.log(`${peer} counts ${counted.toFixed(3)} requests for each that the server answered`);
  }
} finally {
  for (const server of Object.values(servers)) server.close();
  rmSync(folder, { recursive: true });
}
const versions = present.map(({ peer, version }) => ({ name: peer.name, version }));
const date = new Date().toISOString().slice(0, 10);
if (options.markdown !== undefined)
  writeFileSync(options.markdown, markdown({ rows, versions, absent, failed, rounds, seconds, date, folder }));
process.exitCode = failed.length > 0 ? 1 : 0;
