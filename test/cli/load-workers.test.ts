import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startReference } from "../../src/cli/commands/serve.ts";
import { parseWorkers } from "../../src/cli/load-workers.ts";
import type { RunningReference } from "../../src/reference/index.ts";
import type { ResultDocument } from "../../src/result/index.ts";
import { runCli, scratchFolder, startCli } from "./run-cli.ts";

let running: RunningReference;
beforeAll(async () => {
  running = await startReference({ restPort: 0, grpcPort: 0, faults: [], maxBodyBytes: 1e6 });
});
afterAll(() => running.close());

const documentIn = (cwd: string) =>
  JSON.parse(readFileSync(join(cwd, "infermark-report", "result.json"), "utf8")) as ResultDocument;

test.each(["v2-rest", "v2-grpc"])(
  "load over %s comes from several processes",
  { timeout: 180_000 },
  async (protocol) => {
    const cwd = scratchFolder();
    const target = [
      "--rest",
      running.restUrl as string,
      "--grpc",
      running.grpcAddress as string,
      "--protocol",
      protocol,
    ];
    const load = ["--workers", "2", "--engine", "wire", "--warmup", "500ms", "--duration", "1s"];
    const { stderr } = await runCli(["load", ...target, ...load], { cwd });
    const [point] = documentIn(cwd).load?.runs[0]?.points ?? [];
    expect(point?.shards, stderr).toHaveLength(2);
    expect(point?.counts).toMatchObject({ ok: point?.counts.sent, wrongAnswer: 0 });
  },
);

test("the points of a sweep come from several processes, at most one for each request in flight", {
  timeout: 180_000,
}, async () => {
  const cwd = scratchFolder();
  const sweep = ["--concurrency", "1,4", "--batch", "1,2", "--warmup", "0s", "--duration", "500ms", "--workers", "2"];
  const target = ["--rest", running.restUrl as string, "--protocol", "v2-rest"];
  const { stderr } = await runCli(["load", ...target, ...sweep], { cwd });
  const points = documentIn(cwd).load?.runs[0]?.points ?? [];
  const seen = points.map(({ batch, concurrency, shards }) => ({ batch, concurrency, workers: shards.length }));
  expect(seen, stderr).toEqual([
    { batch: 1, concurrency: 1, workers: 0 },
    { batch: 1, concurrency: 4, workers: 2 },
    { batch: 2, concurrency: 1, workers: 0 },
    { batch: 2, concurrency: 4, workers: 2 },
  ]);
  for (const { counts } of points) expect(counts).toMatchObject({ ok: counts.sent, wrongAnswer: 0 });
});

test("an open loop comes from several processes at the rate of one", { timeout: 180_000 }, async () => {
  const cwd = scratchFolder();
  const load = ["--rate", "100", "--arrivals", "poisson", "--warmup", "0s", "--duration", "1s", "--seed", "5"];
  const target = ["--rest", running.restUrl as string, "--protocol", "v2-rest"];
  const sent: number[] = [];
  for (const workers of ["1", "2"]) {
    const { stderr } = await runCli(["load", ...target, ...load, "--workers", workers], { cwd });
    const [point] = documentIn(cwd).load?.runs[0]?.points ?? [];
    expect(point?.counts, stderr).toMatchObject({ notSent: 0, wrongAnswer: 0 });
    sent.push(point?.counts.sent ?? Number.NaN);
  }
  expect(sent[1]).toBe(sent[0]);
});

test("stages come from several processes, each request in the stage in which it is due", {
  timeout: 180_000,
}, async () => {
  const stages = ["--stage", "low:40:1s", "--stage", "ramp:40-200:1s", "--stage", "high:200:1s"];
  const load = [...stages, "--arrivals", "poisson", "--warmup", "0s", "--seed", "5", "--protocol", "v2-grpc"];
  const sent: (readonly unknown[])[] = [];
  for (const workers of ["1", "2"]) {
    const cwd = scratchFolder();
    const { stderr } = await runCli(["load", "--grpc", running.grpcAddress as string, ...load, "--workers", workers], {
      cwd,
    });
    const points = documentIn(cwd).load?.runs[0]?.points ?? [];
    for (const { counts, shards } of points) {
      expect(counts, stderr).toMatchObject({ notSent: 0, wrongAnswer: 0, ok: counts.sent });
      expect(shards.map((shard) => shard.worker)).toEqual(workers === "1" ? [] : [0, 1]);
      if (workers === "2") expect(shards.reduce((sum, shard) => sum + shard.sent, 0)).toBe(counts.sent);
    }
    sent.push(points.map(({ stage, counts }) => [stage, counts.sent]));
  }
  expect(sent[0]).toHaveLength(3);
  expect(sent[1]).toEqual(sent[0]);
});

test("an interrupted run of several processes is written", { timeout: 180_000 }, async () => {
  const cwd = scratchFolder();
  const load = ["--protocol", "v2-rest", "--workers", "2", "--duration", "60s", "--warmup", "0s"];
  const started = startCli(["load", "--rest", running.restUrl as string, ...load], { cwd });
  await started.says("load: v2-rest");
  started.child.kill("SIGINT");
  expect((await started.finished).code).toBe(130);
  expect(documentIn(cwd).partial).toBe(true);
});

test.each(["0", "-1", "65", "many", "1.5", ""])("--workers %j is refused", (text) => {
  expect(() => parseWorkers(text)).toThrow("no number of processes");
});
