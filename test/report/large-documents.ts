import { readFileSync } from "node:fs";
import { seededRandom } from "../../src/base/random.ts";
import type { LoadPoint, LoadRun, Percentile, ResultDocument, Series } from "../../src/result/index.ts";
import { BUCKETS, bucketOf, bucketPercentile, createHistogram, encodeBuckets } from "../../src/statistics/index.ts";

const MS = 1e6;
const PERCENTILES = [0, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99];
/** Of what is served at once; beyond it requests wait. */
const SLOTS = 8;

interface Setting {
  readonly protocol: string;
  readonly encoding: string;
  readonly batch: number;
  readonly concurrency?: number;
  readonly requestRate?: number;
  readonly durationMs: number;
  readonly windowMs: number;
  readonly intervalMs: number;
  readonly telemetryMs: number;
}

/** The published result of a real runtime, all of whose suites ran, without its load. */
export function fullSuite(): ResultDocument {
  const file = new URL("../../reports/runtimes/kserve/0.21.0.json", import.meta.url);
  const { load: _load, ...document } = JSON.parse(readFileSync(file, "utf8")) as ResultDocument;
  return document;
}

/** 60 points of four seconds: three bindings, four batch sizes, five concurrencies, with all that a run of them holds. */
export function sweepOf60Points(): LoadRun[] {
  const bindings = [
    ["v2-rest", "json"],
    ["v2-binary", "binary"],
    ["v2-grpc", "raw"],
  ] as const;
  return bindings.map(([protocol, encoding]) => ({
    plan: {
      mode: "sweep",
      protocol,
      encoding,
      batch: [1, 4, 16, 64],
      concurrency: [1, 4, 16, 64, 256],
      durationMs: 4000,
    },
    points: [1, 4, 16, 64].flatMap((batch) =>
      [1, 4, 16, 64, 256].map((concurrency) =>
        simulatedPoint({
          protocol,
          encoding,
          batch,
          concurrency,
          durationMs: 4000,
          windowMs: 50,
          intervalMs: 400,
          telemetryMs: 1000,
        }),
      ),
    ),
  }));
}

/** One hour of an open loop: 282 windows of 12.8 s, 141 intervals, 150 readings of each quantity. */
export function hourOfLoad(): LoadRun {
  const setting = { protocol: "v2-grpc", encoding: "raw", batch: 4, requestRate: 800, durationMs: 3_600_000 };
  return {
    plan: { mode: "request-rate", ...setting },
    points: [simulatedPoint({ ...setting, windowMs: 12_800, intervalMs: 25_600, telemetryMs: 24_000 })],
  };
}

/** A document with this load alone. */
export function loadOnly(runs: readonly LoadRun[]): ResultDocument {
  const { conformance: _conformance, baseline: _baseline, transcripts: _transcripts, ...document } = fullSuite();
  return { ...document, load: { runs: [...runs] }, gate: { exitCode: 0, reasons: [] } };
}

