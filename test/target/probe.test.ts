import { createServer, type RequestListener } from "node:http";
import { createServer as createHttp2 } from "node:http2";
import { type AddressInfo, createServer as createTcp, type Socket, type Server as TcpServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { createWorld, fixtureModels, grpcHost, type Handler, serveReference } from "../../src/reference/index.ts";
import {
  decodeMessage,
  encodeMessage,
  FIXTURES,
  grpcPath,
  healthPath,
  type ProbeOptions,
  parseGrpcAddress,
  parseRestAddress,
  probeTarget,
} from "../../src/target/index.ts";
import { openTransport } from "../../src/transport/index.ts";
import { reference } from "../../suites/v2-rest/reference.ts";

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

type Addresses = { readonly rest?: string | undefined; readonly grpc?: string | undefined };

function probe({ rest, grpc }: Addresses, options: Partial<ProbeOptions> = {}) {
  const transport = openTransport({
    ...(rest !== undefined && { rest: parseRestAddress(rest) }),
    ...(grpc !== undefined && { grpc: parseGrpcAddress(grpc) }),
    maxResponseBytes: 1 << 20,
  });
  cleanups.push(() => transport.close());
  const defaults = { models: [], fixtures: true, deadlineMs: 5_000, clock: systemClock };
  return probeTarget(transport, { ...defaults, rest: rest !== undefined, grpc: grpc !== undefined, ...options });
}

async function listening(server: TcpServer): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  return (server.address() as AddressInfo).port;
}

const serve = async (answer: RequestListener) => `http://127.0.0.1:${await listening(createServer(answer))}`;

type Routes = Readonly<Record<string, readonly [status: number, body?: unknown]>>;

