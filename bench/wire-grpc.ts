/**
 * Processor time of the client for each call: the engine wire as a run uses it, and h2load, in turn, on one connection to a cheap server.
 * npx tsx --conditions=source bench/wire-grpc.ts [rounds] [seconds] [in flight] [floats in the tensor]
 * Needs cc, and h2load on the PATH.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seededRandom } from "../src/base/random.ts";
import { type ConcurrencyPlan, runLoad } from "../src/load/index.ts";
import { wireEngine } from "../src/load/wire/wire.ts";
import type { ModelInfo } from "../src/target/index.ts";
import { workloads } from "../suites/v2-grpc/workload.ts";

const here = fileURLToPath(import.meta.url);
const SMALL_FLOATS = 4;
const MOST_ECHOED_FLOATS = 4000;
/** As many calls as a second brings at most; h2load counts calls, not seconds. */
const CALLS_PER_SECOND = 60_000;

interface Cost {
  readonly calls: number;
  readonly cpuUs: number;
  readonly perSecond: number;
}

interface Setting {
  readonly port: number;
  readonly seconds: number;
  readonly inFlight: number;
  readonly floats: number;
}

// The server answers with the call's own message, which reads as an answer when its tensors are in typed fields; a message of
// several frames it answers with an empty one, which is not looked at.
const typed = workloads.find(({ encoding }) => encoding === "typed") as (typeof workloads)[number];
const oneWay: typeof typed = {
  ...typed,
  encode: (options) => typed.encode(options).map(({ id: _id, idAt: _idAt, ...request }) => request),
  cheap: () => true,
  full: () => undefined,
};

function workloadFor(floats: number): typeof typed {
  return floats > MOST_ECHOED_FLOATS ? oneWay : typed;
}

function modelOf(floats: number): ModelInfo {
  const inputs = [{ name: "x", datatype: "FP32" as const, shape: [-1, floats] }];
  return { name: "m", versions: [], inputs, outputs: [], fixture: false, foundBy: [] };
}

/** One run of the engine, in a process of its own. */
async function runEngine({ port, seconds, inFlight, floats }: Setting): Promise<Cost> {
  const engine = wireEngine({ host: "127.0.0.1", port, prefix: "", headers: [] }, undefined, { connections: 1 });
  const workload = workloadFor(floats);
  const plan: ConcurrencyPlan = {
    mode: "concurrency",
    protocol: "v2-grpc",
    encoding: workload.encoding,
    model: "m",
    batch: 1,
    engine: "wire",
    concurrency: inFlight,
    durationMs: seconds * 1000,
    warmupMs: 1000,
    requestTimeoutMs: 5000,
    fullCheckEvery: 100,
    seed: 1,
  };
  const point = await runLoad(plan, { engine, workload, model: modelOf(floats) });
  await engine.close();
  const { counts, client } = point;
  if (counts.ok !== counts.sent) throw new Error(JSON.stringify({ counts, errors: point.errors }));
  return { calls: counts.ok, cpuUs: client.cpuMs * 1000, perSecond: point.throughput.value };
}

function inProcess(setting: Setting): Cost {
  const args = ["--conditions=source", "--import", "tsx", here, "engine", JSON.stringify(setting)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Cost;
}

/** Its times come from the shell, which waits for it. */
function runH2load({ port, seconds, inFlight, floats }: Setting, folder: string): Cost {
  const [request] = typed.encode({ model: modelOf(floats), batch: 1, random: seededRandom(1, "load"), count: 1 });
  const { body, path } = request as NonNullable<typeof request>;
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(body.length, 1);
  const file = join(folder, "message");
  writeFileSync(file, Buffer.concat([prefix, body]));
  const calls = Math.ceil((seconds * CALLS_PER_SECOND) / Math.max(1, body.length / 4096));
  const command = `TIMEFORMAT='%U %S'; time h2load -n ${calls} -c 1 -m ${inFlight} -w 30 -W 30 -d ${file} -H 'content-type: application/grpc' -H 'te: trailers' http://127.0.0.1:${port}${path}`;
  const text = execFileSync("bash", ["-c", `{ ${command}; } 2>&1`], { encoding: "utf8" });
  const [, user, system] = /^([\d.]+) ([\d.]+)$/m.exec(text) ?? [];
  const [, perSecond] = /([\d.]+) req\/s/.exec(text) ?? [];
  if (!text.includes(` ${calls} succeeded`)) throw new Error(text);
  return { calls, cpuUs: (Number(user) + Number(system)) * 1e6, perSecond: Number(perSecond) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}

async function compare(rounds: number, setting: Omit<Setting, "port">): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const binary = join(folder, "grpc-echo");
  execFileSync("cc", ["-O2", "-o", binary, fileURLToPath(new URL("servers/grpc-echo.c", import.meta.url))]);
  // Messages of one frame are echoed; of large ones only what is sent is compared.
  const server = spawn(binary, ["0"], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(server.stdout, "data")) as [Buffer];
  const costs: Record<"wire" | "h2load", Cost[]> = { wire: [], h2load: [] };
  try {
    for (let round = 0; round < rounds; round++) {
      costs.wire.push(inProcess({ ...setting, port: Number(line) }));
      costs.h2load.push(runH2load({ ...setting, port: Number(line) }, folder));
    }
  } finally {
    server.kill();
    rmSync(folder, { recursive: true });
  }
  const each = (name: keyof typeof costs) => costs[name].map(({ cpuUs, calls }) => cpuUs / calls);
  for (const name of ["wire", "h2load"] as const) {
    const perSecond = Math.round(median(costs[name].map((cost) => cost.perSecond)));
    const list = each(name).map((us) => us.toFixed(2));
    console.log(`${name}: ${list.join(", ")} µs per call, median ${median(each(name)).toFixed(2)}, ${perSecond}/s`);
  }
  console.log(`wire ÷ h2load: ${(median(each("wire")) / median(each("h2load"))).toFixed(2)}`);
}

const [first, setting] = process.argv.slice(2);
if (first === "engine") console.log(JSON.stringify(await runEngine(JSON.parse(setting as string) as Setting)));
else {
  const [rounds = 5, seconds = 4, inFlight = 32, floats = SMALL_FLOATS] = process.argv.slice(2).map(Number);
  await compare(rounds, { seconds, inFlight, floats });
}
