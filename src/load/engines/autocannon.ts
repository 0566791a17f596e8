import type { EventEmitter } from "node:events";
import { isIP, type Socket } from "node:net";
import autocannon from "autocannon";
import { type Clock, NS_PER_MS, systemClock } from "../../base/clock.ts";
import { InfermarkError, messageOf } from "../../base/errors.ts";
import { authorityOf, certificateName, headersOf, type LoadEndpoint, urlHost } from "../endpoint.ts";
import { type EncodedRequest, type Engine, Outcome, type Phase, type PhaseSummary } from "../engine.ts";
import { socketOutcome } from "./socket-outcome.ts";
import { STAMP_RESOLUTION_NS } from "./stamp-resolution.ts";
import { createTally, type Tally } from "./tally.ts";

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
    resolutionNs: STAMP_RESOLUTION_NS,
    run: (phase) => runPhase(endpoint, phase, clock),
    close: () => Promise.resolve(),
  };
}

function runPhase(endpoint: LoadEndpoint, phase: Phase, clock: Clock): Promise<PhaseSummary> {
  if (phase.signal.aborted || clock.now() >= phase.deadline) return Promise.resolve(createTally(phase).summary(0));
  const tally = createTally(phase);
  const built = phase.requests.map((request) => requestOf(endpoint, request));
  const lanes: Lane[] = [];
  return new Promise((resolve, reject) => {
    const setupClient = (client: autocannon.Client) => {
      // Each client starts elsewhere in the rotation, so that neighbours carry different ids.
      client.setRequests(
        built.map((_, i) => ({ ...(built[(i + lanes.length) % built.length] as autocannon.Request) })),
      );
      lanes.push(watch(client as AutocannonClient, lanes.length, phase, tally, clock));
    };
    const running = autocannon(settings(endpoint, phase, setupClient), (error: Error | null) => {
      clearInterval(scan);
      phase.signal.removeEventListener("abort", abort);
      if (error) reject(error);
      else resolve(tally.summary(lanes.reduce((sum, { connects }) => sum + Math.max(0, connects() - 1), 0)));
    });
    const abort = () => {
      for (const { stop } of lanes) stop();
      running.stop();
    };
    const look = () => {
      for (const { expire } of lanes) expire();
      if (lanes.length === phase.concurrency && lanes.every(({ stopped }) => stopped())) running.stop();
    };
    // After the sockets have been read: an answer that came while this process was held up is not late.
    const scan = setInterval(() => setImmediate(look), SCAN_MS);
    phase.signal.addEventListener("abort", abort, { once: true });
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

interface Lane {
  readonly connects: () => number;
  readonly stopped: () => boolean;
  /** Ends the connection when its request has taken too long. */
  readonly expire: () => void;
  readonly stop: () => void;
}

/**
 * Follows one client by its events. autocannon keeps silent when a connection ends in the midst of an answer, and carries its parser
 * over to the next connection; both show when it sends while a request is in flight.
 */
function watch(client: AutocannonClient, offset: number, phase: Phase, tally: Tally, clock: Clock): Lane {
  const { requests, deadline, requestTimeoutMs } = phase;
  const { parser, pipelinedRequests } = client;
  let turn = offset;
  let request: EncodedRequest | undefined;
  let start = 0;
  let connection: Socket | undefined;
  let connects = 0;
  let broken = false;
  let isStopped = false;
  let chunks: Buffer[] = [];

  const lose = (outcome: Parameters<Tally["failed"]>[3], message: string) => {
    if (request === undefined) return;
    tally.failed(request, start, clock.now(), outcome, message);
    request = undefined;
  };
  const stop = () => {
    if (isStopped) return;
    isStopped = true;
    client.destroy();
    // autocannon goes on after its events: it "sends" to the closed connection and starts its timer again.
    setImmediate(() => client.timeoutTicker.clear());
  };
  const giveUp = (outcome: Parameters<Tally["failed"]>[3], message: string) => {
    lose(outcome, message);
    client.conn.destroy(new Error(message));
  };
  // Its bodies are text; these are the bytes.
  pipelinedRequests.addBody = (chunk) => void chunks.push(chunk);
  const execute = parser.execute.bind(parser);
  parser.execute = (chunk) => {
    if (broken || isStopped) return undefined;
    const result = execute(chunk);
    if (result instanceof Error) {
      broken = true;
      giveUp(Outcome.malformed, messageOf(result));
    }
    return result;
  };
  const events: EventEmitter = client;
  events.on("request", () => {
    if (isStopped) return;
    lose(Outcome.reset, "the connection ended before the answer was complete");
    if (client.conn !== connection) {
      connection = client.conn;
      connects++;
      broken = false;
      parser.initialize("RESPONSE");
      pipelinedRequests.clear();
    }
    chunks = [];
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
    if (request === undefined || isStopped) return;
    const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    tally.answered(request, start, clock.now(), status === HTTP_OK, status, body);
    request = undefined;
  });
  return {
    connects: () => connects,
    stopped: () => isStopped,
    expire: () => {
      if (isStopped || request === undefined || clock.now() - start < requestTimeoutMs * NS_PER_MS) return;
      giveUp(Outcome.timeout, `no answer within ${requestTimeoutMs} ms`);
    },
    stop,
  };
}
