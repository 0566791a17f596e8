import type { Clock } from "../../base/clock.ts";
import { NS_PER_MS } from "../../base/clock.ts";
import { type EncodedRequest, Outcome, type OutcomeCode, type Phase, type PhaseSummary } from "../engine.ts";
import { createTally } from "./tally.ts";

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

interface Sender {
  readonly connection: Connection;
  readonly sink: AnswerSink;
  request: EncodedRequest | undefined;
  start: number;
}

/** Keeps one request in flight on each connection until the deadline, then awaits the last ones. Resolves early when the signal aborts. */
export function runClosedLoop(phase: Phase, clock: Clock, connections: readonly Connection[]): Promise<PhaseSummary> {
  const { requests, deadline, signal } = phase;
  const tally = createTally(phase);
  const timeoutNs = phase.requestTimeoutMs * NS_PER_MS;
  const reconnectsOfAll = () => connections.reduce((sum, { reconnects }) => sum + reconnects, 0);
  const reconnectsBefore = reconnectsOfAll();
  const pauses = new Set<NodeJS.Timeout>();
  let turn = 0;
  let active = connections.length;
  let ended = false;

  return new Promise((resolve) => {
    const end = () => {
      ended = true;
      clearInterval(scan);
      for (const pause of pauses) clearTimeout(pause);
      signal.removeEventListener("abort", abort);
      resolve(tally.summary(reconnectsOfAll() - reconnectsBefore));
    };
    const next = (sender: Sender) => {
      const now = clock.now();
      if (now >= deadline || signal.aborted) {
        sender.request = undefined;
        if (--active === 0) end();
        return;
      }
      sender.request = requests[turn++ % requests.length] as EncodedRequest;
      sender.start = now;
      tally.sent();
      sender.connection.send(sender.request, sender.sink);
    };
    const later = (sender: Sender) => {
      const pause = setTimeout(() => {
        pauses.delete(pause);
        next(sender);
      }, PAUSE_AFTER_REFUSAL_MS);
      pauses.add(pause);
    };
    const senders = connections.map((connection) => senderOn(connection));

    function senderOn(connection: Connection): Sender {
      const sender: Sender = {
        connection,
        request: undefined,
        start: 0,
        sink: {
          answered: (ok, status, body) => {
            tally.answered(sender.request as EncodedRequest, sender.start, clock.now(), ok, status, body);
            next(sender);
          },
          failed: (outcome, message) => {
            const request = sender.request as EncodedRequest;
            sender.request = undefined;
            tally.failed(request, sender.start, clock.now(), outcome, message);
            if (outcome === Outcome.refused) later(sender);
            else next(sender);
          },
        },
      };
      return sender;
    }
    const expire = () => {
      if (ended) return;
      const now = clock.now();
      for (const sender of senders) {
        if (sender.request === undefined || now - sender.start < timeoutNs) continue;
        sender.connection.discard();
        sender.sink.failed(Outcome.timeout, `no answer within ${phase.requestTimeoutMs} ms`);
      }
    };
    const abort = () => {
      for (const { connection, request } of senders) if (request !== undefined) connection.discard();
      end();
    };
    // After the sockets have been read: an answer that came while this process was held up is not late.
    const scan = setInterval(() => setImmediate(expire), scanMs(phase));

    if (signal.aborted) abort();
    else {
      signal.addEventListener("abort", abort, { once: true });
      for (const sender of senders) next(sender);
    }
  });
}

function scanMs({ requestTimeoutMs }: Phase): number {
  return Math.min(LONGEST_SCAN_MS, Math.max(SHORTEST_SCAN_MS, requestTimeoutMs / 20));
}
