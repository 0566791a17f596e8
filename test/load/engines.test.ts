import { readFileSync } from "node:fs";
import { createServer as createSecureServer } from "node:https";
import { connect, createServer } from "node:net";
import { status } from "@grpc/grpc-js";
import { beforeAll, describe, expect, test } from "vitest";
import { InfermarkError } from "../../src/base/errors.ts";
import type { LoadEndpoint } from "../../src/load/endpoint.ts";
import type { Engine, Phase } from "../../src/load/engine.ts";
import { createEngine } from "../../src/load/engines/index.ts";
import { afterwards, echo, encode, grpcServer, httpServer, listen, phaseOf } from "./loopback.ts";

async function engineFor(id: Parameters<typeof createEngine>[0], endpoint: LoadEndpoint): Promise<Engine> {
  const engine = await createEngine(id, endpoint);
  afterwards(() => engine.close());
  return engine;
}

// Loaded before a phase begins, whose time would else pass meanwhile.
beforeAll(async () => {
  const nowhere = { host: "127.0.0.1", port: 1, prefix: "", headers: [] };
  for (const id of ["wire", "undici", "autocannon", "grpc-js"] as const)
    await (await createEngine(id, nowhere)).close();
});

describe.each(["wire", "undici", "autocannon"] as const)("the engine %s", (id) => {
  const run = async (endpoint: LoadEndpoint, phase: Phase) => (await engineFor(id, endpoint)).run(phase);

  test("sends and records as many requests as the server receives", async () => {
    const server = await httpServer(echo);
    const phase = phaseOf(300, "http");
    const summary = await run(server.endpoint, phase);
    const { counts, latency, service, bytesIn } = phase.recorder.recorded();
    expect(server.received).toBeGreaterThan(20);
    expect(summary).toMatchObject({ sent: server.received, completed: server.received, reconnects: 0 });
    expect(summary.fullChecks).toBe(server.received);
    expect(counts).toMatchObject({ ok: server.received, wrongAnswer: 0, httpError: 0, reset: 0 });
    expect([latency.count, service.count]).toEqual([server.received, server.received]);
    expect(bytesIn).toBe(server.received * "request-0".length);
    expect(new Set(server.ids).size).toBe(7);
  });

  test("measures no less than the server's latency", async () => {
    const server = await httpServer((_n, _request, response, body) => void setTimeout(() => response.end(body), 20));
    const phase = phaseOf(300, "http");
    await run(server.endpoint, phase);
    const { latency } = phase.recorder;
    expect(latency.count).toBeGreaterThan(4);
    // A timer may fire a millisecond early.
    expect(latency.minNs).toBeGreaterThan(18e6);
  });

  test("finds in its tail every request that the server is slow for", async () => {
    let slow = 0;
    const server = await httpServer((n, _request, response, body) => {
      if (n % 10 === 9) slow++;
      setTimeout(() => response.end(body), n % 10 === 9 ? 40 : 2);
    });
    const phase = phaseOf(500, "http");
    await run(server.endpoint, phase);
    const { latency } = phase.recorder;
    expect(slow).toBeGreaterThan(0);
    expect(latency.valueAtRank(latency.count - slow + 1)).toBeGreaterThan(38e6);
  });

  test("classes answers with another status than 200", async () => {
    const server = await httpServer((n, _request, response, body) => {
      response.statusCode = n % 3 === 0 ? 500 : n % 3 === 1 ? 201 : 200;
      response.end(body);
    });
    const phase = phaseOf(200, "http", { concurrency: 1 });
    const { errorSamples } = await run(server.endpoint, phase);
    const { counts } = phase.recorder.recorded();
    expect(counts.ok).toBe(Math.floor(server.received / 3));
    expect(counts.ok + counts.httpError).toBe(server.received);
    expect(errorSamples[0]).toEqual({ outcome: 1, message: "status 500: request-0" });
  });

  test("classes answers whose connection ends too early as reset, and goes on", async () => {
    const server = await httpServer((n, request, response, body) => {
      if (n % 4 === 1) request.socket.destroy();
      else if (n % 4 === 2) {
        response.writeHead(200, { "content-length": "9" });
        response.write("requ");
        setTimeout(() => request.socket.end(), 2);
      } else response.end(body);
    });
    const phase = phaseOf(300, "http", { concurrency: 1 });
    const summary = await run(server.endpoint, phase);
    const { counts } = phase.recorder.recorded();
    const full = Math.floor(server.received / 4);
    expect(full).toBeGreaterThan(0);
    expect(counts.reset).toBeGreaterThanOrEqual(2 * full);
    expect(counts.reset).toBeLessThanOrEqual(2 * full + 2);
    expect(counts.ok + counts.reset).toBe(server.received);
    expect(Math.abs(summary.reconnects - counts.reset)).toBeLessThanOrEqual(1);
  });

  test("classes a server that hangs as timed out, at the request's deadline, and goes on", async () => {
    const server = await httpServer((n, _request, response, body) => void (n === 0 || response.end(body)));
    const phase = phaseOf(600, "http", { concurrency: 1, requestTimeoutMs: 250 });
    await run(server.endpoint, phase);
    const { counts, failedLatency } = phase.recorder.recorded();
    // More than one where this machine stood still for as long.
    expect(counts.timeout).toBeGreaterThanOrEqual(1);
    expect(failedLatency.minNs).toBeGreaterThanOrEqual(250e6);
    expect(counts.ok).toBe(server.received - counts.timeout);
    expect(counts.ok).toBeGreaterThan(0);
  });

  test("awaits what is in flight at the deadline", async () => {
    const server = await httpServer((_n, _request, response, body) => void setTimeout(() => response.end(body), 150));
    const phase = phaseOf(50, "http");
    await run(server.endpoint, phase);
    const { counts, okWithin, windows } = phase.recorder.recorded();
    expect(server.received).toBe(4);
    expect(counts.ok).toBe(4);
    expect(okWithin).toBe(0);
    expect(windows.every(({ ok }) => ok === 0)).toBe(true);
  });

  test("finds wrong answers of the right length by the full check, and others by the cheap one", async () => {
    const server = await httpServer((n, _request, response, body) =>
      response.end(n % 3 === 0 ? body : n % 3 === 1 ? "request-X" : "request"),
    );
    const phase = phaseOf(150, "http", { concurrency: 1 });
    const { wrongAnswers } = await run(server.endpoint, phase);
    const { counts } = phase.recorder.recorded();
    expect(counts.wrongAnswer).toBe(server.received - Math.ceil(server.received / 3));
    expect(counts.ok).toBe(Math.ceil(server.received / 3));
    expect(wrongAnswers.slice(0, 2)).toEqual([
      expect.stringMatching(/^request-X is no answer to request-\d$/),
      expect.stringMatching(/^request is no answer to request-\d$/),
    ]);
  });

  test("hands over bodies as bytes, also when they come in pieces", async () => {
    const bytes = Buffer.from([0xff, 0x00, 0xe2, 0x82, 0xac, 0x80]);
    const server = await httpServer((_n, _request, response) => {
      response.writeHead(200, { "content-length": String(bytes.length) });
      response.write(bytes.subarray(0, 3));
      setTimeout(() => response.end(bytes.subarray(3)), 3);
    });
    const seen: string[] = [];
    const answers: Phase["answers"] = {
      cheap: () => true,
      full: (_request, { body }) => void seen.push(Buffer.from(body).toString("hex")),
    };
    await run(server.endpoint, phaseOf(300, "http", { answers }));
    expect(new Set(seen)).toEqual(new Set(["ff00e282ac80"]));
  });

  test("classes what is not HTTP as malformed", async () => {
    const server = createServer((socket) => void socket.on("data", () => socket.write("NONSENSE\r\n\r\n")));
    const phase = phaseOf(100, "http", { concurrency: 1 });
    await run(await listen(server), phase);
    const { counts } = phase.recorder.recorded();
    expect(counts.malformed).toBeGreaterThan(0);
    expect(counts.ok + counts.reset + counts.timeout).toBe(0);
  });

  test("classes a port that nobody listens on as refused", async () => {
    const server = createServer();
    const endpoint = await listen(server);
    await new Promise((done) => server.close(done));
    const phase = phaseOf(60, "http", { concurrency: 2 });
    const { sent, completed } = await run(endpoint, phase);
    const { counts } = phase.recorder.recorded();
    expect(counts.refused).toBe(sent);
    expect([completed, counts.refused > 0]).toEqual([sent, true]);
  });

  test("puts prefix, authority and extra headers into each request", async () => {
    const seen = new Set<string>();
    const server = await httpServer((_n, { url, headers, method }, response, body) => {
      seen.add(`${method} ${url} ${headers.host} ${headers["x-tenant"]} ${headers["content-length"]}`);
      response.end(body);
    });
    const endpoint = {
      ...server.endpoint,
      host: "model.example",
      address: "127.0.0.1",
      prefix: "/serving/a",
      authority: "model.example",
      headers: [["x-tenant", "blue"] as const],
    };
    await run(endpoint, phaseOf(300, "http"));
    expect([...seen]).toEqual(["POST /serving/a/infer model.example blue 9"]);
  });

  test("ends at once when it is aborted, and counts what was in flight as nothing", async () => {
    const server = await httpServer((n, _request, response, body) => void (n >= 8 || response.end(body)));
    const abort = new AbortController();
    const phase = phaseOf(60_000, "http", { signal: abort.signal, requestTimeoutMs: 60_000 });
    const running = run(server.endpoint, phase);
    while (server.received < 12) await new Promise((done) => setTimeout(done, 5));
    abort.abort();
    const { sent, completed } = await running;
    expect([sent, completed]).toEqual([12, 8]);
    expect(phase.recorder.recorded().counts).toMatchObject({ ok: 8, timeout: 0, reset: 0 });
  });

  test("rejects with what the check of an answer throws, which is a defect of ours and no answer's", async () => {
    const server = await httpServer(echo);
    const answers: Phase["answers"] = {
      cheap: () => true,
      full: () => {
        throw new RangeError("off by one");
      },
    };
    const phase = phaseOf(60_000, "http", { answers });
    await expect(run(server.endpoint, phase)).rejects.toThrow("off by one");
    expect(phase.recorder.recorded().counts).toMatchObject({ malformed: 0, reset: 0, wrongAnswer: 0 });
  });

  test("sends nothing when it is aborted before", async () => {
    const server = await httpServer(echo);
    const { sent } = await run(server.endpoint, phaseOf(1000, "http", { signal: AbortSignal.abort() }));
    expect([sent, server.received]).toEqual([0, 0]);
  });

  test("runs one phase after the other", async () => {
    const server = await httpServer(echo);
    const engine = await engineFor(id, server.endpoint);
    const first = await engine.run(phaseOf(200, "http"));
    const second = await engine.run(phaseOf(60, "http", { concurrency: 6 }));
    expect(first.sent + second.sent).toBe(server.received);
  });
});

