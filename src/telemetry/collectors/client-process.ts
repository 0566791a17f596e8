import { PerformanceObserver } from "node:perf_hooks";
import type { Collector, Quantity } from "../collector.ts";
import { watchProcess } from "../process-usage.ts";

const SOURCE = "this process";

function quantity(name: string, title: string, unit: Quantity["unit"], counter?: true): Quantity {
  return { id: `client-process/${name}`, title, unit, source: SOURCE, ...(counter && { counter }) };
}

const CPU = quantity("cpu", "Processor cores used by the client", "ratio");
const EVENT_LOOP = quantity("event-loop", "Event loop utilisation of the client", "ratio");
const GC = quantity("gc", "Time of the client in garbage collection", "ms", true);
const RSS = quantity("rss", "Resident memory of the client", "bytes");

/** This process itself: processor share and event loop since the last reading, garbage collection in all, and memory. */
export function clientProcess(): Collector {
  let watch = watchProcess();
  let gcMs = 0;
  let first = true;
  const collections = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) gcMs += duration;
  });
  return {
    id: "client-process",
    unavailable: () => Promise.resolve(undefined),
    open: () => {
      first = true;
      collections.observe({ entryTypes: ["gc"] });
    },
    read: () => {
      const { cpuMs, elapsedMs, eventLoopUtilisation, rssBytes } = watch();
      watch = watchProcess();
      // The first reading spans a time before the phase.
      const shares = first
        ? []
        : [
            { quantity: CPU, value: cpuMs / elapsedMs },
            { quantity: EVENT_LOOP, value: eventLoopUtilisation },
          ];
      first = false;
      return Promise.resolve([...shares, { quantity: GC, value: gcMs }, { quantity: RSS, value: rssBytes }]);
    },
    close: () => collections.disconnect(),
  };
}
