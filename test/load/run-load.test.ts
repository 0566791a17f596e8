import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { assetJson } from "../../src/base/assets.ts";
import type { EncodedRequest } from "../../src/load/engine.ts";
import { type ConcurrencyPlan, createEngine, type LoadProgress, runLoad } from "../../src/load/index.ts";
import type { Workload } from "../../src/load/workload.ts";
import type { LoadPoint as DocumentPoint } from "../../src/result/document.gen.ts";
import { decodeHistogram } from "../../src/statistics/index.ts";
import { clientProcess, procfs, prometheus } from "../../src/telemetry/index.ts";
import {
  afterwards,
  echo,
  echoes,
  echoWorkload,
  encode,
  grpcServer,
  httpServer,
  type Law,
  someModel,
} from "./loopback.ts";

function planOf(change: Partial<ConcurrencyPlan> = {}): ConcurrencyPlan {
  return {
    mode: "concurrency",
    protocol: "v2-rest",
    engine: "wire",
    encoding: "json",
    model: "echo",
    batch: 2,
    concurrency: 3,
    durationMs: 300,
    warmupMs: 100,
    requestTimeoutMs: 5000,
    fullCheckEvery: 10,
    seed: 1,
    ...change,
  };
}

async function load(
  law: Law,
  change: Partial<ConcurrencyPlan> = {},
  options: Partial<Parameters<typeof runLoad>[1]> = {},
) {
  const server = await httpServer(law);
  const plan = planOf(change);
  const engine = await createEngine(plan.engine, server.endpoint);
  afterwards(() => engine.close());
  const point = await runLoad(plan, { engine, workload: echoWorkload, model: someModel, ...options });
  return { server, point };
}

const after =
  (ms: number): Law =>
  (_n, _request, response, body) =>
    void setTimeout(() => response.end(body), ms);

/** What the schema of the result document says against a point. */
function problemsOf(point: DocumentPoint) {
  const schema = assetJson("#reports/schema/result.v1.schema.json") as { $id: string };
  const validate = new Ajv2020({ allowUnionTypes: true })
    .addSchema(schema)
    .compile({ $ref: `${schema.$id}#/$defs/loadPoint` });
  validate(point);
  return validate.errors;
}

test("a point is plain JSON and fits the result document", async () => {
  const { point } = await load(after(2));
  const document: DocumentPoint = point;
  expect(JSON.parse(JSON.stringify(document))).toEqual(point);
  expect(problemsOf(point)).toBeNull();
});

test("the warm-up is not measured", async () => {
  const { point, server } = await load(after(5), { warmupMs: 150, durationMs: 250 });
  expect(point.counts.sent).toBeLessThan(server.received);
  expect(point.counts.sent).toBe(point.counts.ok);
  expect(point).toMatchObject({ warmupMs: 150, durationMs: 250, concurrency: 3, batch: 2, engine: "wire" });
});

test("throughput, inferences, windows and histogram tell of the same answers", async () => {
  const { point } = await load(after(3), { warmupMs: 0, durationMs: 600 });
  const inWindows = point.windows.reduce((sum, { ok }) => sum + ok, 0);
  expect(point.throughput.value).toBeCloseTo(inWindows / 0.6, 6);
  expect(point.inferences.value).toBeCloseTo(2 * point.throughput.value, 6);
  expect(point.throughput.low).toBeLessThanOrEqual(point.throughput.value);
  expect(point.throughput.high).toBeGreaterThanOrEqual(point.throughput.value);
  expect(point.counts.ok - inWindows).toBeLessThanOrEqual(3);
  expect(point.latency.count).toBe(point.counts.ok);
  const histogram = decodeHistogram(point.latency.histogram as string);
  expect(histogram.count).toBe(point.latency.count);
  expect(histogram.percentile(50)).toBe(point.latency.percentiles[0]?.ns);
  expect(point.latency.percentiles.map(({ percentile }) => percentile)).toEqual([50, 90, 95, 99, 99.9]);
});

test("percentiles that the samples do not bound say what is missing, and the point is not valid", async () => {
  const { point } = await load(after(20), { durationMs: 200, warmupMs: 0 });
  const p99 = point.latency.percentiles.find(({ percentile }) => percentile === 99);
  expect(p99?.needed).toBe(368 - point.latency.count);
  expect(p99).not.toHaveProperty("highNs");
  expect(point.validity.valid).toBe(false);
  expect(point.validity.problems.map(({ code }) => code)).toContain("too-few-samples");
});

