import { describe, expect, test } from "vitest";
import { type ConcurrencyPlan, createEngine, type LoadProgress, runLoad } from "../../../src/load/index.ts";
import type { PhaseRun } from "../../../src/load/phase-runner.ts";
import type { PhaseTask } from "../../../src/load/phase-task.ts";
import { openWorkers, type WorkerSetting, workersAsNeeded } from "../../../src/load/workers/index.ts";
import { afterwards, echo, httpServer, type Law, type Loopback, someModel } from "../loopback.ts";
import { workloads } from "./echo-workload.ts";

const module = new URL("./echo-workload.ts", import.meta.url).href;

function settingFor({ endpoint }: Loopback, encoding = "json"): WorkerSetting {
  return {
    endpoint,
    engine: "wire",
    workload: { module, encoding },
    requests: { model: someModel, batch: 2, seed: 1 },
  };
}

async function workersFor(server: Loopback, count: number, encoding?: string) {
  const workers = await openWorkers(count, settingFor(server, encoding));
  afterwards(() => workers.close());
  return workers;
}

/** What came of a phase of one part. */
async function only(running: Promise<readonly PhaseRun[]>): Promise<readonly [PhaseRun]> {
  const parts = await running;
  expect(parts).toHaveLength(1);
  return parts as [PhaseRun];
}

const task: PhaseTask = {
  phase: "measuring",
  partsMs: [1000],
  concurrency: 5,
  requestTimeoutMs: 5000,
  fullCheckEvery: 2,
};
const never = () => ({ signal: new AbortController().signal });
/** 120 requests. */
const even = { kind: "even", stretches: [{ durationS: 1, from: 120, to: 120 }] } as const;

const planOf = (change: Partial<ConcurrencyPlan> = {}): ConcurrencyPlan => ({
  mode: "concurrency",
  protocol: "v2-rest",
  engine: "wire",
  encoding: "json",
  model: "echo",
  batch: 2,
  concurrency: 4,
  durationMs: 1000,
  warmupMs: 800,
  requestTimeoutMs: 5000,
  fullCheckEvery: 10,
  seed: 1,
  ...change,
});

const after =
  (ms: number): Law =>
  (_n, _request, response, body) =>
    void setTimeout(() => response.end(body), ms);

describe("workers", () => {
  test("come to one point, with the part of each", async () => {
    const server = await httpServer(after(2));
    const engine = await createEngine("wire", server.endpoint);
    afterwards(() => engine.close());
    const [workload] = workloads;
    const runner = await workersFor(server, 2);
    const point = await runLoad(planOf(), { engine, workload: workload as never, model: someModel, runner });
    expect(point.shards.map(({ worker }) => worker)).toEqual([0, 1]);
    for (const { sent, ok, cpuMs } of point.shards) {
      expect(sent).toBeGreaterThan(0);
      expect(ok).toBe(sent);
      expect(cpuMs).toBeGreaterThan(0);
    }
    expect(point.counts.sent).toBe(point.shards.reduce((sum, { sent }) => sum + sent, 0));
    expect(point.latency.count).toBe(point.counts.ok);
    expect(point.counts.ok).toBeLessThan(server.received);
    expect(point.client.cpuMs).toBeGreaterThan(point.shards.reduce((sum, { cpuMs }) => sum + (cpuMs ?? 0), 0));
    expect(new Set(server.ids).size).toBe(server.ids.length);
  });

  test("share out the requests in flight", async () => {
    let most = 0;
    let now = 0;
    const server = await httpServer((_n, _request, response, body) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        response.end(body);
      }, 20);
    });
    const [{ recorder, summary }] = await only((await workersFor(server, 3)).run(task, never()));
    expect(most).toBe(5);
    expect(recorder.recorded().counts.ok).toBe(summary.sent);
    recorder.destroy();
  });

  test("send the schedule and the rotation of one process", async () => {
    const server = await httpServer(echo);
    const workers = await workersFor(server, 3);
    const [{ recorder, summary, workers: parts = [] }] = await only(workers.run({ ...task, arrivals: even }, never()));
    expect(summary.sent).toBe(120);
    expect(parts.map(({ sent }) => sent)).toEqual([40, 40, 40]);
    expect(recorder.recorded().lateness.count).toBe(120);
    recorder.destroy();
  });

  test("give each part of a phase what was due in it", async () => {
    const server = await httpServer(after(1));
    const workers = await workersFor(server, 3);
    const parts = await workers.run({ ...task, partsMs: [300, 500, 200], arrivals: even }, never());
    expect(parts.map(({ summary }) => summary.sent)).toEqual([36, 60, 24]);
    const [first] = parts as [PhaseRun];
    for (const [index, { recorder, startNs, endNs, client, workers: each = [] }] of parts.entries()) {
      expect(new Set(each.map(({ sent }) => sent))).toEqual(new Set([[12, 20, 8][index]]));
      expect((startNs - first.startNs) / 1e6).toBeCloseTo([0, 300, 800][index] as number, 6);
      if (index < 2) expect((endNs - startNs) / 1e6).toBeCloseTo([300, 500][index] as number, 6);
      expect(recorder.recorded().counts.ok).toBe([36, 60, 24][index]);
      expect(client.elapsedMs).toBeGreaterThan(0);
      recorder.destroy();
    }
  });

  test("report progress together", async () => {
    const seen: LoadProgress[] = [];
    const server = await httpServer(after(2));
    const workers = await workersFor(server, 2);
    const [{ recorder }] = await only(
      workers.run({ ...task, partsMs: [2300] }, { ...never(), onProgress: (each) => void seen.push(each) }),
    );
    recorder.destroy();
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.at(-1)).toMatchObject({ phase: "measuring", errors: 0 });
    expect(seen.at(-1)?.requestsPerSecond).toBeGreaterThan(0);
  });

  test("end early when the run is interrupted", async () => {
    const abort = new AbortController();
    const server = await httpServer((n, request, response, body) => {
      if (n === 30) abort.abort();
      after(1)(n, request, response, body);
    });
    const workers = await workersFor(server, 2);
    const running = workers.run({ ...task, partsMs: [600_000] }, { signal: abort.signal });
    const [{ recorder, startNs, endNs }] = await only(running);
    expect(endNs - startNs).toBeLessThan(600e9);
    expect(recorder.recorded().counts.ok).toBeGreaterThan(20);
    recorder.destroy();
  });

  test("tell what the check of an answer throws", async () => {
    const workers = await workersFor(await httpServer(echo), 2, "throws");
    await expect(workers.run(task, never())).rejects.toThrow("a bug in the check of answers");
  });

  test("tell what is wrong with the setting", async () => {
    const server = await httpServer(echo);
    await expect(openWorkers(2, settingFor(server, "smoke signals"))).rejects.toThrow(
      'has no workload "smoke signals"',
    );
  });
});

