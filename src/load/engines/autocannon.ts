import type { EventEmitter } from "node:events";
import { isIP, type Socket } from "node:net";
import autocannon from "autocannon";
import { type Clock, NS_PER_MS, systemClock } from "../../base/clock.ts";
import { InfermarkError, messageOf } from "../../base/errors.ts";
import { authorityOf, certificateName, headersOf, type LoadEndpoint, urlHost } from "../endpoint.ts";
import {
  type EncodedRequest,
  type Engine,
  Outcome,
  type OutcomeCode,
  type Phase,
  type PhaseSummary,
} from "../engine.ts";
import { socketOutcome } from "./socket-outcome.ts";
import { STAMP_RESOLUTION_NS } from "./stamp-resolution.ts";
import { Tally } from "./tally.ts";

const HTTP_OK = 200;
const SCAN_MS = 10;
/** Its own limits are out of the way: phases and time-outs end by our clock. */
const NEVER_S = 1_000_000;

/** What this engine needs of autocannon's client beyond its types: the types leave these out, and the version is pinned. */
interface AutocannonClient extends autocannon.Client {
  readonly conn: Socket;
  readonly parser: { initialize(type: "RESPONSE"): void; execute(chunk: Buffer): unknown };
  readonly timeoutTicker: { clear(): void };
  readonly pipelinedRequests: { addBody(chunk: Buffer): void; clear(): void };
  destroy(): void;
}

/**
 * Sends HTTP/1.1 with autocannon, whose rates and percentiles are not used: requests are stamped, judged and recorded here.
 * Throws USAGE for TLS with certificates to be checked, since autocannon accepts any.
 */
export function autocannonEngine(endpoint: LoadEndpoint, clock: Clock = systemClock): Engine {
  if (endpoint.tls && endpoint.tls.insecure !== true) {
    throw new InfermarkError("USAGE", "the engine autocannon accepts any certificate, and this one is to be checked", {
      hint: "use the engine undici, or allow any certificate",
    });
  }
  return {
    id: "autocannon",
    openLoop: false,
    resolutionNs: STAMP_RESOLUTION_NS,
    run: (phase) => runPhase(endpoint, phase, clock),
    close: () => Promise.resolve(),
  };
}

function runPhase(endpoint: LoadEndpoint, phase: Phase, clock: Clock): Promise<PhaseSummary> {
  const built = phase.requests.map((request) => requestOf(endpoint, request));
  const lanes: Lane[] = [];
  return new Promise((resolve, reject) => {
    const stopAll = () => {
      for (const { stop } of lanes) stop();
    };
    const tally = new Tally(phase, clock, (thrown) => {
      reject(thrown);
      stopAll();
    });
    if (phase.signal.aborted || clock.now() >= phase.deadline) {
      resolve(tally.summary(0));
      return;
    }
    const setupClient = (client: autocannon.Client) => {
      // Each client starts elsewhere in the rotation, so that neighbours carry different ids.
      client.setRequests(
        built.map((_, i) => ({ ...(built[(i + lanes.length) % built.length] as autocannon.Request) })),
      );
      lanes.push(watch(client as AutocannonClient, lanes.length, phase, tally, clock));
    };
    // It ends when the last of its clients has been stopped.
    autocannon(settings(endpoint, phase, setupClient), (error: Error | null) => {
      clearInterval(scan);
      phase.signal.removeEventListener("abort", stopAll);
      if (error) reject(error);
      else resolve(tally.summary(lanes.reduce((sum, { connects }) => sum + Math.max(0, connects() - 1), 0)));
    });
    const expire = () => {
      for (const lane of lanes) lane.expire();
    };
    // After the sockets have been read: an answer that came while this process was held up is not late.
    const scan = setInterval(() => setImmediate(expire), SCAN_MS);
    phase.signal.addEventListener("abort", stopAll, { once: true });
  });
}

function settings(
  endpoint: LoadEndpoint,
  phase: Phase,
  setupClient: (client: autocannon.Client) => void,
): autocannon.Options {
  const { tls } = endpoint;
  const { ca, cert, key } = tls ?? {};
  const name = certificateName(endpoint);
  return {
    url: `${tls ? "https" : "http"}://${urlHost(endpoint)}:${endpoint.port}`,
    connections: phase.concurrency,
    duration: NEVER_S,
    timeout: NEVER_S,
    sampleInt: SCAN_MS,
    pipelining: 1,
    requests: [{ method: "GET" }],
    setupClient,
    skipAggregateResult: true,
    // TLS has no SNI for addresses.
    ...(tls && isIP(name) === 0 && { servername: name }),
    ...(tls && { tlsOptions: { ca, cert, key } }),
  };
}

