import { readFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createServer, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import type { LoadEndpoint } from "../../../src/load/endpoint.ts";
import { type AnswerCheck, type Arrivals, type EncodedRequest, Outcome, type Phase } from "../../../src/load/engine.ts";
import { createRecorder } from "../../../src/load/recorder.ts";
import { type WireOptions, wireEngine } from "../../../src/load/wire/wire.ts";
import { afterwards, echo, httpServer, type Law, listen, phaseOf } from "../loopback.ts";

const anything: AnswerCheck = { cheap: () => true, full: () => undefined };
const pem = (name: string) => readFileSync(new URL(`../../transport/certificates/${name}`, import.meta.url), "utf8");

async function run(endpoint: LoadEndpoint, phase: Phase, options: WireOptions = {}) {
  const engine = wireEngine(endpoint, systemClock, options);
  afterwards(() => engine.close());
  return engine.run(phase);
}

/** The same with a phase that has no end until enough has happened. */
async function runUntil(
  enough: (phase: ReturnType<typeof phaseOf>) => boolean,
  endpoint: LoadEndpoint,
  options: Partial<Omit<Phase, "recorder" | "deadline">> = {},
) {
  const abort = new AbortController();
  const phase = phaseOf(60_000, "http", { ...options, signal: abort.signal });
  const look = setInterval(() => enough(phase) && abort.abort(), 2);
  try {
    const summary = await run(endpoint, phase);
    return { summary, recorder: phase.recorder, counts: phase.recorder.recorded().counts };
  } finally {
    clearInterval(look);
  }
}

/** A server that answers each request, whose bodies it does not read, with these bytes. */
function rawServer(answer: (n: number, socket: Socket) => void): Promise<LoadEndpoint> {
  let requests = 0;
  return listen(
    createServer((socket) => {
      socket.setNoDelay(true);
      socket.on("data", () => answer(requests++, socket));
    }),
  );
}

/** A request whose id stands at a known place. */
function withId(payload = ""): EncodedRequest {
  const id = "id-0000000000";
  const body = Buffer.from(`{"id":"${id}","x":"${payload}"}`);
  return { protocol: "http", method: "POST", path: "/infer", headers: [], body, inferences: 1, id, idAt: 7 };
}

/** So many requests, one each `gapMs`. */
function arrivals(count: number, gapMs: number, fromMs = 0): Arrivals {
  let n = 0;
  return { next: () => (n < count ? (fromMs + n++ * gapMs) * 1e6 : Number.POSITIVE_INFINITY) };
}

function openPhase(lengthMs: number, its: Arrivals, options: Partial<Omit<Phase, "recorder" | "deadline">> = {}) {
  const phase = phaseOf(lengthMs, "http", { arrivals: its, ...options });
  return { ...phase, recorder: createRecorder(phase.startNs, lengthMs * 1e6, true) };
}

const sumOf = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);

describe("ids", () => {
  const sentIds = (bodies: readonly string[]) => bodies.map((body) => (JSON.parse(body) as { id: string }).id);

  test("each sending has its own, also in later phases", async () => {
    const server = await httpServer(echo);
    const engine = wireEngine(server.endpoint);
    afterwards(() => engine.close());
    for (const most of [20, 40]) {
      const abort = new AbortController();
      const requests = [withId("a"), withId("b")];
      const phase = phaseOf(60_000, "http", { requests, answers: anything, signal: abort.signal });
      const look = setInterval(() => server.received >= most && abort.abort(), 2);
      await engine.run(phase);
      clearInterval(look);
      expect(phase.recorder.failed).toBe(0);
    }
    expect(new Set(sentIds(server.ids)).size).toBe(server.received);
    expect(server.received).toBeGreaterThan(10);
  });

  test("answers that were crossed are found without a full check, though their requests differ in nothing else", async () => {
    let waiting: ((body: Buffer) => void) | undefined;
    let crossed = 0;
    const server = await httpServer((n, _request, response, body) => {
      if (n % 50 !== 7 && waiting === undefined) response.end(body);
      else if (waiting === undefined) {
        waiting = (other) => response.end(other);
        afterwards(() => void response.destroy());
        crossed++;
      } else {
        waiting(body);
        waiting = undefined;
        crossed++;
        response.end(body);
      }
    });
    let fulls = 0;
    const answers: AnswerCheck = {
      cheap: () => true,
      full: (_request, { id }) => {
        fulls++;
        return `not the answer to ${id}`;
      },
    };
    const { summary, counts } = await runUntil(() => crossed >= 4, server.endpoint, {
      requests: [withId()],
      answers,
      fullCheckEvery: 1_000_000_000,
      concurrency: 8,
    });
    const { wrongAnswers } = summary;
    expect(counts.wrongAnswer).toBeGreaterThan(0);
    expect(fulls).toBeGreaterThanOrEqual(counts.wrongAnswer);
    expect(counts.wrongAnswer).toBeLessThanOrEqual(crossed / 2 + 1);
    expect(wrongAnswers[0]).toMatch(/^not the answer to id-\d{10}$/);
  });
});

