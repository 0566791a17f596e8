/**
 * Processor time of the client for each request: the engine wire as a run uses it, and wrk, in turn, against a cheap server.
 * npx tsx --conditions=source bench/wire-http.ts [rounds] [seconds] [connections]
 * Needs cc, and wrk on the PATH.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ConcurrencyPlan, createEngine, type LoadEngineId, runLoad } from "../src/load/index.ts";
import type { ModelInfo } from "../src/target/index.ts";
import { workloads } from "../suites/v2-rest/workload.ts";

const here = fileURLToPath(import.meta.url);

interface Cost {
  readonly requests: number;
  readonly cpuUs: number;
  readonly perSecond: number;
}

const model: ModelInfo = {
  name: "m",
  versions: [],
  inputs: [{ name: "x", datatype: "FP32", shape: [-1, 4] }],
  outputs: [],
  fixture: false,
  foundBy: [],
};

/** One run of the engine, in a process of its own. */
async function runEngine(engineId: LoadEngineId, port: number, seconds: number, concurrency: number): Promise<Cost> {
  const [workload] = workloads as [(typeof workloads)[number]];
  const engine = await createEngine(engineId, { host: "127.0.0.1", port, prefix: "", headers: [] });
  const plan: ConcurrencyPlan = {
    mode: "concurrency",
    protocol: "v2-rest",
    encoding: "json",
    model: "m",
    batch: 1,
    engine: engineId,
    concurrency,
    durationMs: seconds * 1000,
    warmupMs: 1000,
    requestTimeoutMs: 5000,
    fullCheckEvery: 100,
    seed: 1,
  };
  const point = await runLoad(plan, { engine, workload, model });
  await engine.close();
  const { counts, client } = point;
  if (counts.ok !== counts.sent) throw new Error(JSON.stringify({ counts, errors: point.errors }));
  return { requests: counts.ok, cpuUs: client.cpuMs * 1000, perSecond: point.throughput.value };
}

function inProcess(engine: string, port: number, seconds: number, connections: number): Cost {
  const args = ["--conditions=source", "--import", "tsx", here, "engine", engine, port, seconds, connections].map(
    String,
  );
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Cost;
}

/** Its times come from the shell, which waits for it. */
function runWrk(port: number, seconds: number, connections: number, folder: string): Cost {
  const script = join(folder, "post.lua");
  const body =
    '{"id":"load-0000000000","inputs":[{"name":"x","datatype":"FP32","shape":[1,4],"data":[0.5,0.25,0.125,0.0625]}]}';
  writeFileSync(script, `wrk.method="POST"\nwrk.headers["content-type"]="application/json"\nwrk.body=[[${body}]]\n`);
  const url = `http://127.0.0.1:${port}/v2/models/m/infer`;
  const command = `TIMEFORMAT='%U %S'; time wrk -t1 -c${connections} -d${seconds}s --latency -s ${script} ${url}`;
  const text = execFileSync("bash", ["-c", `{ ${command}; } 2>&1`], { encoding: "utf8" });
  const [, user, system] = /^([\d.]+) ([\d.]+)$/m.exec(text) ?? [];
  const [, requests] = /(\d+) requests in/.exec(text) ?? [];
  return {
    requests: Number(requests),
    cpuUs: (Number(user) + Number(system)) * 1e6,
    perSecond: Number(requests) / seconds,
  };
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}

async function compare(rounds: number, seconds: number, connections: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const binary = join(folder, "http-echo");
  execFileSync("cc", ["-O2", "-o", binary, fileURLToPath(new URL("servers/http-echo.c", import.meta.url))]);
  const port = await freePort();
  const server = spawn(binary, [String(port)], { stdio: "inherit" });
  await new Promise((done) => setTimeout(done, 300));
  const costs = new Map<string, Cost[]>();
  try {
    for (let round = 0; round < rounds; round++) {
      const run: [string, Cost][] = [
        ["wire", inProcess("wire", port, seconds, connections)],
        ["wrk", runWrk(port, seconds, connections, folder)],
      ];
      for (const [name, cost] of run) costs.set(name, [...(costs.get(name) ?? []), cost]);
    }
  } finally {
    server.kill();
    rmSync(folder, { recursive: true });
  }
  const each = (name: string) => (costs.get(name) ?? []).map(({ cpuUs, requests }) => cpuUs / requests);
  for (const [name, list] of costs) {
    const perSecond = Math.round(median(list.map((cost) => cost.perSecond)));
    console.log(
      `${name}: ${each(name)
        .map((us) => us.toFixed(2))
        .join(", ")} µs per request, median ${median(each(name)).toFixed(2)}, ${perSecond}/s`,
    );
  }
  console.log(`wire ÷ wrk: ${(median(each("wire")) / median(each("wrk"))).toFixed(2)}`);
}

const [first, ...rest] = process.argv.slice(2);
if (first === "engine") {
  const [engine, port, seconds, connections] = rest as [LoadEngineId, string, string, string];
  console.log(JSON.stringify(await runEngine(engine, Number(port), Number(seconds), Number(connections))));
} else {
  const [rounds = 5, seconds = 4, connections = 32] = process.argv.slice(2).map(Number);
  await compare(rounds, seconds, connections);
}