describe("in TLS", () => {
  const pem = (name: string) => readFileSync(new URL(`../transport/certificates/${name}`, import.meta.url), "utf8");
  const secure = async () => {
    const server = createSecureServer({ key: pem("server.key.pem"), cert: pem("server.pem") }, (request, response) => {
      request.resume().on("end", () => response.end("request-0"));
    });
    return listen(server);
  };
  const requests = encode("http", 1);

  test.each(["wire", "undici"] as const)("%s trusts the given authority", async (id) => {
    const phase = phaseOf(500, "http", { requests });
    const endpoint = { ...(await secure()), tls: { ca: pem("ca.pem"), serverName: "model.test" } };
    await (await engineFor(id, endpoint)).run(phase);
    expect(phase.recorder.recorded().counts).toMatchObject({ refused: 0, reset: 0 });
    expect(phase.recorder.ok).toBeGreaterThan(0);
  });

  test.each(["wire", "undici"] as const)("%s refuses the certificate of another authority", async (id) => {
    const phase = phaseOf(500, "http", { requests, concurrency: 1 });
    const endpoint = { ...(await secure()), tls: { ca: pem("other-ca.pem"), serverName: "model.test" } };
    const { errorSamples } = await (await engineFor(id, endpoint)).run(phase);
    const { counts } = phase.recorder.recorded();
    expect(counts.ok).toBe(0);
    expect(counts.refused).toBeGreaterThan(0);
    expect(errorSamples[0]?.message).toMatch(/certificate/);
  });

  test.each(["wire", "undici"] as const)("%s refuses a certificate with another name, and goes on", async (id) => {
    const phase = phaseOf(500, "http", { requests, concurrency: 1 });
    const endpoint = { ...(await secure()), tls: { ca: pem("ca.pem"), serverName: "other.test" } };
    const { sent } = await (await engineFor(id, endpoint)).run(phase);
    expect(phase.recorder.recorded().counts).toMatchObject({ ok: 0, timeout: 0, refused: sent });
  });

  test.each(["wire", "undici"] as const)(
    "%s asks for the name of the certificate, whatever the Host header says",
    async (id) => {
      const phase = phaseOf(500, "http", { requests });
      const tls = { ca: pem("ca.pem"), serverName: "model.test" };
      const endpoint = { ...(await secure()), tls, authority: "gateway.test" };
      await (await engineFor(id, endpoint)).run(phase);
      expect(phase.recorder.ok).toBeGreaterThan(0);
    },
  );

  test("autocannon accepts any certificate where that is allowed", async () => {
    const phase = phaseOf(500, "http", { requests });
    const endpoint = { ...(await secure()), tls: { insecure: true } };
    await (await engineFor("autocannon", endpoint)).run(phase);
    expect(phase.recorder.ok).toBeGreaterThan(0);
  });

  test.each([
    ["wire", "ca.pem", true],
    ["wire", "other-ca.pem", false],
    ["grpc-js", "ca.pem", true],
    ["grpc-js", "other-ca.pem", false],
  ] as const)("gRPC by %s with %s as authority reaches the server: %s", async (id, ca, reaches) => {
    const server = await grpcServer((_n, { request }, reply) => reply(null, request), {
      key: pem("server.key.pem"),
      cert: pem("server.pem"),
    });
    const phase = phaseOf(500, "grpc", { concurrency: 1 });
    const endpoint = { ...server.endpoint, tls: { ca: pem(ca), serverName: "model.test" } };
    await (await engineFor(id, endpoint)).run(phase);
    const { counts } = phase.recorder.recorded();
    expect(counts.ok > 0).toBe(reaches);
    expect(counts.refused > 0).toBe(!reaches);
  });
});

