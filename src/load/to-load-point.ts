import { NS_PER_MS } from "../base/clock.ts";
import type { Engine } from "./engine.ts";
import type { LoadPoint, PointServer, PointShard, PointTelemetry } from "./load-point.ts";
import type { Measured } from "./measured.ts";
import {
  clientCpuPerRequest,
  distributionOf,
  gpuUse,
  inferencesPerCoreSecond,
  inferenceThroughput,
  latency,
  requestThroughput,
  serverCpuPerInference,
  serverSide,
  serviceTime,
} from "./metrics/index.ts";
import type { WorkerPart } from "./phase-runner.ts";
import { OUTCOME_NAMES } from "./recorder.ts";
import type { LoadSettings } from "./settings.ts";
import { judgeValidity } from "./validity/judge-validity.ts";

/** How a point was loaded, beside the settings of all. */
export type PointLoad = Pick<LoadPoint, "concurrency" | "requestRate" | "stage" | "warmupMs">;

/** The point that a measuring phase comes to. Reads the histograms, so it must be made before they are freed. */
export function toLoadPoint(
  plan: Omit<LoadSettings, "durationMs">,
  load: PointLoad,
  engine: Engine,
  measured: Measured,
  telemetry: PointTelemetry,
): LoadPoint {
  const { recorded, summary, client, clientWhileSending } = measured;
  const cpuPerRequestNs = clientCpuPerRequest.from(measured);
  const server = serverOf(measured);
  return {
    model: plan.model,
    protocol: plan.protocol,
    encoding: plan.encoding,
    batch: plan.batch,
    ...(plan.mix && { mix: plan.mix.map((part) => ({ ...part })) }),
    engine: engine.id,
    resolutionNs: engine.resolutionNs,
    ...load,
    durationMs: recorded.lengthNs / NS_PER_MS,
    counts: {
      sent: summary.sent,
      ...recorded.counts,
      reconnects: summary.reconnects,
      fullChecks: summary.fullChecks,
      bytesIn: recorded.bytesIn,
    },
    throughput: requestThroughput.from(measured),
    inferences: inferenceThroughput.from(measured),
    latency: latency.from(measured),
    service: serviceTime.from(measured),
    ...(recorded.failedLatency.count > 0 && { failedLatency: distributionOf(recorded.failedLatency) }),
    ...(recorded.lateness.count > 0 && { lateness: distributionOf(recorded.lateness) }),
    windows: recorded.windows,
    intervals: recorded.intervals,
    validity: judgeValidity(measured),
    client: {
      cpuMs: client.cpuMs,
      ...(cpuPerRequestNs !== undefined && { cpuPerRequestNs }),
      eventLoopUtilisation: clientWhileSending.eventLoopUtilisation,
      ...(clientWhileSending.stalledMs !== undefined && { stalledMs: clientWhileSending.stalledMs }),
      rssBytes: client.rssBytes,
    },
    ...(server && { server }),
    ...gpuAndServerSide(measured),
    telemetry,
    errors: summary.errorSamples.map(({ outcome, message }) => ({
      outcome: OUTCOME_NAMES[outcome] as string,
      message,
    })),
    shards: (measured.workers ?? []).map(shardOf),
  };
}

function gpuAndServerSide(measured: Measured): Pick<LoadPoint, "gpu" | "serverSide"> {
  const gpu = gpuUse.from(measured);
  const sources = serverSide.from(measured);
  return { ...(gpu && { gpu }), ...(sources.length > 0 && { serverSide: sources }) };
}

function shardOf({ worker, sent, ok, client, lost }: WorkerPart): PointShard {
  return lost === undefined ? { worker, sent, ok, cpuMs: client.cpuMs } : { worker, sent, ok, lost };
}

function serverOf(measured: Measured): PointServer | undefined {
  const { serverCpuMs: cpuMs, serverRssBytes: rssBytes } = measured;
  if (cpuMs === undefined && rssBytes === undefined) return undefined;
  const cpuPerInferenceNs = serverCpuPerInference.from(measured);
  const perCoreSecond = inferencesPerCoreSecond.from(measured);
  return {
    ...(cpuMs !== undefined && { cpuMs }),
    ...(cpuPerInferenceNs !== undefined && { cpuPerInferenceNs }),
    ...(perCoreSecond !== undefined && { inferencesPerCoreSecond: perCoreSecond }),
    ...(rssBytes !== undefined && { rssBytes }),
  };
}
