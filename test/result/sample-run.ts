import { seededRandom } from "../../src/base/random.ts";
import type { Clause } from "../../src/conformance/clause.ts";
import type { Verdict } from "../../src/conformance/outcome.ts";
import type { CheckResult, ConformanceResult, SuiteResult } from "../../src/conformance/result.ts";
import type { AssembleOptions, LoadPoint, Observations } from "../../src/result/index.ts";
import type { Exchange, Headers } from "../../src/transport/exchange.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

export function clause(id: string, says: string, level: Clause["level"] = "must", section = "Inference"): Clause {
  return { id, level, basis: "declared", says, source: { document: "Open Inference Protocol, REST", section } };
}

export function exchange(
  path: string,
  body: string | Uint8Array,
  answer: string | Uint8Array,
  status = 200,
  headers: Headers = [],
): Exchange {
  return {
    request: {
      protocol: "http",
      method: "POST",
      path,
      headers: [["content-type", "application/json"]],
      body: typeof body === "string" ? bytes(body) : body,
    },
    head: { status, headers: [["content-type", "application/json"], ...headers], atNs: 2_100_000 },
    events: [{ atNs: 2_300_000, bytes: typeof answer === "string" ? bytes(answer) : answer }],
    durationNs: 2_412_345,
  };
}

export function check(id: string, title: string, verdict: Verdict, own: Partial<CheckResult> = {}): CheckResult {
  return {
    check: id,
    title,
    clause: clause("V2REST-INFER-14", "An inference response carries the id of its request when the request had one."),
    verdict,
    records: [],
    exchanges: [],
    durationMs: 3.25,
    ...own,
  };
}

const infer = '{"id":"42","inputs":[{"name":"INPUT0","shape":[1,4],"datatype":"INT32","data":[1,2,3,4]}]}';
const grpcCall: Exchange = {
  request: {
    protocol: "grpc",
    path: "/inference.GRPCInferenceService/ModelInfer",
    metadata: [["x-request-id", "7"]],
    messages: [new Uint8Array([10, 6, 115, 105, 109, 112, 108, 101, 26, 2, 52, 50])],
  },
  head: { status: 200, headers: [["content-type", "application/grpc"]], atNs: 1_000_000 },
  events: [{ atNs: 1_500_000, bytes: new Uint8Array([0, 0, 0, 0, 4, 10, 2, 52, 50]) }],
  trailers: [
    ["grpc-status", "13"],
    ["grpc-message", "Internal: tensor INPUT0 has 3 of 4 elements"],
  ],
  durationNs: 1_812_000,
};

const rest: SuiteResult = {
  suite: "v2-rest",
  title: "Open Inference Protocol V2 over REST",
  specifications: [{ document: "Open Inference Protocol, REST", revision: "2.0, July 2024" }],
  claimed: true,
  evidence: "GET /v2 answered 200",
  checks: [
    check(
      "v2-rest/infer-echoes-id",
      "An inference response carries the id of its request",
      { outcome: "fail", expected: '"42"', actual: "no id", at: "/id" },
      {
        exchanges: [
          exchange(
            "/v2/models/simple/infer",
            infer,
            '{"model_name":"simple","outputs":[{"name":"OUTPUT0","datatype":"INT32","shape":[1,4],"data":[1,2,3,4]}]}',
          ),
        ],
        decisive: 0,
        reruns: ["fail", "fail", "fail", "fail", "fail"],
      },
    ),
    check(
      "v2-rest/error-has-error-member",
      "An error answer is an object with the member error",
      {
        outcome: "fail",
        expected: 'a JSON object with the text member "error"',
        actual: 'text/html, "<html><body><h1>500 Internal Server Error</h1>…"',
      },
      {
        clause: {
          ...clause(
            "V2REST-ERR-2",
            "A failed request is answered with a JSON object whose member error is a text that says what went wrong.",
            "must",
            "Errors",
          ),
          treatment: "An empty body fails too; the status is judged elsewhere.",
        },
        exchanges: [
          exchange("/v2/models/simple/infer", infer, '{"outputs":[]}'),
          exchange(
            "/v2/models/simple/infer",
            infer.replace("[1,4]", "[1,5]"),
            "<html><body><h1>500 Internal Server Error</h1>it's a trace\n  at infer (server.py:114)</body></html>",
            500,
          ),
        ],
        decisive: 1,
        records: [{ key: "form of the error body", value: "text/html" }],
        reruns: ["pass", "fail", "pass", "fail", "inconclusive"],
      },
    ),
    check(
      "v2-rest/binary-output-size",
      "The size of a binary output is said before it",
      { outcome: "inconclusive", reason: "the target answered 429 to all of 3 attempts" },
      {
        clause: clause(
          "BIN-OUT-3",
          "A binary output gives its byte size in parameters.binary_data_size.",
          "must",
          "Binary data",
        ),
        exchanges: [
          exchange(
            "/v2/models/simple/infer",
            new Uint8Array([123, 125, 0, 1, 2, 255, 254, 0, 0, 128, 63]),
            '{"error":"slow down"}',
            429,
          ),
        ],
        decisive: 0,
      },
    ),
    check(
      "v2-rest/infer-unknown-model-is-404",
      "An inference on an unknown model is answered 404",
      { outcome: "warn", warnings: ["answered 500; 404 is recommended"] },
      {
        clause: clause("V2REST-ERR-5", "An unknown model should be answered with 404.", "should", "Errors"),
        exchanges: [exchange("/v2/models/does-not-exist/infer", infer, '{"error":"no such model"}', 500)],
        decisive: 0,
      },
    ),
    check("v2-rest/infer-fp16", "Half-precision tensors keep their values", {
      outcome: "skip",
      reason: "no model with FP16 inputs",
    }),
    check("v2-rest/repository-index", "The repository index lists every model", {
      outcome: "skip",
      reason: "the extension model_repository is not listed by the server",
    }),
    ...Array.from({ length: 34 }, (_, i) =>
      check(`v2-rest/metadata-${i}`, `Model metadata keeps statement ${i + 1} of its schema`, { outcome: "pass" }),
    ),
  ],
};

