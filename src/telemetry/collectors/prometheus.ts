import { shownUrl } from "../../base/shown-url.ts";
import type { Change, Collector, Quantity, Reading } from "../collector.ts";
import { fetchText, type TextSource } from "../fetch-text.ts";
import { KNOWN_METRICS, type KnownMetric } from "../known-metrics.ts";
import { type Exposition, parseExposition, type Sample, sampleText } from "../prometheus-text.ts";

const MOST_CHANGES = 100;
const MOST_SERIES = 100;
/** DCGM exposes what it does not know as integers from here on. */
const BLANK = 9.2233720368547e18;
const MODEL_LABELS = ["model", "model_name"] as const;

export interface PrometheusOptions extends TextSource {
  /** What the report calls it. */
  readonly name: string;
  /** Metrics that name another model are left out. */
  readonly model?: string;
}

/** Any endpoint in the Prometheus text format: known metrics over time, and by how much all other totals grew. */
export function prometheus({ name, model, ...source }: PrometheusOptions): Collector {
  const id = `prometheus:${name}`;
  let first: Exposition | undefined;
  let last: Exposition | undefined;
  let count = 0;
  const fetchMetrics = (signal: AbortSignal) =>
    fetchText({ ...source, headers: [["accept", "text/plain;version=0.0.4"], ...(source.headers ?? [])] }, signal);
  return {
    id,
    unavailable: async () => {
      try {
        parseExposition(await fetchMetrics(AbortSignal.timeout(5000)));
        return undefined;
      } catch (thrown) {
        return `${thrown instanceof Error ? thrown.message.replace(/\.$/, "") : "It cannot be read"}: nothing is read from ${shownUrl(source.url)}.`;
      }
    },
    open: () => {
      first = last = undefined;
      count = 0;
    },
    read: async (signal, thorough) => {
      const index = thorough ? count++ : -1;
      const text = await fetchMetrics(signal);
      // Within the phase no more is read than is kept: the time is taken from the sending of requests.
      const exposition = parseExposition(text, thorough ? undefined : (sample) => KNOWN_METRICS.has(sample));
      if (index === 0) first = exposition;
      if (index > 0) last = exposition;
      return readingsOf(id, shownUrl(source.url), ofModel(exposition.samples, model));
    },
    changes: () =>
      first && last && changesBetween(id, ofModel(first.samples, model), ofModel(last.samples, model), last.types),
  };
}

function ofModel(samples: readonly Sample[], model: string | undefined): readonly Sample[] {
  if (model === undefined) return samples;
  return samples.filter(({ labels }) => MODEL_LABELS.every((label) => (labels[label] ?? model) === model));
}

function readingsOf(collector: string, source: string, samples: readonly Sample[]): readonly Reading[] {
  const readings = new Map<string, { quantity: Quantity; value: number }>();
  for (const sample of samples) {
    const known = KNOWN_METRICS.get(sample.name);
    if (!known || !Number.isFinite(sample.value) || sample.value >= BLANK || isExcepted(known, sample)) continue;
    const quantity = quantityOf(collector, source, known, sample);
    const found = readings.get(quantity.id);
    const value = sample.value * (known.scale ?? 1);
    if (found) found.value += value;
    else if (readings.size < MOST_SERIES) readings.set(quantity.id, { quantity, value });
  }
  return [...readings.values()];
}

function isExcepted({ except }: KnownMetric, { labels }: Sample): boolean {
  return except !== undefined && except.values.includes(labels[except.label] ?? "");
}

function quantityOf(collector: string, source: string, known: KnownMetric, { name, labels }: Sample): Quantity {
  const kept = Object.entries(labels).filter(([label]) => known.keep?.includes(label) ?? true);
  const { title, unit, counter, role, stage, gpu } = known;
  const gpuName = gpu === undefined ? undefined : (labels[gpu] ?? labels["gpu"]);
  const shown = {
    ...Object.fromEntries(kept),
    ...(stage !== undefined && { stage }),
    ...(gpuName !== undefined && { gpu: gpuName }),
  };
  return {
    id: `${collector}/${sampleText({ name, labels: Object.fromEntries(kept) })}`,
    title,
    unit,
    source,
    ...(counter && { counter }),
    ...(role && { role }),
    ...(Object.keys(shown).length > 0 && { labels: shown }),
  };
}

/** Growth of counters, and of counts and sums of histograms and summaries, that are not among the known metrics. */
function changesBetween(
  collector: string,
  before: readonly Sample[],
  after: readonly Sample[],
  types: ReadonlyMap<string, string>,
): readonly Change[] {
  const old = new Map(before.map((sample) => [sampleText(sample), sample.value]));
  const growth = (sample: Sample | undefined): number | undefined => {
    const delta = sample && sample.value - (old.get(sampleText(sample)) ?? 0);
    // What went back was started anew.
    return delta !== undefined && Number.isFinite(delta) && delta >= 0 ? delta : undefined;
  };
  const sums = new Map(after.filter(({ name }) => name.endsWith("_sum")).map((sample) => [sampleText(sample), sample]));
  const changes = after.flatMap((sample): Change[] => {
    const { name, labels } = sample;
    if (KNOWN_METRICS.has(name)) return [];
    const family = name.replace(/_(count|total)$/, "");
    const distribution = name.endsWith("_count") && ["histogram", "summary"].includes(types.get(family) ?? "");
    const counter = types.get(name) === "counter" || (name.endsWith("_total") && types.get(family) === "counter");
    const count = growth(sample);
    if ((!distribution && !counter) || count === undefined || count === 0) return [];
    const sum = distribution ? growth(sums.get(sampleText({ name: `${family}_sum`, labels }))) : undefined;
    return [
      {
        collector,
        metric: sampleText({ name: distribution ? family : name, labels }),
        count,
        ...(sum !== undefined && { sum }),
      },
    ];
  });
  return changes.slice(0, MOST_CHANGES);
}