/** Answers these routes (`GET /v2`) and 404 otherwise; notes what was asked. */
async function routes(table: Routes, asked: string[] = []): Promise<string> {
  return serve((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const [status, body] = table[`${request.method} ${request.url}`] ?? [404, { error: "no such route" }];
    response.writeHead(status, { "content-type": "application/json" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
}

async function runtime(handlers: readonly Handler[] = [reference]) {
  const world = createWorld({ models: fixtureModels(), extensions: ["classification"] });
  const running = await serveReference({ handlers, world, maxBodyBytes: 1 << 20, restPort: 0, grpcPort: 0 });
  cleanups.push(() => running.close());
  return { world, rest: running.restUrl, grpc: running.grpcAddress };
}

/** A minimal gRPC binding over the fixture models. */
const overGrpc: Handler = async (request, world) => {
  if (request.protocol !== "grpc") return undefined;
  const ok = (message: Uint8Array) => ({ protocol: "grpc", status: 0, messages: [message] }) as const;
  const [bytes = new Uint8Array(0)] = request.messages;
  if (request.path === grpcPath("ServerReady"))
    return ok(encodeMessage("ServerReadyResponse", { ready: world.notReady.size === 0 }));
  if (request.path === grpcPath("ServerMetadata"))
    return ok(encodeMessage("ServerMetadataResponse", { name: "grpc-server", version: "3", extensions: ["x"] }));
  if (request.path !== grpcPath("ModelMetadata")) return undefined;
  const model = world.models.get(decodeMessage("ModelMetadataRequest", bytes).name);
  if (!model) return { protocol: "grpc", status: 5, messages: [] };
  const { name, versions, platform, inputs, outputs } = model;
  return ok(encodeMessage("ModelMetadataResponse", { name, versions, platform, inputs, outputs }));
};

/** The fixture models that the reference runtime has, in the order of the table. */
const SERVED = [...FIXTURES.keys()].filter((name) => fixtureModels().has(name));

const metadata = (name: string, over: object = {}) => ({
  name,
  versions: ["1"],
  platform: "p",
  inputs: [{ name: "x", datatype: "FP32", shape: [-1, 4] }],
  outputs: [{ name: "y", datatype: "INT64", shape: [-1] }],
  ...over,
});

describe("probing a whole runtime", () => {
  test("finds the bindings, the server and every fixture model", async () => {
    const { rest, grpc } = await runtime([reference, overGrpc]);
    const info = await probe({ rest, grpc });
    expect(info.bindings["v2-rest"]).toEqual({ answers: true, evidence: "GET /v2 was answered with HTTP 200" });
    expect(info.bindings["v2-grpc"]).toMatchObject({ answers: true, evidence: expect.stringContaining("gRPC ") });
    expect(info.bindings["v1-rest"]).toMatchObject({
      answers: false,
      evidence: expect.stringContaining("GET /v1/models: HTTP 404"),
    });
    expect(info.server).toEqual({ name: "infermark-reference", version: "1.0.0", extensions: ["classification"] });
    expect(info.models.map(({ name }) => name)).toEqual(SERVED);
    for (const model of info.models) {
      const { name, inputs, outputs } = FIXTURES.get(model.name) ?? {};
      expect(model).toMatchObject({ name, inputs, outputs, fixture: true, foundBy: ["v2-rest", "v2-grpc"] });
      expect(model.versions.length).toBeGreaterThan(0);
    }
  });

  test("tells a protocol without an address from one that does not answer", async () => {
    const { rest } = await runtime();
    const info = await probe({ rest }, { models: ["addsub"] });
    expect(info).toMatchObject({ rest: true, grpc: false });
    expect(info.bindings["v2-grpc"]).toEqual({ answers: false, evidence: "the target has no gRPC address" });
    expect(info.models[0]?.name).toBe("addsub");
    expect(new Set(info.models.map(({ name }) => name)).size).toBe(SERVED.length);
  });

  test("is content with gRPC alone", async () => {
    const { grpc } = await runtime([overGrpc]);
    const info = await probe({ grpc });
    expect(info.server).toEqual({ name: "grpc-server", version: "3", extensions: ["x"] });
    expect(info.models.find(({ name }) => name === "twoversions")).toMatchObject({
      versions: fixtureModels().get("twoversions")?.versions,
      fixture: true,
      foundBy: ["v2-grpc"],
    });
  });

  test("notices a gRPC server that implements nothing of the protocol", async () => {
    const { rest, grpc } = await runtime([reference]);
    const info = await probe({ rest, grpc });
    expect(info.bindings["v2-grpc"]).toMatchObject({
      answers: false,
      evidence: expect.stringContaining("UNIMPLEMENTED"),
    });
  });

  test("finds gRPC's health service by any answer but UNIMPLEMENTED", async () => {
    const health: Handler = async ({ path }) =>
      path === healthPath("Check") ? { protocol: "grpc", status: 14, messages: [] } : undefined;
    const { grpc } = await runtime([health]);
    expect((await probe({ grpc }, { models: ["m"] })).bindings["grpc-health"]).toEqual({
      answers: true,
      evidence: "Check was answered with gRPC UNAVAILABLE",
    });
    const other = await runtime([reference]);
    expect((await probe({ grpc: other.grpc }, { models: ["m"] })).bindings["grpc-health"]).toMatchObject({
      answers: false,
      evidence: expect.stringContaining("UNIMPLEMENTED"),
    });
  });

  test.each([
    [true, 200, { models: ["m"] }],
    [false, 200, { models: [{ name: "m" }] }],
    [false, 200, {}],
    [false, 404, { models: ["m"] }],
  ])("takes KServe's repository to be there: %s for a listing answered with %i %j", async (answers, status, body) => {
    const asked: string[] = [];
    const rest = await routes({ "GET /v2/models": [status, body] }, asked);
    expect((await probe({ rest }, { models: ["m"] })).bindings["kserve-repository"]?.answers).toBe(answers);
    expect(asked.filter((request) => request.includes("/repository/models/"))).toEqual([]);
  });

  test.each([
    [true, 200, { text_output: "Hi", model_name: "m", details: { finish_reason: "length", logprobs: [] } }],
    [false, 200, { text_output: "Hi", model_name: "m", model_version: "1" }],
    [false, 200, { model_name: "m", outputs: [] }],
    [false, 422, { error: "text_input is missing" }],
    [false, 404, { error: "no route" }],
  ])("takes text generation to be there: %s for a token answered with %i %j", async (answers, status, body) => {
    const rest = await routes({ "POST /v2/models/m/generate": [status, body] });
    expect((await probe({ rest }, { models: ["m"] })).bindings["v2-generate"]?.answers).toBe(answers);
  });

  test("asks the last version that a model lists for text", async () => {
    const asked: string[] = [];
    const metadata = { name: "m", platform: "p", versions: ["1", "4"], inputs: [], outputs: [] };
    const rest = await routes({ "GET /v2/models/m": [200, metadata] }, asked);
    await probe({ rest }, { models: ["m"] });
    expect(asked).toContain("POST /v2/models/m/versions/4/generate");
  });

  test("goes on when one of two addresses is dead", async () => {
    const { rest } = await runtime();
    const info = await probe({ rest, grpc: "127.0.0.1:1" });
    expect(info.bindings["v2-grpc"]).toMatchObject({ answers: false, evidence: expect.stringContaining("refused") });
    expect(info.models).toHaveLength(SERVED.length);
  });

  test("has at most eight requests in flight", async () => {
    let inFlight = 0;
    let most = 0;
    const rest = await serve((_request, response) => {
      most = Math.max(most, ++inFlight);
      setTimeout(() => {
        inFlight -= 1;
        response.writeHead(404).end();
      }, 3);
    });
    await probe({ rest }, { models: ["m"] });
    expect(most).toBe(8);
  });
});

describe("models", () => {
  test("that the user names come first, with their metadata and sample", async () => {
    const sample = [{ name: "x", datatype: "FP32", shape: [1, 4], values: [1, 2, 3, 4] }];
    const rest = await routes({
      "GET /v2/models/mine": [200, metadata("mine")],
      "GET /v1/models/mine": [200, { name: "mine", ready: true }],
      "GET /v2/models/addsub": [200, metadata("addsub", { inputs: undefined, outputs: undefined })],
    });
    const info = await probe({ rest }, { models: ["mine"], sample });
    expect(info.models.map(({ name }) => name)).toEqual(["mine", "addsub"]);
    expect(info.models[0]).toEqual({
      name: "mine",
      versions: ["1"],
      platform: "p",
      inputs: [{ name: "x", datatype: "FP32", shape: [-1, 4] }],
      outputs: [{ name: "y", datatype: "INT64", shape: [-1] }],
      fixture: false,
      foundBy: ["v1-rest", "v2-rest"],
      sample,
    });
    expect(info.models[1]).toMatchObject({ fixture: true, inputs: FIXTURES.get("addsub")?.inputs });
    expect(info.models[1]).not.toHaveProperty("sample");
  });

  test.each([
    ["text", "<html>"],
    ["an array", []],
    ["wrong members", { inputs: 5, outputs: [1], versions: "1", platform: 7 }],
    ["half a tensor", { inputs: [{ name: "x" }] }],
    ["wrong sizes", { inputs: [{ name: "x", datatype: "FP32", shape: ["a"] }] }],
  ])("that the user names are kept when their metadata is %s", async (_what, body) => {
    const rest = await routes({ "GET /v2/models/mine": [200, body] });
    const info = await probe({ rest }, { models: ["mine"] });
    expect(info.models).toMatchObject([{ name: "mine", versions: [], inputs: [], outputs: [], fixture: false }]);
  });

  test("have only the versions that are strings", async () => {
    const rest = await routes({ "GET /v2/models/m": [200, metadata("m", { versions: ["1", 2, null] })] });
    expect((await probe({ rest }, { models: ["m"] })).models[0]?.versions).toEqual(["1"]);
  });

  test.each<[string, boolean, Routes]>([
    [
      "wrong datatypes and shapes",
      true,
      { "GET /v2/models/addsub": [200, { inputs: [{ name: "INPUT0", datatype: "X", shape: 1 }] }] },
    ],
    ["no metadata but readiness", true, { "GET /v2/models/addsub": [500], "GET /v2/models/addsub/ready": [200] }],
    ["V1 naming it", true, { "GET /v1/models/addsub": [200, { name: "addsub", ready: "True" }] }],
    ["V1 answering without a name", true, { "GET /v1/models/addsub": [200, "ready"] }],
    ["readiness without a body", true, { "GET /v2/models/addsub/ready": [204] }],
    ["readiness of another", false, { "GET /v2/models/addsub/ready": [200, { name: "other", ready: true }] }],
    ["V1 naming another", false, { "GET /v1/models/addsub": [200, { name: "other" }] }],
    ["other tensor names", false, { "GET /v2/models/addsub": [200, metadata("addsub")] }],
    [
      "readiness of any name",
      false,
      { "GET /v2/models/addsub/ready": [200], "GET /v2/models/no-such-model/ready": [200] },
    ],
    [
      "readiness of any name over V2, and V1 that knows names",
      true,
      {
        "GET /v2/models/addsub/ready": [200],
        "GET /v2/models/no-such-model/ready": [200],
        "GET /v1/models/addsub": [200, { name: "addsub" }],
      },
    ],
    ["an unready model without metadata", false, { "GET /v2/models/addsub/ready": [503] }],
  ])("are recognised as a fixture with %s: %s", async (_what, recognised, table) => {
    const rest = await routes(table);
    const info = await probe({ rest }, { models: ["mine"] });
    expect(info.models.filter(({ name }) => name === "addsub").map(({ fixture }) => fixture)).toEqual(
      recognised ? [true] : [],
    );
  });

  test("are recognised as a fixture when one of two bindings has its tensor names", async () => {
    const { grpc } = await runtime([overGrpc]);
    const rest = await routes({ "GET /v2/models/addsub": [200, metadata("addsub", { versions: ["9"] })] });
    const info = await probe({ rest, grpc }, { models: ["mine"] });
    expect(info.models.find(({ name }) => name === "addsub")).toMatchObject({
      fixture: true,
      inputs: FIXTURES.get("addsub")?.inputs,
      versions: ["9"],
      foundBy: ["v2-rest", "v2-grpc"],
    });
  });

  test("are no fixtures when the user says so", async () => {
    const { rest } = await runtime();
    const info = await probe({ rest }, { models: ["addsub"], fixtures: false });
    expect(info.models).toMatchObject([{ name: "addsub", fixture: false, inputs: FIXTURES.get("addsub")?.inputs }]);
  });

  test("come from the index and the V1 list when no other is known", async () => {
    const rest = await routes({
      "POST /v2/repository/index": [
        200,
        [{ name: "a", state: "READY" }, { name: "b", state: "UNAVAILABLE" }, 5, { name: "c" }],
      ],
      "GET /v1/models": [200, { models: ["c", "d", 7] }],
      "GET /v2/models/a": [200, metadata("a")],
    });
    const info = await probe({ rest });
    expect(info.models.map(({ name, foundBy }) => [name, foundBy])).toEqual([
      ["a", ["v2-rest"]],
      ["c", []],
      ["d", []],
    ]);
  });

  test("are not looked up in an index when the user names one", async () => {
    const asked: string[] = [];
    const rest = await routes({}, asked);
    await probe({ rest }, { models: ["m/1"] });
    expect(asked).toContain("GET /v2/models/m%2F1");
    expect(asked).not.toContain("POST /v2/repository/index");
  });

  test("are asked for when none is known", async () => {
    const rest = await routes({ "GET /v2": [200, {}] });
    await expect(probe({ rest })).rejects.toMatchObject({ code: "USAGE", hint: expect.stringContaining("--model") });
  });
});

describe("servers that answer badly", () => {
  test.each([
    "",
    "{",
    "[]",
    "null",
    '{"name":1,"extensions":{"a":1}}',
    '{"name":"s","version":2,"extensions":[1,"e"]}',
  ])("%j as every answer is information, not an error", async (body) => {
    const rest = await serve((_request, response) => response.end(body));
    const info = await probe({ rest }, { models: ["m"] });
    expect(info.bindings["v2-rest"]?.answers).toBe(true);
    expect(info.server.extensions).toEqual(body.includes('"e"') ? ["e"] : []);
  });

  test("that drop every connection are there, but answer nothing", async () => {
    const port = await listening(createTcp((socket) => socket.destroy()));
    const info = await probe({ rest: `http://127.0.0.1:${port}`, grpc: `127.0.0.1:${port}` }, { models: ["m"] });
    expect(Object.values(info.bindings).filter(({ answers }) => answers)).toEqual([]);
    expect(info.models.map(({ name }) => name)).toEqual(["m"]);
  });

  test("that speak neither HTTP nor gRPC are there", async () => {
    const port = await listening(createTcp((socket) => socket.end("SSH-2.0-x\r\n")));
    const info = await probe({ rest: `http://127.0.0.1:${port}`, grpc: `127.0.0.1:${port}` }, { models: ["m"] });
    expect(Object.values(info.bindings).filter(({ answers }) => answers)).toEqual([]);
  });

  test.each([
    ["without a status", true, { ":status": 200, "content-type": "application/grpc" }],
    ["in another media type", true, { ":status": 200, "content-type": "text/html" }],
    ["as a proxy without a server behind it", true, { ":status": 503 }],
    ["with 404, as any web server does", false, { ":status": 404 }],
  ])("that answer gRPC calls %s: taken to offer the binding is %s", async (_what, answers, head) => {
    const server = createHttp2();
    server.on("stream", (stream) => {
      stream.respond(head);
      stream.end();
    });
    const info = await probe({ grpc: `127.0.0.1:${await listening(server)}` }, { models: ["m"] });
    expect(info.bindings["v2-grpc"]?.answers).toBe(answers);
  });

  test("with garbage as gRPC messages still answer", async () => {
    const world = createWorld({ models: fixtureModels() });
    const garbage: Handler = async () => ({ protocol: "grpc", status: 0, messages: [new Uint8Array(9).fill(255)] });
    const port = await listening(grpcHost({ handlers: [garbage], world, maxBodyBytes: 1 << 20 }));
    const info = await probe({ grpc: `127.0.0.1:${port}` }, { models: ["m"] });
    expect(info.bindings["v2-grpc"]).toMatchObject({ answers: true, evidence: expect.stringContaining("gRPC OK") });
    expect(info.models).toMatchObject([{ name: "m", inputs: [], foundBy: [] }]);
  });
});

describe("targets that cannot be judged", () => {
  test("a dead port is unreachable", async () => {
    await expect(probe({ rest: "http://127.0.0.1:1", grpc: "127.0.0.1:1" }, { models: ["m"] })).rejects.toMatchObject({
      code: "TARGET_UNREACHABLE",
      message: expect.stringContaining("127.0.0.1:1"),
      hint: expect.stringMatching(/\w/),
    });
  });

  test("a server that never answers is unreachable", async () => {
    const rest = await serve(() => {});
    await expect(probe({ rest }, { deadlineMs: 50 })).rejects.toMatchObject({
      code: "TARGET_UNREACHABLE",
      message: expect.stringContaining("timeout"),
    });
  });

  test.each([401, 403])("%s to everything is a refusal of the credentials", async (status) => {
    const rest = await serve((_request, response) => response.writeHead(status).end());
    await expect(probe({ rest }, { models: ["m"] })).rejects.toMatchObject({
      code: "CREDENTIALS_REFUSED",
      message: expect.stringContaining(String(status)),
    });
  });

  test.each([7, 16])("gRPC status %s to everything is a refusal of the credentials", async (status) => {
    const { grpc } = await runtime([async () => ({ protocol: "grpc", status, messages: [] })]);
    await expect(probe({ grpc }, { models: ["m"] })).rejects.toMatchObject({ code: "CREDENTIALS_REFUSED" });
  });

  test("401 to whatever would tell a model is a refusal of the credentials", async () => {
    const rest = await serve((request, response) => {
      response.writeHead(request.url?.startsWith("/v2/health/") ? 200 : 401).end();
    });
    await expect(probe({ rest })).rejects.toMatchObject({ code: "CREDENTIALS_REFUSED" });
  });

  test("401 to some requests is no refusal of the credentials", async () => {
    const rest = await routes({ "GET /v2": [401], "GET /v2/health/live": [200] });
    expect((await probe({ rest }, { models: ["m"] })).bindings["v2-rest"]?.answers).toBe(true);
  });

  test("an abort ends the probe with its reason", async () => {
    const rest = await serve(() => {});
    const controller = new AbortController();
    const pending = probe({ rest }, { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(pending).rejects.toThrow("enough");
  });
});

describe("waiting for readiness", () => {
  /** Counts sleeps instead of waiting. */
  function countingClock(onSleep: (sleeps: number) => void = () => {}) {
    let now = 0;
    let sleeps = 0;
    const sleep = async (ms: number) => {
      now += ms * 1e6;
      onSleep(++sleeps);
    };
    return { now: () => now, sleep, slept: () => now / 1e6 };
  }

  test("goes on once the target was ready twice in a row", async () => {
    const answers = [503, 200, 503, 200, 200, 503];
    const rest = await serve((request, response) =>
      response.writeHead(request.url === "/v2/health/ready" ? (answers.shift() ?? 503) : 404).end(),
    );
    const clock = countingClock();
    await probe({ rest }, { models: ["m"], waitReadyMs: 60_000, clock });
    expect(clock.slept()).toBe(4 * 250);
  });

  test("waits for a server that is not listening yet", async () => {
    const server = createServer((_request, response) => response.end("{}"));
    const port = await listening(server);
    await new Promise<void>((resolve) => server.close(() => resolve()));
    const restart = countingClock((sleeps) => {
      if (sleeps === 2) server.listen(port, "127.0.0.1");
    });
    const info = await probe(
      { rest: `http://127.0.0.1:${port}` },
      { models: ["m"], waitReadyMs: 60_000, clock: restart },
    );
    expect(info.bindings["v2-rest"]?.answers).toBe(true);
    expect(restart.slept()).toBeGreaterThanOrEqual(3 * 250);
  });

  test("gives up after the time, and says what was seen last", async () => {
    const rest = await routes({ "GET /v2/health/ready": [503] });
    const clock = countingClock();
    await expect(probe({ rest }, { models: ["m"], waitReadyMs: 1_000, clock })).rejects.toMatchObject({
      code: "TARGET_NEVER_READY",
      message: expect.stringContaining("GET /v2/health/ready: HTTP 503"),
      hint: expect.stringContaining("--wait-ready"),
    });
    expect(clock.slept()).toBe(1_000);
  });

  test("asks gRPC where REST has no such route, and V1 where neither has", async () => {
    const { grpc, world } = await runtime([overGrpc]);
    const rest = await routes({});
    await expect(probe({ rest, grpc }, { waitReadyMs: 1_000, clock: countingClock() })).resolves.toBeDefined();
    world.notReady.add("addsub");
    await expect(probe({ rest, grpc }, { waitReadyMs: 1_000, clock: countingClock() })).rejects.toMatchObject({
      message: expect.stringContaining("ServerReady: gRPC OK"),
    });
    const v1 = await routes({ "GET /v1/models/m": [200, { name: "m", ready: "True" }] });
    await expect(
      probe({ rest: v1 }, { models: ["m"], waitReadyMs: 1_000, clock: countingClock() }),
    ).resolves.toBeDefined();
    const unready = await routes({ "GET /v1/models/m": [200, { name: "m", ready: false }] });
    await expect(
      probe({ rest: unready }, { models: ["m"], waitReadyMs: 1_000, clock: countingClock() }),
    ).rejects.toMatchObject({ code: "TARGET_NEVER_READY" });
  });

  test("is not done unless asked for", async () => {
    const { rest, world } = await runtime();
    world.notReady.add("addsub");
    expect((await probe({ rest })).models).toHaveLength(SERVED.length);
  });
});
