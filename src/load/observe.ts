import {
  type Collector,
  type ObservationOptions,
  type Observed,
  observe,
  type Role,
  type Series,
} from "../telemetry/index.ts";
import { growthOf } from "./series-values.ts";

/** Watches with all collectors that can see something while `run` runs. */
export async function whileObserved<T>(
  collectors: readonly Collector[],
  run: () => Promise<T>,
  options?: ObservationOptions,
): Promise<{ readonly result: T; readonly telemetry: Observed }> {
  const observation = await observe(collectors, options);
  observation.begin();
  try {
    const result = await run();
    return { result, telemetry: await observation.end() };
  } catch (thrown) {
    await observation.end();
    throw thrown;
  }
}

/** Processor time and greatest memory of the server, by the first collector that saw them; a value that none saw is absent. */
export function serverUsage(series: readonly Series[]): { serverCpuMs?: number; serverRssBytes?: number } {
  const seen = (wanted: Role) => series.filter(({ role, points }) => role === wanted && points.length > 0);
  const [cpuMs] = seen("server-cpu").flatMap((each) => growthOf(each) ?? []);
  const [memory] = seen("server-memory");
  return {
    ...(cpuMs !== undefined && { serverCpuMs: cpuMs }),
    ...(memory && { serverRssBytes: Math.max(...memory.points.map(({ value }) => value)) }),
  };
}