test("errors and wrong answers are counted by their kind, with samples", async () => {
  const { point } = await load(
    (n, _request, response, body) => {
      if (n % 3 === 0) response.statusCode = 503;
      response.end(n % 3 === 1 ? "short" : body);
    },
    { warmupMs: 0 },
  );
  const { ok, httpError, wrongAnswer, sent, bytesIn } = point.counts;
  expect(ok + httpError + wrongAnswer).toBe(sent);
  expect(Math.abs(httpError - sent / 3)).toBeLessThanOrEqual(1);
  expect(Math.abs(wrongAnswer - sent / 3)).toBeLessThanOrEqual(1);
  expect(bytesIn).toBeGreaterThan(0);
  expect(point.failedLatency?.count).toBe(httpError + wrongAnswer);
  expect(new Set(point.errors.map(({ outcome }) => outcome))).toEqual(new Set(["httpError", "wrongAnswer"]));
  expect(point.validity.problems.map(({ code }) => code)).toContain("errors");
});

test("a share of the answers is compared in full", async () => {
  const { point } = await load(echo, { fullCheckEvery: 5, durationMs: 400 });
  const share = point.counts.fullChecks / point.counts.ok;
  expect(share).toBeGreaterThan(0.1);
  expect(share).toBeLessThan(0.4);
});

test("comparing large answers in full does not take the time that sending needs", async () => {
  let checks = 0;
  const workload = {
    ...echoWorkload,
    cheap: () => true,
    full: () => {
      checks++;
      burn(5);
      return undefined;
    },
  };
  const answer =
    (bytes: number): Law =>
    (n, _request, response, body) =>
      response.end(Buffer.concat([body, Buffer.alloc(bytes, `${n}`)]));
  const plan = { fullCheckEvery: 1, concurrency: 2, warmupMs: 0, durationMs: 400 };
  const small = await load(answer(60_000), plan, { workload });
  expect(checks).toBe(small.point.counts.fullChecks);
  expect(checks).toBe(small.point.counts.ok);
  checks = 0;
  const large = await load(answer(70_000), plan, { workload });
  expect(checks).toBe(1);
  expect(large.point.counts.fullChecks).toBe(1);
  expect(large.point.counts.ok).toBeGreaterThan(10);
});

test("an answer that was found right is not parsed again, one that differs from it in more than the id is", async () => {
  const withId = (text: string): EncodedRequest[] => [
    {
      ...(encode("http")[0] as EncodedRequest),
      body: Buffer.from(text),
      id: "load-0000000000",
      idAt: text.indexOf("load-"),
    },
  ];
  const parsed: string[] = [];
  const workload: Workload = {
    ...echoWorkload,
    encode: () => withId("<load-0000000000>"),
    cheap: () => true,
    full: (_request, { body, id }) => {
      const text = Buffer.from(body).toString();
      parsed.push(text);
      return text === `<${id}>` ? undefined : `${text} is wrong`;
    },
  };
  const law: Law = (n, _request, response, body) =>
    void response.end(n % 7 === 6 ? body.toString().replace("<", "[") : body);
  const { point, server } = await load(law, { fullCheckEvery: 1, warmupMs: 0, durationMs: 100 }, { workload });
  expect(point.counts.fullChecks).toBe(server.received);
  expect(point.counts.wrongAnswer).toBe(Math.floor(server.received / 7));
  expect(parsed.filter((text) => text.startsWith("<"))).toHaveLength(1);
  expect(parsed.filter((text) => text.startsWith("["))).toHaveLength(point.counts.wrongAnswer);
  expect(new Set(server.ids).size).toBe(server.ids.length);
});

test("a client at its limit is told from a slow server", async () => {
  const cheap: Workload["cheap"] = (...args) => {
    burn(3);
    return echoes.cheap(...args);
  };
  const { point } = await load(echo, { concurrency: 8, warmupMs: 0 }, { workload: { ...echoWorkload, cheap } });
  expect(point.validity.problems.map(({ code }) => code)).toContain("client-limited");
  expect(point.client.eventLoopUtilisation).toBeGreaterThan(0.9);
  expect(point.client.cpuPerRequestNs).toBeGreaterThan(0);
});

