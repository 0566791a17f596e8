import { NS_PER_MS, systemClock, systemClockOriginNs } from "../../base/clock.ts";
import { type ProcessUsage, watchProcess } from "../../telemetry/index.ts";
import type { PhaseRun, PhaseRunner, PhaseRunOptions } from "../phase-runner.ts";
import { type PhaseTask, partSpans } from "../phase-task.ts";
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
): Promise<readonly PhaseRun[]> {
  const startNs = systemClock.now() + LEAD_MS * NS_PER_MS;
  const usage = watchParts(task, startNs);
  const latest = new Map<number, LoadProgress>();
  const report = onProgress && setInterval(() => tellProgress(latest, onProgress), PROGRESS_MS);
  const abort = () => {
    for (const worker of workers) worker.abort();
  };
  signal.addEventListener("abort", abort, { once: true });
  const startsAtNs = startNs + systemClockOriginNs();
  let results: readonly (readonly WorkerResult[] | undefined)[];
  try {
    const running = workers.map((worker, index) =>
      worker.run(task, startsAtNs, (progress) => void latest.set(index, progress)),
    );
    if (signal.aborted) abort();
    results = await Promise.all(running);
  } finally {
    usage.stop();
    clearInterval(report);
    signal.removeEventListener("abort", abort);
  }
  return merged(workers, results, { task, startNs, parent: usage.parts() });
}

function tellProgress(latest: ReadonlyMap<number, LoadProgress>, tell: (progress: LoadProgress) => void): void {
  const progress = mergeProgress([...latest.values()]);
  if (progress) tell(progress);
}

/** What this process uses in each part of a phase. */
function watchParts(task: PhaseTask, phaseStartNs: number) {
  const [, ...later] = partSpans(task, phaseStartNs);
  const ended: ProcessUsage[] = [];
  let current = watchProcess();
  const timers = later.map(({ startNs }) =>
    setTimeout(
      () => {
        ended.push(current());
        current = watchProcess();
      },
      (startNs - systemClock.now()) / NS_PER_MS,
    ),
  );
  return {
    /** Of a phase that was stopped, parts that did not begin have what the last one has. */
    parts: (): readonly ProcessUsage[] => {
      const last = current();
      return task.partsMs.map((_, index) => ended[index] ?? last);
    },
    stop: () => timers.forEach(clearTimeout),
  };
}

interface Together {
  readonly task: PhaseTask;
  readonly startNs: number;
  /** What this process used, by part. */
  readonly parent: readonly ProcessUsage[];
}

/** What all workers did, by part; what a lost one did is known of none. */
function merged(
  workers: readonly Worker[],
  results: readonly (readonly WorkerResult[] | undefined)[],
  { task, startNs, parent }: Together,
): readonly PhaseRun[] {
  const parts = partSpans(task, startNs).map((span) => ({
    ...span,
    recorder: createRecorder(span.startNs, span.lengthNs, task.arrivals !== undefined),
  }));
  const howLost = new Map(workers.flatMap(({ lost = "" }, index) => (results[index] ? [] : [[index, lost] as const])));
  for (const index of howLost.keys()) recordLost(parts, task, { index, count: workers.length });
  const lost = [...howLost].map(
    ([index, how]) => `worker ${index} was lost: ${how}; what it sent and measured is not known`,
  );
  return parts.map(({ recorder, startNs: partStartNs }, part) => {
    const present = results.flatMap((each) => each?.[part] ?? []);
    for (const { recorded } of present) recorder.merge(recorded);
    const own = parent[part] as ProcessUsage;
    return {
      recorder,
      startNs: partStartNs,
      endNs: partStartNs + Math.max(0, ...present.map(({ elapsedNs }) => elapsedNs)),
      summary: mergeSummaries(
        present.map(({ summary }) => summary),
        lost,
      ),
      client: mergeUsage(
        own,
        present.map(({ client }) => client),
      ),
      clientWhileSending: mergeUsage(
        own,
        present.map(({ clientWhileSending }) => clientWhileSending),
      ),
      workers: workers.map((_, index) => {
        const result = results[index]?.[part];
        return result ? partOf(index, result) : lostPart(index, howLost.get(index) ?? "");
      }),
    };
  });
}
