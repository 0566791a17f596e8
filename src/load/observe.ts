import { type Collector, SERVER_CPU, SERVER_RSS, type Series } from "../telemetry/index.ts";
import type { PointTelemetry } from "./load-point.ts";

/** Watches with all collectors that can see something while `run` runs. */
export async function whileObserved<T>(
  collectors: readonly Collector[],
  run: () => Promise<T>,
): Promise<{ readonly result: T; readonly telemetry: PointTelemetry }> {
  const reasons = await Promise.all(collectors.map((collector) => collector.unavailable()));
  const able = collectors.filter((_, i) => reasons[i] === undefined);
  const unavailable = collectors.flatMap(({ id }, i) => {
    const reason = reasons[i];
    return reason === undefined ? [] : [{ collector: id, reason }];
  });
  await Promise.all(able.map((collector) => collector.start()));
  try {
    const result = await run();
    const series = (await Promise.all(able.map((collector) => collector.stop()))).flat();
    return { result, telemetry: { series, unavailable } };
  } catch (thrown) {
    await Promise.all(able.map((collector) => collector.stop()));
    throw thrown;
  }
}

/** Processor time and greatest memory of the server; a value that no collector saw is absent. */
export function serverUsage(series: readonly Series[]): { serverCpuMs?: number; serverRssBytes?: number } {
  const valuesOf = (wanted: string) => (series.find(({ id }) => id === wanted)?.points ?? []).map(({ value }) => value);
  const cpu = valuesOf(SERVER_CPU);
  const rss = valuesOf(SERVER_RSS);
  const cpuMs = cpu.at(-1);
  return {
    // One sample spans no time.
    ...(cpuMs !== undefined && cpu.length > 1 && { serverCpuMs: cpuMs }),
    ...(rss.length > 0 && { serverRssBytes: Math.max(...rss) }),
  };
}
