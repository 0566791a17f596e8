import { performance } from "node:perf_hooks";

/** What this process used since the watch began. */
export interface ProcessUsage {
  /** By the monotonic clock. */
  readonly elapsedMs: number;
  /** By the wall clock, which others may set. */
  readonly wallMs: number;
  /** Processor time of all its threads, in user and system mode. */
  readonly cpuMs: number;
  /** Share of time that the event loop was busy, 0 to 1. */
  readonly eventLoopUtilisation: number;
  /** Time in which it could not attend to anything, in stretches of more than 10 ms; absent where nobody watched for them. */
  readonly stalledMs?: number;
  /** Resident memory now. */
  readonly rssBytes: number;
}

/** Begins to watch this process; each call of the result tells what was used until then. */
export function watchProcess(): () => ProcessUsage {
  const startedMs = performance.now();
  const startedWallMs = Date.now();
  const cpu = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return {
      elapsedMs: performance.now() - startedMs,
      wallMs: Date.now() - startedWallMs,
      cpuMs: (user + system) / 1000,
      eventLoopUtilisation: performance.eventLoopUtilization(loop).utilization,
      rssBytes: process.memoryUsage.rss(),
    };
  };
}
