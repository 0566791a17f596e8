/**
 * What checking answers costs: infermark as it is by default and with answers that nothing looks at, in turn; and the memory of a long run.
 * npx tsx --conditions=source bench/load/answer-checks.ts [--seconds 4] [--rounds 7] [--in-flight 32] [--protocols http,grpc] [--requests 1000000,10000000]
 * `--requests 0` leaves the memory out.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QUESTIONS } from "./cells.ts";
import type { InfermarkTask } from "./clients/infermark-task.ts";
import { machine } from "./markdown.ts";
import { type Bench, measure } from "./measure.ts";
import { median, optionsOf } from "./options.ts";
import { infermark } from "./peers/index.ts";
import { compile, startServer } from "./servers.ts";
import type { Protocol } from "./task.ts";

const LONGEST_S = 3600;

const options = optionsOf(["seconds", "rounds", "in-flight", "protocols", "requests"]);
const load = { kind: "closed", inFlight: Number(options["in-flight"] ?? 32) } as const;
const seconds = Number(options.seconds ?? 4);
const rounds = Number(options.rounds ?? 7);
const sizes = (options.requests ?? "1000000,10000000")
  .split(",")
  .map(Number)
  .filter((each) => each > 0);
const folder = mkdtempSync(join(tmpdir(), "infermark-bench-"));
const rusage = compile("rusage", folder);

async function runOnce(
  task: InfermarkTask,
  bench: Bench,
): Promise<{ readonly us: number; readonly rssBytes: number; readonly requests: number }> {
  const measured = await measure(infermark, task, bench);
  if (!measured || measured.told.errors > 0) throw new Error(`not every answer was right: ${measured?.told.note}`);
  const { rssBytes } = JSON.parse(measured.told.note ?? "{}") as { rssBytes: number };
  return { us: measured.cpuUs / measured.requests, rssBytes, requests: measured.requests };
}

async function compareChecks(task: InfermarkTask, bench: Bench): Promise<void> {
  const [checked, unchecked]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    checked.push((await runOnce(task, bench)).us);
    unchecked.push((await runOnce({ ...task, unchecked: true }, bench)).us);
  }
  const list = (values: readonly number[]) => values.map((each) => each.toFixed(2)).join(", ");
  console.log(`${task.protocol}: checked ${list(checked)} µs/request; not looked at ${list(unchecked)}`);
  const pairs = checked.map((each, index) => each / (unchecked[index] as number));
  const ratio = median(checked) / median(unchecked);
  const percent = (value: number) => `${((value - 1) * 100).toFixed(1)} %`;
  console.log(
    `${task.protocol}: ${percent(ratio)} more by medians, ${percent(median(pairs))} by the median of the pairs`,
  );
}

async function compareMemory(task: InfermarkTask, bench: Bench): Promise<void> {
  const ends: number[] = [];
  for (const mostRequests of sizes) {
    const { rssBytes, requests } = await runOnce({ ...task, seconds: LONGEST_S, mostRequests }, bench);
    ends.push(rssBytes);
    console.log(`${task.protocol}: ${(rssBytes / 1e6).toFixed(1)} MB resident after ${requests} requests`);
  }
  const grown = ((ends.at(-1) ?? 0) - (ends[0] ?? 0)) / 1e6;
  if (ends.length > 1) console.log(`${task.protocol}: ${grown.toFixed(1)} MB more`);
}

console.log(machine());
try {
  for (const protocol of (options.protocols ?? "http,grpc").split(",") as Protocol[]) {
    const server = await startServer(protocol, folder);
    const task = { protocol, question: QUESTIONS.small, load, seconds, port: server.port };
    const bench = { folder, rusage };
    try {
      await compareChecks(task, bench);
      await compareMemory(task, bench);
    } finally {
      server.close();
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
