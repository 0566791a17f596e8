import { NS_PER_MS } from "../../base/clock.ts";
import type { Role, Series } from "../../telemetry/index.ts";
import type { PointServerSide } from "../load-point.ts";
import { byCollector, growthOf } from "../series-values.ts";
import type { Metric } from "./metric.ts";

/** What each source at the server counted of the phase: requests, their mean time and its stages, the size of batches. */
export const serverSide: Metric<PointServerSide[]> = {
  id: "server-side",
  title: "What the server counted",
  unit: "ns",
  from: ({ series = [], recorded: { service } }) => {
    const clientMeanNs = service.count > 0 ? service.meanNs : undefined;
    return [...byCollector(series)].flatMap(([source, own]) => sourceOf(source, own, clientMeanNs) ?? []);
  },
};

function sourceOf(source: string, series: readonly Series[], clientMeanNs?: number): PointServerSide | undefined {
  const requestCount = growth(series, "request-count");
  const stages = stagesOf(series, requestCount);
  const counted = requestCount ?? mostOf(series);
  const requests = counted === undefined ? undefined : counted + (growth(series, "requests-failed") ?? 0);
  const meanNs = perOne(growth(series, "request-time"), requestCount, NS_PER_MS) ?? sumOf(stages);
  const inferencesPerExecution = perOne(growth(series, "inferences"), growth(series, "executions"), 1);
  if (requests === undefined && meanNs === undefined && inferencesPerExecution === undefined) return undefined;
  return {
    source,
    ...(requests !== undefined && { requests }),
    ...(meanNs !== undefined && { meanNs }),
    ...(meanNs !== undefined && clientMeanNs !== undefined && { clientMeanNs, overheadNs: clientMeanNs - meanNs }),
    ...(inferencesPerExecution !== undefined && { effectiveBatch: inferencesPerExecution }),
    stages,
  };
}

/** Growth of all series with a role together; undefined when there is none, or one is not known. */
function growth(series: readonly Series[], wanted: Role, stage?: string): number | undefined {
  const growths = series
    .filter(({ role, labels }) => role === wanted && (stage === undefined || labels?.["stage"] === stage))
    .map(growthOf);
  if (growths.length === 0) return undefined;
  return growths.reduce((sum, each) => (sum === undefined || each === undefined ? undefined : sum + each), 0);
}

function perOne(total: number | undefined, count: number | undefined, scale: number): number | undefined {
  return total === undefined || count === undefined || count === 0 ? undefined : (total * scale) / count;
}

function stageNames(series: readonly Series[], wanted: Role): readonly string[] {
  return [...new Set(series.flatMap(({ role, labels }) => (role === wanted ? (labels?.["stage"] ?? []) : [])))];
}

/** A stage that does not count requests itself is divided by those of the whole. */
function stagesOf(series: readonly Series[], requestCount: number | undefined): PointServerSide["stages"] {
  const counting = stageNames(series, "stage-count");
  return stageNames(series, "stage-time").flatMap((stage) => {
    const count = counting.includes(stage) ? growth(series, "stage-count", stage) : requestCount;
    const meanNs = perOne(growth(series, "stage-time", stage), count, NS_PER_MS);
    return meanNs === undefined ? [] : [{ stage, meanNs }];
  });
}

/** Requests that fail in one stage do not come to the next. */
function mostOf(series: readonly Series[]): number | undefined {
  const counts = stageNames(series, "stage-count").flatMap((stage) => growth(series, "stage-count", stage) ?? []);
  return counts.length === 0 ? undefined : Math.max(...counts);
}

function sumOf(stages: PointServerSide["stages"]): number | undefined {
  return stages.length === 0 ? undefined : stages.reduce((sum, { meanNs }) => sum + meanNs, 0);
}
