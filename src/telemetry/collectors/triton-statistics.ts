import { messageOf } from "../../base/errors.ts";
import type { Collector, Quantity, Reading } from "../collector.ts";
import { fetchText, type TextSource } from "../fetch-text.ts";

const NS_PER_MS = 1e6;
const STAGES = ["queue", "compute_input", "compute_infer", "compute_output"] as const;
const MOST_BATCH_SIZES = 32;

export interface TritonStatisticsOptions extends Omit<TextSource, "url"> {
  /** The REST address without a trailing "/". */
  readonly base: string;
  readonly model: string;
}

/** What the statistics extension counts for one model, all its versions together. */
export function tritonStatistics({ base, model, ...source }: TritonStatisticsOptions): Collector {
  const url = `${base}/v2/models/${encodeURIComponent(model)}/stats`;
  const fetchStatistics = async (signal: AbortSignal) => parseStatistics(await fetchText({ ...source, url }, signal));
  return {
    id: "triton-statistics",
    unavailable: async () => {
      try {
        await fetchStatistics(AbortSignal.timeout(5000));
        return undefined;
      } catch (thrown) {
        return `The server offers no statistics of the model: ${messageOf(thrown)}`;
      }
    },
    read: async (signal) => readingsOf(url, await fetchStatistics(signal)),
  };
}

interface Duration {
  readonly count: number;
  readonly ns: number;
}

interface ModelStatistics {
  readonly inferences?: number;
  readonly executions?: number;
  readonly durations: ReadonlyMap<string, Duration>;
  /** Executions by batch size. */
  readonly batches: ReadonlyMap<number, number>;
}

/** Reads `model_stats`. Throws an Error with a sentence when the text is nothing of the kind; members that are no numbers are left out. */
export function parseStatistics(text: string): readonly ModelStatistics[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("The statistics are not JSON.");
  }
  const stats = member(value, "model_stats");
  if (!Array.isArray(stats) || stats.length === 0) throw new Error("The statistics have no model_stats.");
  return stats.map((each: unknown): ModelStatistics => {
    const durations = new Map<string, Duration>();
    for (const name of ["success", "fail", ...STAGES]) {
      const found = member(member(each, "inference_stats"), name);
      const count = numberIn(found, "count");
      const ns = numberIn(found, "ns");
      if (count !== undefined && ns !== undefined) durations.set(name, { count, ns });
    }
    const inferences = numberIn(each, "inference_count");
    const executions = numberIn(each, "execution_count");
    return {
      ...(inferences !== undefined && { inferences }),
      ...(executions !== undefined && { executions }),
      durations,
      batches: batchesOf(member(each, "batch_stats")),
    };
  });
}

function batchesOf(batches: unknown): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  if (!Array.isArray(batches)) return found;
  for (const each of batches as unknown[]) {
    const size = numberIn(each, "batch_size");
    const count = numberIn(member(each, "compute_infer"), "count");
    if (size !== undefined && count !== undefined && found.size < MOST_BATCH_SIZES) found.set(size, count);
  }
  return found;
}

function readingsOf(source: string, versions: readonly ModelStatistics[]): readonly Reading[] {
  const readings: Reading[] = [];
  const add = (
    values: readonly (number | undefined)[],
    scale: number,
    quantity: Omit<Quantity, "source" | "counter">,
  ) => {
    const known = values.filter((value) => value !== undefined);
    if (known.length === 0) return;
    const value = known.reduce((sum, each) => sum + each, 0) * scale;
    readings.push({ quantity: { ...quantity, id: `triton-statistics/${quantity.id}`, counter: true, source }, value });
  };
  const durations = (name: string) => versions.map((version) => version.durations.get(name));
  const counts = (name: string) => durations(name).map((duration) => duration?.count);
  const times = (name: string) => durations(name).map((duration) => duration?.ns);
  const inMs = 1 / NS_PER_MS;

  add(counts("success"), 1, {
    id: "success-count",
    title: "Requests that succeeded",
    unit: "count",
    role: "request-count",
  });
  add(times("success"), inMs, { id: "success-time", title: "Time in requests", unit: "ms", role: "request-time" });
  add(counts("fail"), 1, { id: "fail-count", title: "Failed requests", unit: "count", role: "requests-failed" });
  for (const name of STAGES) {
    const stage = name.replace("_", " ");
    const labels = { stage };
    add(counts(name), 1, {
      id: `${name}-count`,
      title: `Requests through ${stage}`,
      unit: "count",
      role: "stage-count",
      labels,
    });
    add(times(name), inMs, { id: `${name}-time`, title: `Time in ${stage}`, unit: "ms", role: "stage-time", labels });
  }
  add(
    versions.map(({ inferences }) => inferences),
    1,
    { id: "inferences", title: "Inferences", unit: "count", role: "inferences" },
  );
  add(
    versions.map(({ executions }) => executions),
    1,
    { id: "executions", title: "Executions of batches", unit: "count", role: "executions" },
  );
  for (const size of new Set(versions.flatMap(({ batches }) => [...batches.keys()]))) {
    const executions = versions.map(({ batches }) => batches.get(size));
    add(executions, 1, {
      id: `batch-${size}`,
      title: `Executions of batch size ${size}`,
      unit: "count",
      labels: { batch_size: String(size) },
    });
  }
  return readings;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function numberIn(value: unknown, name: string): number | undefined {
  const found = member(value, name);
  return typeof found === "number" && Number.isFinite(found) && found >= 0 ? found : undefined;
}