/** A service with eight slots, log-normal times and a cost for each row; what waits, waits for a slot. */
export function simulatedPoint(setting: Setting): LoadPoint {
  const { protocol, encoding, batch, concurrency, requestRate, durationMs } = setting;
  const random = seededRandom("simulated", JSON.stringify(setting));
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const perRow = encoding === "json" ? 0.35 : encoding === "binary" ? 0.2 : 0.15;
  const serviceMs = 2 + perRow * batch;
  const busy = Math.min(SLOTS, concurrency ?? SLOTS);
  const rate = requestRate ?? (busy * 1000) / serviceMs;
  const waitMs = concurrency === undefined ? 0.5 : (Math.max(0, concurrency - SLOTS) / SLOTS) * serviceMs;
  const latency = createHistogram();
  const cells = (widthMs: number) =>
    Array.from({ length: Math.ceil(durationMs / widthMs) }, (_, index) => {
      const length = Math.min(widthMs, durationMs - index * widthMs);
      // So many samples show the same as more would.
      const drawn = Math.min(4000, Math.round((rate * length * (1 + 0.03 * normal())) / 1000));
      const counts = new Uint32Array(BUCKETS);
      for (let i = 0; i < drawn; i++) {
        const ns = (serviceMs * Math.exp(0.25 * normal()) + waitMs * (1 + 0.1 * normal())) * MS;
        counts[bucketOf(ns)] = (counts[bucketOf(ns)] as number) + 1;
        if (i % 8 === 0) latency.recordNs(ns);
      }
      return { startMs: index * widthMs, durationMs: length, ok: drawn, counts };
    });
  const windows = cells(setting.windowMs);
  const intervals = cells(setting.intervalMs);
  const ok = windows.reduce((sum, window) => sum + window.ok, 0);
  const distribution = {
    count: latency.count,
    minNs: latency.minNs,
    maxNs: latency.maxNs,
    meanNs: latency.meanNs,
    clamped: 0,
    percentiles: PERCENTILES.map((percentile): Percentile => {
      const ns = latency.percentile(percentile);
      return { percentile, ns, lowNs: Math.round(ns * 0.985), highNs: Math.round(ns * (1 + percentile / 3000)) };
    }),
    histogram: latency.encode(),
  };
  latency.destroy();
  const throughput = (ok * 1000) / durationMs;
  const estimate = (value: number) => ({ value, low: value * 0.985, high: value * 1.015 });
  return {
    model: "identity_fp32",
    protocol,
    encoding,
    batch,
    engine: "wire",
    resolutionNs: 1,
    ...(concurrency !== undefined && { concurrency }),
    ...(requestRate !== undefined && { requestRate }),
    durationMs,
    warmupMs: 1000,
    counts: {
      sent: ok,
      ok,
      httpError: 0,
      grpcError: 0,
      timeout: 0,
      refused: 0,
      reset: 0,
      malformed: 0,
      wrongAnswer: 0,
      notSent: 0,
      reconnects: 0,
      fullChecks: Math.round(ok / 100),
      bytesIn: ok * 120,
    },
    throughput: estimate(throughput),
    inferences: estimate(throughput * batch),
    latency: distribution,
    service: distribution,
    ...(requestRate !== undefined && { lateness: distribution }),
    windows: windows.map(({ startMs, durationMs: length, ok: right, counts }) => ({
      startMs,
      durationMs: length,
      ok: right,
      inferences: right * batch,
      failed: 0,
      p50Ns: bucketPercentile(counts, 50) ?? 0,
      p99Ns: bucketPercentile(counts, 99) ?? 0,
    })),
    intervals: intervals.map(({ startMs, durationMs: length, counts }) => ({
      startMs,
      durationMs: length,
      latencies: encodeBuckets(counts),
    })),
    validity: {
      valid: true,
      problems: [],
      evidence: [
        { key: "errors", value: "none" },
        { key: "client", value: "event loop busy 41.3 % of the time, 38.2 % of one core used" },
        { key: "drift", value: "throughput changed by +0.4 % ± 1.1 % over the phase" },
        { key: "samples", value: `${ok} right answers` },
      ],
    },
    client: { cpuMs: durationMs * 0.38, cpuPerRequestNs: 21_000, eventLoopUtilisation: 0.413, rssBytes: 151_226_112 },
    server: { cpuMs: durationMs * 1.6, cpuPerInferenceNs: 402_000, rssBytes: 812_000_000 },
    telemetry: { series: seriesOf(setting, () => random.next()), unavailable: [] },
    errors: [],
    shards: [],
  };
}

function seriesOf({ durationMs, telemetryMs }: Setting, next: () => number): Series[] {
  const readings = Array.from({ length: Math.floor(durationMs / telemetryMs) + 1 }, (_, i) => i * telemetryMs);
  const around = (value: number, spread: number) =>
    readings.map((atMs) => ({ atMs, value: Number((value + spread * (next() - 0.5)).toPrecision(4)) }));
  const growing = (perMs: number) =>
    readings.map((atMs) => ({ atMs, value: Math.round(atMs * perMs * (0.98 + 0.02 * next())) }));
  const gpus = ["0", "1"].flatMap((index): Series[] => {
    const labels = { gpu: `GPU-${index}`, index };
    const source = "nvidia-smi --query-gpu";
    return [
      { id: `nvidia-smi/${index}/utilisation`, title: "GPU", unit: "ratio", labels, source, points: around(0.7, 0.2) },
      { id: `nvidia-smi/${index}/memory`, title: "GPU", unit: "bytes", labels, source, points: around(9.123e9, 0) },
      { id: `nvidia-smi/${index}/power`, title: "GPU", unit: "watts", labels, source, points: around(310, 60) },
      { id: `nvidia-smi/${index}/clock`, title: "GPU", unit: "MHz", labels, source, points: around(1980, 0) },
    ];
  });
  return [
    {
      id: "client-process/cpu",
      title: "Processor cores used by the client",
      unit: "ratio",
      source: "this process",
      points: around(0.4, 0.1),
    },
    {
      id: "client-process/event-loop",
      title: "Event loop utilisation of the client",
      unit: "ratio",
      source: "this process",
      points: around(0.4, 0.1),
    },
    {
      id: "client-process/rss",
      title: "Resident memory of the client",
      unit: "bytes",
      source: "this process",
      points: around(1.5e8, 1e6),
    },
    {
      id: "client-process/gc",
      title: "Time of the client in garbage collection",
      unit: "ms",
      counter: true,
      source: "this process",
      points: growing(0.01),
    },
    {
      id: "procfs/cpu",
      title: "Processor time of the server",
      unit: "ms",
      counter: true,
      role: "server-cpu",
      source: "/proc/4711",
      points: growing(1.6),
    },
    {
      id: "procfs/rss",
      title: "Resident memory of the server",
      unit: "bytes",
      role: "server-memory",
      source: "/proc/4711",
      points: around(8.1e8, 1e7),
    },
    ...gpus,
  ];
}