describe("a worker that dies", () => {
  const killing = (pids: () => readonly number[], at: number): Law => {
    return (n, request, response, body) => {
      if (n === at) process.kill(pids()[0] as number, "SIGKILL");
      after(2)(n, request, response, body);
    };
  };

  test("in a closed loop ends nothing early, and makes the point invalid", async () => {
    let pids: readonly number[] = [];
    const server = await httpServer(killing(() => pids, 20));
    const workers = await workersFor(server, 2);
    pids = workers.pids;
    const engine = await createEngine("wire", server.endpoint);
    afterwards(() => engine.close());
    const [workload] = workloads;
    const options = { engine, workload: workload as never, model: someModel, runner: workers };
    const point = await runLoad(planOf({ warmupMs: 0 }), options);
    expect(point.validity.valid).toBe(false);
    expect(point.validity.problems[0]).toMatchObject({ code: "worker-lost" });
    expect(point.validity.problems[0]?.evidence).toContain("SIGKILL");
    expect(point.shards).toMatchObject([{ worker: 0, sent: 0, ok: 0, lost: "it was ended by SIGKILL" }, { worker: 1 }]);
    expect(point.shards[1]?.ok).toBeGreaterThan(0);
    expect(point.errors[0]?.message).toContain("worker 0 was lost");
    expect(point.durationMs).toBe(1000);
  });

  test("in an open loop leaves what was due from it as not sent, also in later phases", async () => {
    let pids: readonly number[] = [];
    const server = await httpServer(killing(() => pids, 20));
    const workers = await workersFor(server, 2);
    pids = workers.pids;
    for (let phase = 0; phase < 2; phase++) {
      const [{ recorder, summary }] = await only(workers.run({ ...task, arrivals: even }, never()));
      expect(recorder.recorded().counts).toMatchObject({ ok: 60, notSent: 60 });
      expect(summary.sent).toBe(60);
      recorder.destroy();
    }
  });
});

test("of a lost worker each part of a phase has what was due from it there", async () => {
  const server = await httpServer(after(1));
  const workers = await workersFor(server, 2);
  process.kill(workers.pids[1] as number, "SIGKILL");
  const parts = await workers.run({ ...task, partsMs: [250, 750], arrivals: even }, never());
  const counts = parts.map(({ recorder }) => recorder.recorded().counts);
  expect(counts).toMatchObject([
    { ok: 15, notSent: 15 },
    { ok: 45, notSent: 45 },
  ]);
  for (const { recorder } of parts) recorder.destroy();
});

describe("as many workers as are needed", () => {
  const idle = { elapsedMs: 1000, wallMs: 1000, cpuMs: 100, eventLoopUtilisation: 0.1, rssBytes: 1 };
  const busy = { ...idle, cpuMs: 990, eventLoopUtilisation: 0.99 };
  /** Runners that are busy while they are fewer than `enough`. */
  function lab(enough: number, most: number) {
    const ran: string[] = [];
    const runner = (count: number) => ({
      pids: [],
      close: () => Promise.resolve(),
      run: ({ phase }: PhaseTask) => {
        ran.push(`${phase} ${count}`);
        const clientWhileSending = count < enough ? busy : idle;
        const summary = { sent: 1, completed: 1, reconnects: 0, fullChecks: 0, wrongAnswers: [], errorSamples: [] };
        const recorder = { recorded: () => undefined as never, destroy: () => undefined };
        return Promise.resolve([{ recorder, startNs: 0, endNs: 1, summary, client: idle, clientWhileSending }]);
      },
    });
    return { ran, runner: workersAsNeeded(runner(1), most, (count) => Promise.resolve(runner(count))) };
  }

  test.each([
    { enough: 1, most: 8, ran: ["warm-up 1", "measuring 1"] },
    { enough: 3, most: 8, ran: ["warm-up 1", "warm-up 2", "warm-up 4", "measuring 4"] },
    { enough: 9, most: 3, ran: ["warm-up 1", "warm-up 2", "warm-up 3", "measuring 3"] },
    { enough: 9, most: 1, ran: ["warm-up 1", "measuring 1"] },
  ])("$enough of at most $most", async ({ enough, most, ran: expected }) => {
    const { runner, ran } = lab(enough, most);
    await runner.run({ ...task, phase: "warm-up" }, never());
    await runner.run(task, never());
    expect(ran).toEqual(expected);
  });
});