function requestOf(endpoint: LoadEndpoint, request: EncodedRequest): autocannon.Request {
  const { buffer, byteOffset, byteLength } = request.body;
  const headers = headersOf(endpoint, request);
  const hasHost = headers.some(([name]) => name.toLowerCase() === "host");
  return {
    method: request.method,
    path: endpoint.prefix + request.path,
    headers: Object.fromEntries([...(hasHost ? [] : [["host", authorityOf(endpoint)]]), ...headers]),
    ...(request.method === "POST" && { body: Buffer.from(buffer, byteOffset, byteLength) }),
  };
}

/** One client of autocannon, and so one connection at a time. */
interface Lane {
  readonly connects: () => number;
  /** Ends the connection when its request has taken too long, and the client when it has nothing to send any more. */
  readonly expire: () => void;
  /** Ends the client; nothing is recorded any more. */
  readonly stop: () => void;
}

/**
 * Follows one client by its events. autocannon keeps silent when a connection ends in the midst of an answer, and carries its parser
 * over to the next connection; both show when it sends while a request is in flight.
 */
function watch(client: AutocannonClient, offset: number, phase: Phase, tally: Tally, clock: Clock): Lane {
  const { requests, deadline, requestTimeoutMs } = phase;
  const events: EventEmitter = client;
  let turn = offset;
  let request: EncodedRequest | undefined;
  let start = 0;
  let connection: Socket | undefined;
  let connects = 0;
  let stopped = false;

  const lose = (outcome: OutcomeCode, message: string) => {
    if (request === undefined || stopped) return;
    request = undefined;
    tally.failed(start, start, clock.now(), outcome, message);
  };
  const giveUp = (outcome: OutcomeCode, message: string) => {
    lose(outcome, message);
    client.conn.destroy(new Error(message));
  };
  const stop = () => {
    if (stopped) return;
    stopped = true;
    client.destroy();
    // autocannon goes on after its events: it "sends" to the closed connection and starts its timer again.
    setImmediate(() => client.timeoutTicker.clear());
  };
  const answers = readBytes(client, (error) => giveUp(Outcome.malformed, messageOf(error)));
  events.on("request", () => {
    if (stopped) return;
    lose(Outcome.reset, "the connection ended before the answer was complete");
    if (client.conn !== connection) {
      connection = client.conn;
      connects++;
      answers.reset();
    }
    start = clock.now();
    if (start >= deadline) {
      stop();
      return;
    }
    request = requests[turn++ % requests.length];
    tally.sent();
  });
  events.on("connError", (error: Error) => lose(socketOutcome(error), messageOf(error)));
  events.on("response", (status: number) => {
    const end = clock.now();
    const body = answers.take();
    if (request === undefined || stopped) return;
    const answered = request;
    request = undefined;
    tally.answered(answered, start, start, end, status === HTTP_OK, status, body);
  });
  return {
    connects: () => connects,
    expire: () => {
      if (stopped) return;
      // A client can be without a connection and tell nothing of it: then no request comes that would end it.
      if (request === undefined && clock.now() >= deadline) stop();
      if (request === undefined || clock.now() - start < requestTimeoutMs * NS_PER_MS) return;
      giveUp(Outcome.timeout, `no answer within ${requestTimeoutMs} ms`);
    },
    stop,
  };
}

/** autocannon takes bodies for text and overlooks what its parser refuses; this gets at both. */
function readBytes({ parser, pipelinedRequests }: AutocannonClient, refused: (error: Error) => void) {
  let chunks: Buffer[] = [];
  let broken = false;
  const execute = parser.execute.bind(parser);
  pipelinedRequests.addBody = (chunk) => void chunks.push(chunk);
  parser.execute = (chunk) => {
    if (broken) return undefined;
    const result = execute(chunk);
    if (result instanceof Error) {
      broken = true;
      refused(result);
    }
    return result;
  };
  return {
    /** The body that has come. */
    take: (): Buffer => {
      const [first, ...rest] = chunks;
      chunks = [];
      if (first === undefined) return Buffer.alloc(0);
      return rest.length === 0 ? first : Buffer.concat([first, ...rest]);
    },
    /** Forgets a half-read answer, since a new connection has begun. */
    reset: () => {
      chunks = [];
      broken = false;
      parser.initialize("RESPONSE");
      pipelinedRequests.clear();
    },
  };
}