const grpc: SuiteResult = {
  suite: "v2-grpc",
  title: "Open Inference Protocol V2 over gRPC",
  specifications: [{ document: "Open Inference Protocol, gRPC", revision: "2.0, July 2024" }],
  claimed: true,
  evidence: "ServerLive answered OK",
  checks: [
    check(
      "v2-grpc/short-contents-refused",
      "Contents that do not fill the shape are refused as INVALID_ARGUMENT",
      { outcome: "fail", expected: "grpc-status 3 (INVALID_ARGUMENT)", actual: "grpc-status 13 (INTERNAL)" },
      {
        clause: clause("V2GRPC-ERR-4", "A request that breaks the protocol is refused as the client's fault."),
        exchanges: [grpcCall],
        decisive: 0,
      },
    ),
    ...Array.from({ length: 21 }, (_, i) =>
      check(`v2-grpc/server-${i}`, `Server metadata keeps statement ${i + 1}`, { outcome: "pass" }),
    ),
  ],
};

const unclaimed: SuiteResult = {
  suite: "v1-rest",
  title: "KServe V1 over REST",
  specifications: [],
  claimed: false,
  evidence: "GET /v1/models answered 404",
  checks: [],
};

export const conformance: ConformanceResult = {
  suites: [rest, grpc, unclaimed],
  profiles: [
    {
      profile: "oip-rest",
      title: "Open Inference Protocol, REST",
      status: "not-earned",
      because: ["v2-rest/infer-echoes-id", "v2-rest/error-has-error-member"],
      levels: [
        { level: "core", status: "undecided", because: ["v2-rest/binary-output-size"], skipped: [] },
        {
          level: "extended",
          status: "not-earned",
          because: ["v2-rest/infer-echoes-id", "v2-rest/error-has-error-member"],
          skipped: [{ feature: "a model with FP16 inputs", checks: 1 }],
        },
      ],
    },
    {
      profile: "oip-grpc",
      title: "Open Inference Protocol, gRPC",
      status: "not-earned",
      because: ["v2-grpc/short-contents-refused"],
    },
    { profile: "kserve-v1", title: "KServe V1", status: "not-claimed", because: [] },
  ],
  partial: false,
};

