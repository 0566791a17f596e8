import { NS_PER_MS, systemClock, systemClockOriginNs } from "../../base/clock.ts";
import { InfermarkError, messageOf } from "../../base/errors.ts";
import { encodeRequests } from "../encode-requests.ts";
import { createEngine } from "../engines/index.ts";
import type { InProcessOptions } from "../phase-runner.ts";
import type { LoadProgress } from "../progress.ts";
import { createRecorder } from "../recorder.ts";
import { runPhase } from "../run-phase.ts";
import { SERIALS } from "../wire/serial.ts";
import { systemTiming } from "../wire/timing.ts";
import type { Workload } from "../workload.ts";
import type { FromWorker, Share, ToWorker, WorkerSetting } from "./messages.ts";
import { sharedArrivals, sharedConcurrency, sharedRotation } from "./share.ts";

/** The entry of a worker process: sends its share of the load, and tells what came of it. */

type Begun = InProcessOptions & { readonly share: Share };

let begun: Begun | undefined;
let abort = new AbortController();

async function begin(setting: WorkerSetting, share: Share): Promise<void> {
  const { workloads } = (await import(setting.workload.module)) as { readonly workloads: readonly Workload[] };
  const workload = workloads.find(({ encoding }) => encoding === setting.workload.encoding);
  if (!workload) throw new Error(`${setting.workload.module} has no workload "${setting.workload.encoding}"`);
  const requests = sharedRotation(encodeRequests(workload, setting.requests), share);
  // Ids are of one sending only, also among all workers.
  const firstSerial = Math.floor((SERIALS / share.count) * share.index);
  const engine = await createEngine(setting.engine, setting.endpoint, systemClock, { firstSerial });
  // The first one takes long to make.
  createRecorder(0, 1).destroy();
  begun = { engine, workload, requests, share };
  tell({ kind: "ready" });
}

async function run({ task, startsAtNs }: Extract<ToWorker, { kind: "phase" }>): Promise<void> {
  if (!begun) throw new Error("a phase came before the setting");
  const { share } = begun;
  abort = new AbortController();
  const startNs = startsAtNs - systemClockOriginNs();
  await until(startNs);
  const { engine, workload, requests } = begun;
  const shared = {
    ...task,
    requests,
    concurrency: sharedConcurrency(task.concurrency, share),
    arrivals: sharedArrivals(task, share),
    startNs,
  };
  const onProgress = (progress: LoadProgress) => tell({ kind: "progress", progress });
  const parts = await runPhase(shared, { engine, answers: workload, signal: abort.signal, onProgress });
  const results = parts.map(({ recorder, startNs: from, endNs, ...seen }) => {
    const recorded = recorder.snapshot();
    recorder.destroy();
    return { ...seen, recorded, elapsedNs: endNs - from };
  });
  tell({ kind: "done", parts: results });
}

function until(ns: number): Promise<void> {
  return new Promise((resolve) => {
    systemTiming(systemClock)
      .exact(resolve, () => 0)
      .set(Math.max(ns, systemClock.now() + NS_PER_MS));
  });
}

function tell(message: FromWorker): void {
  // What cannot be told because the parent is gone ends with the disconnection.
  if (process.connected) process.send?.(message, () => undefined);
}

function tellThrown(thrown: unknown): void {
  const known = thrown instanceof InfermarkError ? thrown : undefined;
  const message = known
    ? known.message
    : thrown instanceof Error
      ? (thrown.stack ?? thrown.message)
      : messageOf(thrown);
  tell({ kind: "thrown", message, ...(known && { code: known.code, ...(known.hint && { hint: known.hint }) }) });
}

process.on("message", (message: ToWorker) => {
  if (message.kind === "begin") begin(message.setting, message.share).catch(tellThrown);
  else if (message.kind === "phase") run(message).catch(tellThrown);
  else abort.abort();
});
// The terminal signals the whole group; the parent decides when the load ends, and its end is ours.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);
process.on("disconnect", () => process.exit());
