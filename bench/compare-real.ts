/**
 * What `compare` finds between real runs: the reference runtime whose inferences take 20 ms against itself, and against one whose inferences
 * take 21 ms, each in a process of its own, one after the other. The goals: all slower ones found, no equal one blamed.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareDocuments } from "../src/result/compare/index.ts";
import { type ResultDocument } from "../src/result/index.ts";

const PAIRS = Number(process.argv[2] ?? 5);
const INFERMARK = join(import.meta.dirname, "../bin/infermark.js");
const folder = mkdtempSync(join(tmpdir(), "infermark-compare-"));

for (let pair = 1; pair <= PAIRS; pair++) {
  const [first, again, slower] = [
    await measured("20ms", `${pair}-a`),
    await measured("20ms", `${pair}-b`),
    await measured("21ms", `${pair}-c`),
  ];
  tell(`pair ${pair}, 20 ms and 20 ms`, first, again);
  tell(`pair ${pair}, 20 ms and 21 ms`, first, slower);
}

async function measured(latency: string, name: string): Promise<ResultDocument> {
  const server = spawn(
    process.execPath,
    [INFERMARK, "serve", "--rest-port", "0", "--grpc-port", "0", "--latency", latency],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    const url = await new Promise<string>((resolve) => {
      let said = "";
      server.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        const found = /http:\/\/\S+/.exec(said)?.[0];
        if (found !== undefined) resolve(found);
      });
    });
    const out = join(folder, name);
    const load = ["load", "--rest", url, "--protocol", "v2-rest", "--encoding", "json", "--concurrency", "8"];
    spawnSync(
      process.execPath,
      [INFERMARK, ...load, "--model", "identity_fp32", "--duration", "20s", "--auto-extend", "40s", "--out", out],
      {
        stdio: "ignore",
      },
    );
    return JSON.parse(readFileSync(join(out, "result.json"), "utf8")) as ResultDocument;
  } finally {
    server.kill();
  }
}

function tell(name: string, before: ResultDocument, after: ResultDocument): void {
  const { load, worse } = compareDocuments(before, after);
  const numbers = load?.points[0]?.numbers ?? [];
  const told = numbers.map(({ metric, change, verdict, reason }) => {
    const interval = [change?.low, change?.high].map((end) => end?.toFixed(4) ?? "").join("–");
    return `${metric} ${change?.value.toFixed(4) ?? "?"} (${interval}) ${verdict}${reason === undefined ? "" : ` (${reason.slice(0, 120)})`}`;
  });
  console.log(`${name}: ${worse.length > 0 ? "regressed" : "not regressed"}: ${told.join(", ")}`);
}