describe("answers of every kind", () => {
  const ok = (text: string) => (_n: number, socket: Socket) => void socket.write(text);
  const always = async (answer: (n: number, socket: Socket) => void, options: Partial<Phase> = {}) =>
    runUntil(({ recorder }) => recorder.ok + recorder.failed >= 10, await rawServer(answer), {
      answers: anything,
      concurrency: 2,
      ...options,
    });

  test.each([
    ["with a length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"],
    ["in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\nX: y\r\n\r\n"],
    [
      "after interim ones",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    ],
  ])("%s keep the connection", async (_name, text) => {
    const { summary, counts } = await always(ok(text));
    expect(counts.ok).toBeGreaterThan(5);
    expect([sumOf(counts), summary.reconnects]).toEqual([counts.ok, 0]);
  });

  test.each([
    ["announced", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"],
    ["with the body's end", "HTTP/1.1 200 OK\r\n\r\nok"],
    ["by HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"],
  ])("an end of the connection that is %s costs no request, and is counted", async (_name, text) => {
    const { summary, counts } = await always((_n, socket) => void socket.end(text));
    expect(counts.ok).toBeGreaterThan(2);
    expect(sumOf(counts)).toBe(counts.ok);
    expect(summary.reconnects).toBeGreaterThanOrEqual(counts.ok - 2);
  });

  test("byte by byte", async () => {
    const text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    const bodies = new Set<string>();
    const answers: AnswerCheck = {
      cheap: () => true,
      full: (_request, { body }) => void bodies.add(Buffer.from(body).toString()),
    };
    const drip = (socket: Socket, at: number) => {
      if (at === text.length || socket.destroyed) return;
      socket.write(text.charAt(at));
      setImmediate(drip, socket, at + 1);
    };
    const { counts } = await always((_n, socket) => drip(socket, 0), { answers });
    expect(counts.ok).toBeGreaterThan(0);
    expect([sumOf(counts), ...bodies]).toEqual([counts.ok, "ok"]);
  });

  test("bytes after an answer do not pass for the next one", async () => {
    const { summary, counts } = await always(
      ok("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
    );
    expect(counts.ok).toBeGreaterThan(2);
    expect(summary.reconnects).toBeGreaterThanOrEqual(counts.ok - 2);
    expect(summary.errorSamples).toContainEqual({ outcome: Outcome.malformed, message: "bytes after the answer" });
  });

  test("bytes that nothing had asked for end the connection, and no request is blamed", async () => {
    const sockets = new Set<Socket>();
    const endpoint = await listen(
      createServer((socket) => {
        sockets.add(socket);
        socket.on("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        if (sockets.size === 1) socket.write("HTTP/1.1 408 Request Timeout\r\n\r\n");
      }),
    );
    const phase = openPhase(600, arrivals(5, 20, 300), { answers: anything, concurrency: 1 });
    const { errorSamples } = await run(endpoint, phase);
    expect(phase.recorder.recorded().counts.ok).toBe(5);
    expect(errorSamples).toEqual([{ outcome: Outcome.malformed, message: "bytes that nothing had asked for" }]);
  });

  test("an answer that comes before the request was read is counted, and its connection not used again", async () => {
    const requests = [withId("x".repeat(8_000_000))];
    const seen = new WeakSet<Socket>();
    const endpoint = await listen(
      createServer((socket) => {
        socket.once("data", () => {
          socket.pause();
          socket.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
          seen.add(socket);
        });
      }),
    );
    const { summary, counts } = await runUntil(({ recorder }) => recorder.failed >= 3, endpoint, {
      requests,
      answers: anything,
      concurrency: 1,
    });
    expect(counts.httpError).toBe(summary.completed);
    expect(summary.reconnects).toBeGreaterThanOrEqual(2);
  });
});

test("large bodies go out and come back unharmed, each with its own id, from several connections at once", async () => {
  const payload = Array.from({ length: 400_000 }, (_, i) => String.fromCharCode(97 + (i % 26))).join("");
  const server = await httpServer(echo);
  const answers: AnswerCheck = {
    cheap: () => true,
    full: ({ body: sent }, { id, body }) => {
      const expected = Buffer.from(sent);
      expected.write(id ?? "", 7);
      return expected.equals(body) ? undefined : "another body";
    },
  };
  const { summary, counts } = await runUntil(({ recorder }) => recorder.ok + recorder.failed >= 12, server.endpoint, {
    requests: [withId(payload), withId(`${payload}!`)],
    answers,
    concurrency: 4,
  });
  expect(counts).toMatchObject({ ok: summary.completed, wrongAnswer: 0, malformed: 0 });
});

describe("where it connects to", () => {
  test("an IPv6 address", async () => {
    const hosts = new Set<string>();
    const server = createHttpServer((request, response) => {
      hosts.add(request.headers.host ?? "");
      request.resume().on("end", () => response.end("ok"));
    });
    const able = await new Promise<boolean>((done) =>
      server.once("error", () => done(false)).listen(0, "::1", () => done(true)),
    );
    if (!able) return;
    afterwards(() => server.closeAllConnections());
    afterwards(() => new Promise<void>((done) => server.close(() => done())));
    const { port } = server.address() as { port: number };
    const endpoint = { host: "[::1]", port, prefix: "", headers: [] };
    const { counts } = await runUntil(({ recorder }) => recorder.ok + recorder.failed > 0, endpoint, {
      answers: anything,
    });
    expect(sumOf(counts)).toBe(counts.ok);
    expect([...hosts]).toEqual([`[::1]:${port}`]);
  });

  test("with a certificate of its own, where the server asks for one", async () => {
    const server = createSecureServer(
      {
        key: pem("server.key.pem"),
        cert: pem("server.pem"),
        ca: pem("ca.pem"),
        requestCert: true,
        rejectUnauthorized: true,
      },
      (request, response) => void request.resume().on("end", () => response.end("ok")),
    );
    const endpoint = await listen(server);
    const tls = { ca: pem("ca.pem"), serverName: "model.test" };
    const some = ({ recorder }: ReturnType<typeof phaseOf>) => recorder.ok + recorder.failed > 0;
    const secret = { ...tls, cert: pem("client.pem"), key: pem("client.key.pem") };
    const own = await runUntil(some, { ...endpoint, tls: secret }, { answers: anything });
    expect(own.counts.ok).toBe(sumOf(own.counts));
    const none = await runUntil(some, { ...endpoint, tls }, { answers: anything });
    expect(none.counts.ok).toBe(0);
  });

  test("a server that never completes the handshake is given up as timed out", async () => {
    const endpoint = { ...(await listen(createServer(() => undefined))), tls: { insecure: true } };
    const phase = phaseOf(1500, "http", { requestTimeoutMs: 100, concurrency: 2 });
    const { sent } = await run(endpoint, phase);
    const { counts } = phase.recorder.recorded();
    expect(counts.timeout).toBeGreaterThan(0);
    expect(counts.timeout).toBe(sent);
  });

  test("certificates and headers that cannot be used are refused before anything is sent", async () => {
    const nowhere = { host: "127.0.0.1", port: 1, prefix: "", headers: [] };
    expect(() => wireEngine({ ...nowhere, tls: { ca: "no PEM", cert: "none" } })).toThrow(
      "the certificates cannot be used",
    );
    const phase = phaseOf(100, "http");
    await expect(run({ ...nowhere, headers: [["x", "a\r\nb: c"]] }, phase)).rejects.toThrow(
      'the header "x" cannot be sent',
    );
  });
});

describe("a server that is killed in mid run", () => {
  const mortal = async (dieAt: number) => {
    const sockets = new Set<Socket>();
    const law: Law = (n, _request, response, body) => {
      if (n < dieAt) response.end(body);
      else {
        server.close();
        for (const socket of sockets) socket.resetAndDestroy();
      }
    };
    let received = 0;
    const server = createHttpServer((request, response) => {
      const chunks: Buffer[] = [];
      request
        .on("data", (chunk: Buffer) => chunks.push(chunk))
        .on("end", () => law(received++, request, response, Buffer.concat(chunks)));
    });
    server.on("connection", (socket) => sockets.add(socket));
    return listen(server);
  };

  test("in a closed loop: what was in flight is reset, the rest refused, and the run ends", async () => {
    const phase = phaseOf(2000, "http", { concurrency: 4 });
    const { sent, completed } = await run(await mortal(20), phase);
    const { counts } = phase.recorder.recorded();
    expect(counts.ok).toBe(20);
    expect(counts.reset).toBeGreaterThan(0);
    expect(counts.reset).toBeLessThanOrEqual(4);
    expect(counts.refused).toBeGreaterThan(0);
    expect([completed, sumOf(counts)]).toEqual([sent, sent]);
  });

  test("in an open loop: each request that was due is accounted for", async () => {
    const phase = openPhase(500, arrivals(200, 2), { concurrency: 4 });
    const { sent, completed } = await run(await mortal(20), phase);
    const { counts } = phase.recorder.recorded();
    expect(counts.ok).toBe(20);
    expect(counts.refused).toBeGreaterThan(0);
    expect([sent, completed, sumOf(counts), counts.notSent]).toEqual([200, 200, 200, 0]);
  });
});

describe("an open loop", () => {
  test("sends what is due, no earlier than it is due", async () => {
    const server = await httpServer(echo);
    const phase = openPhase(500, arrivals(1000, 1), { concurrency: 16 });
    const { sent } = await run(server.endpoint, phase);
    const { counts, latency, service, lateness } = phase.recorder.recorded();
    // The instants 0, 1, …, 500 ms; those after the deadline are not of the phase.
    expect([sent, server.received, counts.ok, lateness.count]).toEqual([501, 501, 501, 501]);
    expect([latency.clamped, lateness.clamped]).toEqual([0, 0]);
    expect(latency.maxNs).toBeGreaterThanOrEqual(service.minNs);
  });

  test("never has more in flight than it may, and what waits for that grows old", async () => {
    let inFlight = 0;
    let most = 0;
    const server = await httpServer((_n, _request, response, body) => {
      most = Math.max(most, ++inFlight);
      setTimeout(() => {
        inFlight--;
        response.end(body);
      }, 20);
    });
    const phase = openPhase(200, arrivals(100, 1), { concurrency: 2 });
    const { sent } = await run(server.endpoint, phase);
    const { counts, latency, service } = phase.recorder.recorded();
    expect(most).toBe(2);
    expect([sent, counts.ok]).toEqual([100, 100]);
    // The last one waits for 49 rounds of 20 ms, of which it was due 100 ms later than the first.
    expect(latency.maxNs).toBeGreaterThan(600e6);
    expect(latency.maxNs).toBeGreaterThan(service.maxNs);
  });

  test("what cannot be sent within the time-out after the end is counted as not sent", async () => {
    const server = await httpServer(() => undefined);
    const phase = openPhase(100, arrivals(50, 1), { concurrency: 3, requestTimeoutMs: 150 });
    const { sent, completed } = await run(server.endpoint, phase);
    const { counts, lateness, failedLatency } = phase.recorder.recorded();
    expect(counts.notSent).toBeGreaterThan(0);
    expect(counts.timeout).toBe(sent);
    expect([completed, sumOf(counts)]).toEqual([50, 50]);
    expect([lateness.count, failedLatency.count]).toEqual([sent, 50]);
  });

  test("loses all that is due where nobody listens", async () => {
    const server = createServer();
    const endpoint = await listen(server);
    await new Promise((done) => server.close(done));
    const phase = openPhase(200, arrivals(100, 1), { concurrency: 4 });
    const { errorSamples } = await run(endpoint, phase);
    const { counts } = phase.recorder.recorded();
    expect([counts.refused, sumOf(counts)]).toEqual([100, 100]);
    expect(errorSamples[0]?.message).toMatch(/ECONNREFUSED/);
  });

  test("ends at once when it is aborted", async () => {
    const server = await httpServer(echo);
    const abort = new AbortController();
    const phase = openPhase(60_000, arrivals(60_000, 1), { signal: abort.signal });
    const running = run(server.endpoint, phase);
    while (server.received < 20) await new Promise((done) => setTimeout(done, 5));
    abort.abort();
    const { sent, completed } = await running;
    expect(sent).toBeGreaterThanOrEqual(20);
    expect(sumOf(phase.recorder.recorded().counts)).toBe(completed);
  });
});
