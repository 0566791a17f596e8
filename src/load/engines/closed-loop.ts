import type { Clock } from "../../base/clock.ts";
import { NS_PER_MS } from "../../base/clock.ts";
import { type EncodedRequest, Outcome, type OutcomeCode, type Phase, type PhaseSummary } from "../engine.ts";
import { Tally } from "./tally.ts";

/** A server that refuses is tried again after this time, not as fast as the machine can. */
const PAUSE_AFTER_REFUSAL_MS = 10;
const SHORTEST_SCAN_MS = 2;
const LONGEST_SCAN_MS = 100;

/** Takes what became of the request in flight on one connection; called once for each. */
export interface AnswerSink {
  answered(ok: boolean, status: number, body: Uint8Array): void;
  failed(outcome: OutcomeCode, message: string): void;
}

/** One connection that carries one request at a time. */
export interface Connection {
  /** Sends; the sink hears of it once, later. */
  send(request: EncodedRequest, sink: AnswerSink): void;
  /** Gives up the request in flight: its sink hears nothing any more. */
  discard(): void;
  /** How often it had to connect after the first time. */
  readonly reconnects: number;
  close(): void;
}

/** Keeps one request in flight on its connection. */
interface Sender {
  /** Sends the first request. */
  readonly begin: () => void;
  /** Gives up a request that was sent before this instant. */
  readonly expire: (sentBefore: number) => void;
  /** Gives up all; nothing is recorded any more. */
  readonly stop: () => void;
}

/** Keeps one request in flight on each connection until the deadline, then awaits the last ones. Resolves early when the signal aborts; rejects when the check of an answer throws. */
export function runClosedLoop(phase: Phase, clock: Clock, connections: readonly Connection[]): Promise<PhaseSummary> {
  const { signal, requestTimeoutMs } = phase;
  const reconnectsOfAll = () => connections.reduce((sum, { reconnects }) => sum + reconnects, 0);
  const reconnectsBefore = reconnectsOfAll();
  return new Promise((resolve, reject) => {
    const end = () => {
      for (const { stop } of senders) stop();
      clearInterval(scan);
      signal.removeEventListener("abort", end);
      resolve(tally.summary(reconnectsOfAll() - reconnectsBefore));
    };
    const tally = new Tally(phase, clock, (thrown) => {
      reject(thrown);
      end();
    });
    let active = connections.length;
    const done = () => {
      if (--active === 0) end();
    };
    const rotation = rotate(phase.requests);
    const senders = connections.map((connection) => senderOn(connection, { phase, clock, tally, rotation, done }));
    const expire = () => {
      const sentBefore = clock.now() - requestTimeoutMs * NS_PER_MS;
      for (const sender of senders) sender.expire(sentBefore);
    };
    // After the sockets have been read: an answer that came while this process was held up is not late.
    const scan = setInterval(() => setImmediate(expire), scanMs(requestTimeoutMs));
    if (signal.aborted) {
      end();
      return;
    }
    signal.addEventListener("abort", end, { once: true });
    for (const { begin } of senders) begin();
  });
}

interface SenderSetting {
  readonly phase: Phase;
  readonly clock: Clock;
  readonly tally: Tally;
  readonly rotation: () => EncodedRequest;
  /** Called when the deadline has passed and nothing is in flight. */
  readonly done: () => void;
}

function senderOn(connection: Connection, { phase, clock, tally, rotation, done }: SenderSetting): Sender {
  let request: EncodedRequest | undefined;
  let start = 0;
  let pause: NodeJS.Timeout | undefined;
  let stopped = false;

  const next = () => {
    if (stopped) return;
    start = clock.now();
    if (start >= phase.deadline) {
      done();
      return;
    }
    request = rotation();
    tally.sent();
    connection.send(request, sink);
  };
  const sink: AnswerSink = {
    answered: (ok, status, body) => {
      const end = clock.now();
      const answered = request as EncodedRequest;
      request = undefined;
      tally.answered(answered, start, start, end, ok, status, body);
      next();
    },
    failed: (outcome, message) => {
      request = undefined;
      tally.failed(start, start, clock.now(), outcome, message);
      if (outcome === Outcome.refused && !stopped) pause = setTimeout(next, PAUSE_AFTER_REFUSAL_MS);
      else next();
    },
  };
  return {
    begin: next,
    expire: (sentBefore) => {
      if (request === undefined || start > sentBefore) return;
      connection.discard();
      sink.failed(Outcome.timeout, `no answer within ${phase.requestTimeoutMs} ms`);
    },
    stop: () => {
      stopped = true;
      clearTimeout(pause);
      if (request !== undefined) connection.discard();
      request = undefined;
    },
  };
}

function rotate(requests: readonly EncodedRequest[]): () => EncodedRequest {
  let turn = 0;
  return () => requests[turn++ % requests.length] as EncodedRequest;
}

function scanMs(requestTimeoutMs: number): number {
  return Math.min(LONGEST_SCAN_MS, Math.max(SHORTEST_SCAN_MS, requestTimeoutMs / 20));
}