function burn(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test("progress is reported while it runs", async () => {
  const seen: LoadProgress[] = [];
  await load(after(2), { warmupMs: 1100, durationMs: 1100 }, { onProgress: (each) => seen.push(each) });
  expect(seen.map(({ phase }) => phase)).toEqual(["warm-up", "measuring"]);
  expect(seen[1]?.requestsPerSecond).toBeGreaterThan(0);
  expect(seen[1]?.p50Ns).toBeGreaterThan(1e6);
  expect(seen[1]?.errors).toBe(0);
});

test("an interrupted run gives what was measured, as not valid", async () => {
  const abort = new AbortController();
  const { point } = await load(
    (n, request, response, body) => {
      if (n === 50) abort.abort();
      after(1)(n, request, response, body);
    },
    { warmupMs: 0, durationMs: 60_000 },
    { signal: abort.signal },
  );
  expect(point.durationMs).toBeLessThan(60_000);
  expect(point.counts.ok).toBeGreaterThan(40);
  expect(point.validity.problems[0]?.code).toBe("interrupted");
});

describe("telemetry", () => {
  test("says of the server what procfs shows, and of others why they show nothing", async () => {
    const self = procfs(process.pid);
    const nobody = { ...procfs(process.pid, { root: "/nowhere" }), id: "other" };
    const { point } = await load(after(1), {}, { collectors: [self, clientProcess(), nobody] });
    expect(point.telemetry.unavailable).toEqual([
      {
        collector: "other",
        reason: "This operating system has no /nowhere, from which processor time and memory are read.",
      },
    ]);
    expect(point.telemetry.series.length).toBeGreaterThan(0);
    const linux = process.platform === "linux";
    expect((point.server?.cpuMs ?? 0) > 0).toBe(linux);
    expect((point.server?.cpuPerInferenceNs ?? 0) > 0).toBe(linux);
    expect((point.server?.rssBytes ?? 0) > 1e6).toBe(linux);
  });

  test("is gone half-way, and the run goes on and says so", async () => {
    const metrics = await httpServer((n, _request, response) => {
      if (n < 2) response.end("# TYPE nv_inference_request_success counter\nnv_inference_request_success 0\n");
      else response.destroy();
    });
    const url = `http://127.0.0.1:${metrics.endpoint.port}/metrics`;
    const { point } = await load(after(1), {}, { collectors: [prometheus({ name: "dying", url })] });
    expect(point.counts.ok).toBeGreaterThan(0);
    expect(point.telemetry.missed).toMatchObject([{ collector: "prometheus:dying", count: 1 }]);
    expect(point).not.toHaveProperty("serverSide");
  });

  test("has the server's own count among the evidence, and no verdict from it", async () => {
    let counted = 0;
    const metrics = await httpServer(
      (_n, _request, response) =>
        void response.end(`nv_inference_request_success{model="echo",version="1"} ${counted}\n`),
    );
    const url = `http://127.0.0.1:${metrics.endpoint.port}/metrics`;
    const counting: Law = (n, request, response, body) => {
      counted++;
      after(1)(n, request, response, body);
    };
    const { point } = await load(counting, {}, { collectors: [prometheus({ name: "own", url, model: "echo" })] });
    expect(point.serverSide?.[0]?.requests).toBe(point.counts.sent);
    expect(point.validity.evidence).toContainEqual({
      key: "counted by the server",
      value: `${point.counts.sent} requests by prometheus:own`,
    });
    expect(problemsOf(point)).toBeNull();
  });

  test("leaves the server out when it was not observed", async () => {
    const { point } = await load(after(1));
    expect(point).not.toHaveProperty("server");
    expect(point.telemetry).toEqual({ series: [], unavailable: [] });
  });
});

test("gRPC is loaded the same way", async () => {
  const server = await grpcServer((_n, { request }, reply) => reply(null, request));
  const plan = planOf({ protocol: "v2-grpc", engine: "grpc-js", encoding: "raw", warmupMs: 0 });
  const engine = await createEngine("grpc-js", server.endpoint);
  afterwards(() => engine.close());
  const workload = { ...echoWorkload, protocol: "grpc", encode: () => encode("grpc") } as const;
  const point = await runLoad(plan, { engine, workload, model: someModel });
  expect(point.counts.ok).toBe(server.received);
  expect(point).toMatchObject({ engine: "grpc-js", protocol: "v2-grpc", encoding: "raw", shards: [] });
});
