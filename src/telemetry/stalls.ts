import { performance } from "node:perf_hooks";

const EVERY_MS = 10;
/** What two processes that take turns on a core commonly keep each other waiting. */
const UNREMARKABLE_MS = 10;

/** How long this process could not attend to anything. */
export interface StallWatch {
  /** Milliseconds since the watch began in which a timer was overdue, of those times that it was so for more than 10 ms. */
  stalledMs(): number;
  stop(): void;
}

/**
 * Watches for times in which this process does not run, or is busy with one thing: others have the processor, a quota is used up, it is stopped,
 * it collects garbage. What comes meanwhile is seen late.
 */
export function watchStalls(): StallWatch {
  let total = 0;
  let last = performance.now();
  const overdue = (now: number) => {
    const late = now - last - EVERY_MS;
    return late > UNREMARKABLE_MS ? late : 0;
  };
  const timer = setInterval(() => {
    const now = performance.now();
    total += overdue(now);
    last = now;
  }, EVERY_MS);
  timer.unref();
  return { stalledMs: () => total + overdue(performance.now()), stop: () => clearInterval(timer) };
}
