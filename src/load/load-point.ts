import type { Observed } from "../telemetry/index.ts";

/** One measured point: fixed settings over one measuring phase. Plain JSON, as the result document holds it. */
export interface LoadPoint {
  model: string;
  /** The binding: `v1-rest`, `v2-rest` or `v2-grpc`. */
  protocol: string;
  encoding: string;
  /** Rows in each request. */
  batch: number;
  /** Models that shared the load; `model` is what they are called together then, and `batch` did not count. */
  mix?: { model: string; batch: number; weight: number }[];
  engine: string;
  /** Resolution of the engine's time stamps in nanoseconds: no time below is better than this. */
  resolutionNs: number;
  /** Requests in flight, of a closed loop. */
  concurrency?: number;
  /** Intended requests per second, of an open loop; the mean where the rate changes. */
  requestRate?: number;
  /** The stage of the plan that the point belongs to, where a plan has stages. */
  stage?: string;
  durationMs: number;
  /** As long as it took. */
  warmupMs: number;
  counts: PointCounts;
  /** Right answers per second within the phase. */
  throughput: PointEstimate;
  /** Inferences per second in them. */
  inferences: PointEstimate;
  /** From the intended sending to the end of the answer; right answers only. */
  latency: PointLatency;
  /** From the actual sending to the end of the answer; right answers only. */
  service: PointLatency;
  /** From the intended sending to the end of what was not a right answer; absent when there was none. */
  failedLatency?: PointLatency;
  /** Actual minus intended sending; absent in a closed loop, where both are one. */
  lateness?: PointLatency;
  windows: PointWindow[];
  intervals: PointInterval[];
  validity: PointValidity;
  client: PointClient;
  /** Absent unless the server's process was observed. */
  server?: PointServer;
  /** Absent unless a GPU was seen busy. */
  gpu?: PointGpuUse;
  /** What the server counted, by source; absent when no source did. */
  serverSide?: PointServerSide[];
  telemetry: PointTelemetry;
  /** The first few error texts, by outcome. */
  errors: PointError[];
  /** The part of each worker process; empty when the load ran in one process. */
  shards: PointShard[];
}

/** Requests by what became of them. */
export interface PointCounts {
  sent: number;
  ok: number;
  httpError: number;
  grpcError: number;
  timeout: number;
  refused: number;
  reset: number;
  malformed: number;
  wrongAnswer: number;
  /** Requests that were due and could not be sent before the phase ended; 0 in a closed loop. */
  notSent: number;
  reconnects: number;
  /** Answers that were parsed and compared in full. */
  fullChecks: number;
  /** Bytes of the bodies that came back. */
  bytesIn: number;
}

/** A number with its 95 % confidence interval; the interval is absent when there is too little data for one. */
export interface PointEstimate {
  value: number;
  low?: number;
  high?: number;
}

/** A distribution of times in nanoseconds. */
export interface PointLatency {
  count: number;
  minNs: number;
  maxNs: number;
  meanNs: number;
  /** Ascending; empty when nothing was recorded. */
  percentiles: PointPercentile[];
  /** Times beyond one hour, recorded as one hour. */
  clamped: number;
  /** HDR histogram, V2 compressed, base64; absent when nothing was recorded. */
  histogram?: string;
}

export interface PointPercentile {
  /** 0 to 100. */
  percentile: number;
  ns: number;
  /** The 95 % confidence interval; an end is absent when the samples do not bound it. */
  lowNs?: number;
  highNs?: number;
  /** How many more samples the interval needs; absent when it has enough. */
  needed?: number;
}

/** One window of the measuring phase. An answer counts where it ended. */
export interface PointWindow {
  startMs: number;
  durationMs: number;
  /** Open loop: requests that were to be sent in it. */
  due?: number;
  ok: number;
  failed: number;
  inferences: number;
  /** Within 1 %; absent in a window without right answers. */
  p50Ns?: number;
  p99Ns?: number;
}

/** How long the right answers took that ended in a stretch of the measuring phase. */
export interface PointInterval {
  startMs: number;
  durationMs: number;
  /** Counts by log bucket, as `encodeBuckets` writes them. */
  latencies: string;
}

/** Whether the numbers mean what they say. */
export interface PointValidity {
  valid: boolean;
  problems: { code: string; evidence: string }[];
  /** What the verdict rests on, as `key: value` texts. */
  evidence: { key: string; value: string }[];
}

/** What sending the load cost this machine. */
export interface PointClient {
  /** Processor time of the sending process, or of all workers and the process over them, in the phase, in milliseconds. */
  cpuMs: number;
  /** The same per request; absent when none was completed. */
  cpuPerRequestNs?: number;
  /** Share of time that the event loop, of several workers the busiest, was busy, 0 to 1. */
  eventLoopUtilisation: number;
  /** Time in which a sending process could not attend to anything, in stretches of more than 10 ms; of the one that had most. */
  stalledMs?: number;
  /** Resident memory at the end of the phase. */
  rssBytes: number;
}

/** What the load cost the server's process tree. */
export interface PointServer {
  /** Processor time in the phase, in milliseconds; absent when it could not be read. */
  cpuMs?: number;
  /** The same per inference of a right answer. */
  cpuPerInferenceNs?: number;
  /** Inferences in right answers for each second of processor time. */
  inferencesPerCoreSecond?: number;
  /** The greatest resident memory seen. */
  rssBytes?: number;
}

/** GPUs that were busy at some reading. */
export interface PointGpuUse {
  /** The collector that saw them. */
  source: string;
  busy: number;
  /** Inferences per second in right answers within the phase, for each busy GPU. */
  inferencesPerGpuSecond: number;
  /** Mean power of the busy GPUs together over the phase; absent when not known of all of them. */
  meanWatts?: number;
  /** What an idle GPU draws is not taken off. */
  joulesPerInference?: number;
}

/** What one source at the server counted in the phase. A number that it does not tell, or not from begin to end, is absent. */
export interface PointServerSide {
  /** The collector. */
  source: string;
  requests?: number;
  /** Mean time of a request at the server; the sum of its stages where it times only those. */
  meanNs?: number;
  /** Mean service time at the client, and how much longer it is: network, proxies and what the server does not time. */
  clientMeanNs?: number;
  overheadNs?: number;
  /** Inferences for each execution of a batch. */
  effectiveBatch?: number;
  stages: { stage: string; meanNs: number }[];
}

export type PointTelemetry = Observed;

export interface PointError {
  /** A key of the counts, e.g. `timeout`. */
  outcome: string;
  message: string;
}

/** The part of one worker process. */
export interface PointShard {
  /** Counted from 0. */
  worker: number;
  sent: number;
  ok: number;
  /** Absent when it was lost. */
  cpuMs?: number;
  /** How the worker ended before its time; what it sent is not known then, and counted as nothing. */
  lost?: string;
}
