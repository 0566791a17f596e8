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