describe("the engine autocannon", () => {
  test("refuses certificates that are to be checked", async () => {
    const endpoint = { host: "127.0.0.1", port: 1, prefix: "", headers: [], tls: {} };
    await expect(createEngine("autocannon", endpoint)).rejects.toThrow(InfermarkError);
    await expect(createEngine("autocannon", endpoint)).rejects.toMatchObject({
      code: "USAGE",
      hint: expect.stringContaining("undici") as string,
    });
  });
});

describe.each(["wire", "grpc-js"] as const)("the engine %s with gRPC", (id) => {
  const run = async (endpoint: LoadEndpoint, phase: Phase) => (await engineFor(id, endpoint)).run(phase);

  test("sends and records as many calls as the server receives", async () => {
    const server = await grpcServer((_n, { request }, reply) => reply(null, request));
    const phase = phaseOf(300, "grpc");
    const summary = await run(server.endpoint, phase);
    expect(server.received).toBeGreaterThan(20);
    expect(summary).toMatchObject({ sent: server.received, completed: server.received, reconnects: 0 });
    expect(phase.recorder.recorded().counts.ok).toBe(server.received);
    expect(new Set(server.ids).size).toBe(7);
  });

  test("classes statuses, wrong answers and hanging calls", async () => {
    const server = await grpcServer((n, { request }, reply) => {
      if (n === 0) reply({ code: status.UNAVAILABLE, details: "overloaded" });
      else if (n === 1) reply({ code: status.DEADLINE_EXCEEDED, details: "too slow" });
      else if (n === 2) reply(null, Buffer.from("request-X"));
      else if (n !== 3) reply(null, request);
    });
    const phase = phaseOf(600, "grpc", { concurrency: 1, requestTimeoutMs: 250 });
    const { errorSamples } = await run(server.endpoint, phase);
    const { counts } = phase.recorder.recorded();
    expect(counts).toMatchObject({
      grpcError: 2,
      wrongAnswer: 1,
      timeout: 1,
      ok: server.received - 4,
      reset: 0,
      refused: 0,
    });
    expect(errorSamples.map(({ message }) => message)).toEqual([
      "status 14: overloaded",
      "status 4: too slow",
      "request-X is no answer to request-2",
      "no answer within 250 ms",
    ]);
  });

  test("classes a port that nobody listens on as refused", async () => {
    const server = createServer();
    const endpoint = await listen(server);
    await new Promise((done) => server.close(done));
    const phase = phaseOf(100, "grpc", { concurrency: 1 });
    const { sent } = await run(endpoint, phase);
    const { counts } = phase.recorder.recorded();
    expect(counts.refused).toBe(sent);
    expect(sent).toBeGreaterThan(0);
  });

  test("classes a connection that ends during a call as reset", async () => {
    const server = await grpcServer((_n, { request }, reply) => reply(null, request));
    let broken = 0;
    const proxy = createServer((socket) => {
      const upstream = connect(server.endpoint.port, "127.0.0.1");
      socket.pipe(upstream).on("error", () => socket.destroy());
      upstream.on("data", (chunk: Buffer) => {
        // A small chunk with DATA in it: the first answer of the first connection is cut off.
        if (broken === 0 && server.received > 0) {
          broken++;
          socket.destroy();
          upstream.destroy();
        } else socket.write(chunk);
      });
    });
    const phase = phaseOf(1000, "grpc", { concurrency: 1 });
    await run(await listen(proxy), phase);
    const { counts } = phase.recorder.recorded();
    expect(counts.reset).toBe(1);
    expect(counts.ok).toBeGreaterThan(0);
    expect(counts.grpcError + counts.malformed + counts.timeout).toBe(0);
  });

  test("ends at once when it is aborted", async () => {
    const server = await grpcServer((n, { request }, reply) => void (n >= 8 || reply(null, request)));
    const abort = new AbortController();
    const phase = phaseOf(60_000, "grpc", { signal: abort.signal });
    const running = run(server.endpoint, phase);
    while (server.received < 12) await new Promise((done) => setTimeout(done, 5));
    abort.abort();
    const { sent, completed } = await running;
    expect([sent, completed]).toEqual([12, 8]);
  });
});
