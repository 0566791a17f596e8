import { NS_PER_MS } from "../base/clock.ts";
import type { Engine } from "./engine.ts";
import type { LoadPoint, PointServer, PointShard, PointTelemetry } from "./load-point.ts";
import type { Measured } from "./measured.ts";
import {
  clientCpuPerRequest,
  distributionOf,
  inferenceThroughput,
  latency,
  requestThroughput,
  serverCpuPerInference,
  serviceTime,
} from "./metrics/index.ts";
import type { WorkerPart } from "./phase-runner.ts";
import type { LoadPlan } from "./plan.ts";
import { OUTCOME_NAMES } from "./recorder.ts";
import { judgeValidity } from "./validity/judge-validity.ts";

/** The point that a measuring phase comes to. Reads the histograms, so it must be made before they are freed. */
export function toLoadPoint(plan: LoadPlan, engine: Engine, measured: Measured, telemetry: PointTelemetry): LoadPoint {
  const { recorded, summary, client, clientWhileSending } = measured;
  const cpuPerRequestNs = clientCpuPerRequest.from(measured);
  const server = serverOf(measured);
  return {
    model: plan.model,
    protocol: plan.protocol,
    encoding: plan.encoding,
    batch: plan.batch,
    engine: engine.id,
    resolutionNs: engine.resolutionNs,
    concurrency: plan.concurrency,
    durationMs: recorded.lengthNs / NS_PER_MS,
    warmupMs: plan.warmupMs,
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
    validity: judgeValidity(measured),
    client: {
      cpuMs: client.cpuMs,
      ...(cpuPerRequestNs !== undefined && { cpuPerRequestNs }),
      eventLoopUtilisation: clientWhileSending.eventLoopUtilisation,
      rssBytes: client.rssBytes,
    },
    ...(server && { server }),
    telemetry,
    errors: summary.errorSamples.map(({ outcome, message }) => ({
      outcome: OUTCOME_NAMES[outcome] as string,
      message,
    })),
    shards: (measured.workers ?? []).map(shardOf),
  };
}

function shardOf({ worker, sent, ok, client, lost }: WorkerPart): PointShard {
  return lost === undefined ? { worker, sent, ok, cpuMs: client.cpuMs } : { worker, sent, ok, lost };
}

function serverOf(measured: Measured): PointServer | undefined {
  const { serverCpuMs: cpuMs, serverRssBytes: rssBytes } = measured;
  if (cpuMs === undefined && rssBytes === undefined) return undefined;
  const cpuPerInferenceNs = serverCpuPerInference.from(measured);
  return {
    ...(cpuMs !== undefined && { cpuMs }),
    ...(cpuPerInferenceNs !== undefined && { cpuPerInferenceNs }),
    ...(rssBytes !== undefined && { rssBytes }),
  };
}
