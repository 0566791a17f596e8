import { NS_PER_MS, systemClock, systemClockOriginNs } from "../../base/clock.ts";
import { watchProcess } from "../../telemetry/index.ts";
import type { PhaseRun, PhaseRunner, PhaseRunOptions, PhaseTask } from "../phase-runner.ts";
import type { LoadProgress } from "../progress.ts";
import { createRecorder } from "../recorder.ts";
import { lostPart, mergeProgress, mergeSummaries, mergeUsage, partOf, recordLost } from "./merge-parts.ts";
import type { WorkerResult, WorkerSetting } from "./messages.ts";
import { forkWorker, type Worker } from "./worker.ts";

/** From the sending of a phase to its begin: time for the message to reach every worker. */
const LEAD_MS = 100;
const PROGRESS_MS = 1000;

/** Worker processes that run phases together. */
export interface Workers extends PhaseRunner {
  readonly pids: readonly number[];
  /** Ends the processes. */
  close(): Promise<void>;
}

/** Forks so many workers and has them prepare. Throws USAGE when the setting cannot be used. */
export async function openWorkers(count: number, setting: WorkerSetting): Promise<Workers> {
  const workers = Array.from({ length: count }, forkWorker);
  const close = async () => {
    await Promise.all(workers.map((worker) => worker.close()));
  };
  try {
    await Promise.all(workers.map((worker, index) => worker.begin(setting, { index, count })));
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return {
    pids: workers.flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
    run: (task, options) => runTogether(workers, task, options),
    close,
  };
}

async function runTogether(
  workers: readonly Worker[],
  task: PhaseTask,
  { signal, onProgress }: PhaseRunOptions,
): Promise<PhaseRun> {
  const lengthNs = task.lengthMs * NS_PER_MS;
  const startNs = systemClock.now() + LEAD_MS * NS_PER_MS;
  const usage = watchProcess();
  const latest = new Map<number, LoadProgress>();
  const report = onProgress && setInterval(() => tellProgress(latest, onProgress), PROGRESS_MS);
  const abort = () => {
    for (const worker of workers) worker.abort();
  };
  signal.addEventListener("abort", abort, { once: true });
  const startsAtNs = startNs + systemClockOriginNs();
  let results: readonly (WorkerResult | undefined)[];
  try {
    const running = workers.map((worker, index) =>
      worker.run(task, startsAtNs, (progress) => void latest.set(index, progress)),
    );
    if (signal.aborted) abort();
    results = await Promise.all(running);
  } finally {
    clearInterval(report);
    signal.removeEventListener("abort", abort);
  }
  return merged(workers, results, { task, startNs, lengthNs, parent: usage() });
}

function tellProgress(latest: ReadonlyMap<number, LoadProgress>, tell: (progress: LoadProgress) => void): void {
  const progress = mergeProgress([...latest.values()]);
  if (progress) tell(progress);
}

function merged(
  workers: readonly Worker[],
  results: readonly (WorkerResult | undefined)[],
  {
    task,
    startNs,
    lengthNs,
    parent,
  }: { task: PhaseTask; startNs: number; lengthNs: number; parent: ReturnType<ReturnType<typeof watchProcess>> },
): PhaseRun {
  const recorder = createRecorder(startNs, lengthNs, task.arrivals !== undefined);
  const lost: string[] = [];
  const parts = workers.map((worker, index) => {
    const result = results[index];
    if (result) {
      recorder.merge(result.recorded);
      return partOf(index, result);
    }
    recordLost(recorder, task, { index, count: workers.length }, startNs);
    lost.push(`worker ${index} was lost: ${worker.lost}; what it sent and measured is not known`);
    return lostPart(index, worker.lost ?? "");
  });
  const present = results.filter((result) => result !== undefined);
  const elapsedNs = Math.max(0, ...present.map((result) => result.elapsedNs));
  return {
    recorder,
    startNs,
    endNs: startNs + elapsedNs,
    summary: mergeSummaries(
      present.map(({ summary }) => summary),
      lost,
    ),
    client: mergeUsage(
      parent,
      present.map(({ client }) => client),
    ),
    clientWhileSending: mergeUsage(
      parent,
      present.map(({ clientWhileSending }) => clientWhileSending),
    ),
    workers: parts,
  };
}
