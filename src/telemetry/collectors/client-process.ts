import type { Collector } from "../collector.ts";
import { type ProcessUsage, watchProcess } from "../process-usage.ts";
import { sampling } from "../sampling.ts";

const EVERY_MS = 1000;

/** This process itself: processor share, event loop and memory in each interval. */
export function clientProcess(intervalMs = EVERY_MS): Collector {
  let watch = watchProcess();
  const samples = sampling<ProcessUsage>(intervalMs, () => {
    const usage = watch();
    watch = watchProcess();
    return usage;
  });
  return {
    id: "client-process",
    unavailable: () => Promise.resolve(undefined),
    start: () => {
      watch = watchProcess();
      return samples.start();
    },
    stop: async () => {
      // The first sample spans no time.
      const [, ...usages] = await samples.stop();
      const series = (
        quantity: string,
        title: string,
        unit: "ratio" | "bytes",
        value: (usage: ProcessUsage) => number,
      ) => ({
        id: `client-process/${quantity}`,
        title,
        unit,
        points: usages.map(({ atMs, value: usage }) => ({ atMs, value: value(usage) })),
      });
      return [
        series("cpu", "Processor cores used by the client", "ratio", ({ cpuMs, elapsedMs }) => cpuMs / elapsedMs),
        series("event-loop", "Event loop utilisation of the client", "ratio", (usage) => usage.eventLoopUtilisation),
        series("rss", "Resident memory of the client", "bytes", ({ rssBytes }) => rssBytes),
      ];
    },
  };
}
