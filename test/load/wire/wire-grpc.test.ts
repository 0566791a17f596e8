import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import type { LoadEndpoint } from "../../../src/load/endpoint.ts";
import type { AnswerCheck, EncodedRequest, Phase } from "../../../src/load/engine.ts";
import { createRecorder } from "../../../src/load/recorder.ts";
import { type WireOptions, wireEngine } from "../../../src/load/wire/wire.ts";
import { afterwards, grpcServer, phaseOf } from "../loopback.ts";
import { frame, uint32 } from "./http2-fuzz/server-bytes.ts";
import { answer, type RawConnection, rawServer } from "./raw-http2-server.ts";

const anything: AnswerCheck = { cheap: () => true, full: () => undefined };
const ID = "load-0000000000";
const withId: EncodedRequest = {
  protocol: "grpc",
  method: "POST",
  path: "/test.Echo/Call",
  headers: [],
  body: Buffer.from(`${ID}!`),
  inferences: 1,
  id: ID,
  idAt: 0,
};

async function run(endpoint: LoadEndpoint, phase: Phase, options: WireOptions = {}) {
  const engine = wireEngine(endpoint, systemClock, options);
  afterwards(() => engine.close());
  return engine.run(phase);
}

/** Runs without an end until enough has happened. */
async function runUntil(
  enough: (ok: number, failed: number) => boolean,
  endpoint: LoadEndpoint,
  options: Partial<Phase> = {},
) {
  const abort = new AbortController();
  const phase = phaseOf(60_000, "grpc", { requests: [withId], answers: anything, ...options, signal: abort.signal });
  const look = setInterval(() => enough(phase.recorder.ok, phase.recorder.failed) && abort.abort(), 2);
  try {
    const summary = await run(endpoint, phase);
    return { summary, counts: phase.recorder.recorded().counts };
  } finally {
    clearInterval(look);
  }
}

test("each call has an id of its own, and answers that were crossed are found", async () => {
  const server = await rawServer({ call: ({ send }, id, body) => send(answer(id, body)) });
  const crossing = await rawServer({
    call: (() => {
      let waiting: { readonly id: number; readonly body: Buffer } | undefined;
      return (connection: RawConnection, id: number, body: Buffer, n: number) => {
        if (n % 100 === 50) waiting = { id, body };
        else if (waiting) {
          connection.send(answer(waiting.id, body), answer(id, waiting.body));
          waiting = undefined;
        } else connection.send(answer(id, body));
      };
    })(),
  });
  const right = await runUntil((ok) => ok >= 200, server.endpoint, { concurrency: 3 });
  expect(right.counts.wrongAnswer).toBe(0);
  const { counts, summary } = await runUntil((ok) => ok >= 400, crossing.endpoint, { concurrency: 3 });
  expect(counts.wrongAnswer).toBeGreaterThanOrEqual(8);
  expect(counts.wrongAnswer % 2).toBe(0);
  expect(summary.wrongAnswers[0]).toMatch(/id/);
});

test("calls are shared out over connections", async () => {
  const server = await rawServer({ call: ({ send }, id, body) => send(answer(id, body)) });
  const engine = wireEngine(server.endpoint, systemClock, { connections: 3 });
  afterwards(() => engine.close());
  const phase = phaseOf(150, "grpc", { concurrency: 6 });
  const { sent } = await engine.run(phase);
  expect(server.connections).toHaveLength(3);
  expect(phase.recorder.recorded().counts.ok).toBe(sent);
});

test("an open loop makes each call that is due", async () => {
  const server = await grpcServer((_n, { request }, reply) => reply(null, request));
  let n = 0;
  const arrivals = { next: () => (n < 200 ? n++ * 1e6 : Number.POSITIVE_INFINITY) };
  const phase = phaseOf(400, "grpc", { arrivals, concurrency: 64 });
  const recorder = createRecorder(phase.startNs, 400e6, true);
  const summary = await run(server.endpoint, { ...phase, recorder });
  expect(summary).toMatchObject({ sent: 200, completed: 200, reconnects: 0 });
  const { counts, lateness } = recorder.recorded();
  expect([counts.ok, server.received, lateness.count]).toEqual([200, 200, 200]);
});

test("a server that crashes fails its calls as reset, and later ones as refused", async () => {
  const server = await rawServer({
    call: ({ send, socket }, id, body, n) => {
      if (n === 50) {
        server.listener.close();
        socket.resetAndDestroy();
      } else send(answer(id, body));
    },
  });
  const { summary, counts } = await runUntil((_ok, failed) => failed > 30, server.endpoint, { concurrency: 8 });
  const { sent, completed, errorSamples, reconnects } = summary;
  expect(completed).toBe(sent);
  expect(counts.ok).toBeGreaterThanOrEqual(43);
  expect(counts.reset).toBeGreaterThan(0);
  expect(counts.reset).toBeLessThanOrEqual(8);
  expect(counts.refused).toBeGreaterThan(0);
  expect(counts.ok + counts.reset + counts.refused).toBe(sent);
  expect(reconnects).toBe(1);
  expect(errorSamples.map(({ message }) => message).join()).toMatch(/ECONNRESET.*ECONNREFUSED/);
});

test("a server that leaves gracefully again and again costs no answer, and each time is counted", async () => {
  const server = await rawServer({
    call: ({ send }, id, body, n) => {
      if (n % 20 === 19) send(frame(7, 0, 0, Buffer.concat([uint32(2 ** 31 - 1), uint32(0)])));
      send(answer(id, body));
    },
  });
  const { counts, summary } = await runUntil((ok) => ok >= 200, server.endpoint, { concurrency: 4 });
  expect(counts).toMatchObject({ reset: 0, refused: 0, malformed: 0, timeout: 0 });
  expect(summary.reconnects).toBeGreaterThanOrEqual(8);
  expect(server.connections.length).toBeLessThanOrEqual(summary.reconnects + 1);
});

test("a call without an answer times out while others go on, and its late answer is nobody's", async () => {
  const late: (() => void)[] = [];
  const server = await rawServer({
    call: ({ send }, id, body, n) => {
      if (n === 3) late.push(() => send(answer(id, body)));
      else send(answer(id, body));
    },
    frame: (_connection, { type }) => void (type === 3 && late[0]?.()),
  });
  const enough = (ok: number, failed: number) => failed > 0 && ok > 50;
  const { summary, counts } = await runUntil(enough, server.endpoint, { concurrency: 4, requestTimeoutMs: 200 });
  expect(counts.timeout).toBeGreaterThanOrEqual(1);
  expect(counts).toMatchObject({ wrongAnswer: 0, malformed: 0, reset: 0, refused: 0 });
  expect(summary.reconnects).toBe(0);
});

test("statuses are recorded with their texts", async () => {
  const server = await grpcServer((_n, _call, reply) => reply({ code: status.RESOURCE_EXHAUSTED, details: "größer" }));
  const phase = phaseOf(1000, "grpc");
  const { errorSamples, sent } = await run(server.endpoint, phase);
  expect(phase.recorder.recorded().counts.grpcError).toBe(sent);
  expect(errorSamples).toEqual([{ outcome: 2, message: "status 8: größer" }]);
});