/** One measured point with plausible numbers: latency grows with concurrency, and the last point is invalid. */
export function loadPoint(concurrency: number, valid = true): LoadPoint {
  const random = seededRandom("load", concurrency);
  const service = 2.1e6 * (1 + concurrency / 40);
  const rate = (concurrency * 1e9) / service;
  const sent = Math.round(rate * 20);
  const at = (p: number) =>
    Math.round(service * (0.7 + 0.25 * -Math.log10(1 - p / 100 + 1e-6)) * (1 + (p > 99 ? 0.6 : 0)));
  const steps = [0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99];
  const distribution = {
    count: sent,
    minNs: at(0),
    maxNs: at(99.9999),
    meanNs: Math.round(service),
    clamped: 0,
    percentiles: steps.map((percentile) => ({
      percentile,
      ns: at(percentile),
      ...(percentile < 99.99
        ? { lowNs: Math.round(at(percentile) * 0.98), highNs: Math.round(at(percentile) * 1.03) }
        : { needed: 36_000 }),
    })),
  };
  return {
    model: "simple",
    protocol: "v2-rest",
    encoding: "json",
    batch: 4,
    engine: "undici",
    resolutionNs: 1,
    concurrency,
    durationMs: 20_000,
    warmupMs: 5_000,
    counts: {
      sent,
      ok: sent - (valid ? 0 : 412),
      httpError: valid ? 0 : 400,
      grpcError: 0,
      timeout: valid ? 0 : 12,
      refused: 0,
      reset: 0,
      malformed: 0,
      wrongAnswer: 0,
      reconnects: 0,
      fullChecks: Math.round(sent / 100),
      bytesIn: sent * 120,
    },
    throughput: { value: rate, low: rate * 0.985, high: rate * 1.015 },
    inferences: { value: rate * 4, low: rate * 3.94, high: rate * 4.06 },
    latency: distribution,
    service: distribution,
    windows: Array.from({ length: 80 }, (_, i) => ({
      startMs: i * 250,
      durationMs: 250,
      ok: Math.round((rate / 4) * (0.95 + 0.1 * random.next())),
      failed: 0,
      inferences: Math.round(rate),
      p50Ns: Math.round(at(50) * (0.95 + 0.1 * random.next())),
      p99Ns: Math.round(at(99) * (0.9 + 0.3 * random.next())),
    })),
    validity: valid
      ? { valid: true, problems: [], evidence: [{ key: "client processor time", value: "31 % of two cores" }] }
      : {
          valid: false,
          problems: [
            { code: "client-limited", evidence: "the event loop of the sender was busy 97 % of the time" },
            { code: "errors", evidence: "1.4 % of the requests failed; at most 1 % may" },
          ],
          evidence: [{ key: "event-loop utilisation", value: "0.97" }],
        },
    client: { cpuMs: 6_204, cpuPerRequestNs: 14_200, eventLoopUtilisation: valid ? 0.31 : 0.97, rssBytes: 91_226_112 },
    server: { cpuMs: 15_880, cpuPerInferenceNs: 402_000, rssBytes: 412_000_000 },
    telemetry: {
      series: [
        {
          id: "procfs/cpu",
          title: "Processor time of the server",
          unit: "ms",
          points: [
            { atMs: 0, value: 10 },
            { atMs: 1000, value: 812 },
          ],
        },
      ],
      unavailable: [{ collector: "nvidia-smi", reason: "nvidia-smi is not installed" }],
    },
    errors: valid ? [] : [{ outcome: "httpError", message: 'status 503: {"error":"queue is full"}' }],
    shards: [{ worker: 0, sent, ok: sent, cpuMs: 6_204 }],
  };
}

export const observations: Observations = {
  tool: { name: "infermark", version: "0.1.0" },
  run: {
    startedAt: "2026-03-02T09:41:07.250Z",
    durationMs: 84_312,
    seed: 1,
    argv: ["infermark", "conform", "--rest", "http://127.0.0.1:8080", "--token", "hunter2"],
    environment: { node: "v20.20.2", os: "Linux 6.1", cpu: "AMD EPYC 9354", cores: 8, memoryBytes: 34_359_738_368 },
  },
  subject: { runtime: "Example Serving", version: "1.4.2", hardware: "8 cores, no accelerator" },
  target: {
    rest: "http://127.0.0.1:8080",
    grpc: "127.0.0.1:9000",
    info: {
      rest: true,
      grpc: true,
      bindings: {
        "v1-rest": { answers: false, evidence: "GET /v1/models answered 404" },
        "v2-rest": { answers: true, evidence: "GET /v2 answered 200" },
        "v2-grpc": { answers: true, evidence: "ServerLive answered OK" },
      },
      server: { name: "example-serving", version: "1.4.2", extensions: ["binary_tensor_data"] },
      models: [
        {
          name: "simple",
          versions: ["1"],
          inputs: [{ name: "INPUT0", datatype: "INT32", shape: [-1, 4] }],
          outputs: [{ name: "OUTPUT0", datatype: "INT32", shape: [-1, 4] }],
          fixture: false,
          foundBy: ["v2-rest"],
        },
      ],
    },
  },
  registry: [
    {
      id: "v2-rest",
      clauses: {},
      checks: [...rest.checks.map(({ check: id }) => ({ id })), { id: "v2-rest/not-selected" }],
      retired: { "v2-rest/old-name": { successor: "v2-rest/infer-echoes-id", why: "split in two" } },
    },
  ],
  conformance,
  load: [
    {
      plan: { mode: "concurrency", concurrency: [1, 8, 32, 64], batch: [4], durationMs: 20_000 },
      points: [loadPoint(1), loadPoint(8), loadPoint(32), loadPoint(64, false)],
    },
  ],
  transcripts: { file: "transcripts.ndjson.gz", sha256: "ab".repeat(32) },
};

export const options: AssembleOptions = {
  documentFile: "result.json",
  rest: { host: "127.0.0.1", port: 8080, headers: [["Authorization", "Bearer hunter2"]] },
  grpc: { host: "127.0.0.1", port: 9000 },
  decodeRequest: () => ({ json: { model_name: "simple", id: "42" }, proto: "open_inference_grpc.proto" }),
  thresholds: [
    { expression: "p99<=20ms", metric: "p99", comparison: "<=", limit: 20e6, unit: "ns" },
    { expression: "p50<=1ms", metric: "p50", comparison: "<=", limit: 1e6, unit: "ns" },
  ],
  baseline: {
    file: "known-failing.yaml",
    entries: [
      {
        line: 1,
        check: "v2-rest/error-has-error-member",
        reason: "The proxy answers in HTML",
        issue: "https://tracker.example.com/issues/118",
        owner: "serving",
      },
      { line: 5, check: "v2-rest/metadata-3", reason: "Fixed in 1.4" },
    ],
  },
};
