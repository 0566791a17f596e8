import { createHistogram } from "node:perf_hooks";
import { inFlightOf, type Task } from "../task.ts";
import { printReport } from "./report.ts";

const WARMUP_MS = 1000;

/** Sends once; `done` is called when the answer has come, with whether it was a right one. */
export type SendOnce = (done: (ok: boolean) => void) => void;

/** Keeps so many in flight for the time of the task, after a second that is not measured, and prints the report. */
export async function closedLoop(task: Task, send: SendOnce): Promise<void> {
  let histogram = createHistogram();
  let errors = 0;
  let running = true;
  const chain = (resolve: () => void) => {
    const next = () => {
      if (!running) {
        resolve();
        return;
      }
      const begun = process.hrtime();
      send((ok) => {
        const [seconds, ns] = process.hrtime(begun);
        if (ok) histogram.record(Math.max(1, seconds * 1e9 + ns));
        else errors++;
        next();
      });
    };
    next();
  };
  const chains = Array.from({ length: inFlightOf(task.load) }, () => new Promise<void>(chain));
  await wait(WARMUP_MS);
  histogram = createHistogram();
  errors = 0;
  const cpu = process.cpuUsage();
  const begun = performance.now();
  await wait(task.seconds * 1000);
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - begun) / 1000;
  const requests = histogram.count;
  const percentiles = [50, 90, 95, 99, 99.9].map((each) => [each, histogram.percentile(each)] as const);
  running = false;
  await Promise.all(chains);
  printReport({ requests, perSecond: requests / seconds, errors, cpuUs: user + system, percentiles });
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
