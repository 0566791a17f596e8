import { availableParallelism } from "node:os";
import type { PhaseRunner } from "../phase-runner.ts";
import { clientLimited } from "../validity/client-limited.ts";
import type { Workers } from "./open-workers.ts";

/** One core is left to the server and to the rest of this machine. */
export function mostWorkers(cores = availableParallelism()): number {
  return Math.max(1, cores - 1);
}

/** A runner, and how its processes are ended. */
export interface OpenRunner extends PhaseRunner {
  close(): Promise<void>;
}

/**
 * Runs phases with `first`, which is one process, until a warm-up shows that the client is the limit: then with twice as many workers, which
 * warm up again, up to `most`. What is measured is measured with what the last warm-up needed.
 */
export function workersAsNeeded(
  first: PhaseRunner,
  most: number,
  open: (count: number) => Promise<Workers>,
  grown: (count: number) => void = () => undefined,
): OpenRunner {
  let count = 1;
  let workers: Workers | undefined;
  return {
    run: async (task, options) => {
      for (;;) {
        const parts = await (workers ?? first).run(task, options);
        const limited = task.phase === "warm-up" && parts.some((part) => clientLimited(part).problem !== undefined);
        if (!limited || count >= most || options.signal.aborted) return parts;
        for (const { recorder } of parts) recorder.destroy();
        await workers?.close();
        count = Math.min(most, 2 * count);
        grown(count);
        workers = await open(count);
      }
    },
    close: async () => {
      await workers?.close();
    },
  };
}
