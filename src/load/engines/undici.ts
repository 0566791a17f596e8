import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";
import { buildConnector, Client, type Dispatcher } from "undici";
import { type Clock, systemClock } from "../../base/clock.ts";
import { messageOf } from "../../base/errors.ts";
import { authorityOf, certificateName, headersOf, type LoadEndpoint, urlHost } from "../endpoint.ts";
import { type EncodedRequest, type Engine, Outcome, type OutcomeCode } from "../engine.ts";
import { type AnswerSink, type Connection, runClosedLoop } from "./closed-loop.ts";
import { socketOutcome } from "./socket-outcome.ts";
import { STAMP_RESOLUTION_NS } from "./stamp-resolution.ts";

const HTTP_OK = 200;
const LONGEST_CONNECT_MS = 30_000;

/** Sends HTTP/1.1 with undici, one client and so one connection for each request in flight. */
export function undiciEngine(endpoint: LoadEndpoint, clock: Clock = systemClock): Engine {
  const prepared = new WeakMap<EncodedRequest, Dispatcher.DispatchOptions>();
  const optionsFor = (request: EncodedRequest) => {
    const known = prepared.get(request) ?? dispatchOptions(endpoint, request);
    prepared.set(request, known);
    return known;
  };
  const connections: Connection[] = [];
  return {
    id: "undici",
    openLoop: false,
    resolutionNs: STAMP_RESOLUTION_NS,
    run: (phase) => {
      while (connections.length < phase.concurrency) connections.push(openConnection(endpoint, optionsFor));
      return runClosedLoop(phase, clock, connections.slice(0, phase.concurrency));
    },
    close: () => {
      for (const connection of connections.splice(0)) connection.close();
      return Promise.resolve();
    },
  };
}

function dispatchOptions(endpoint: LoadEndpoint, request: EncodedRequest): Dispatcher.DispatchOptions {
  const headers = headersOf(endpoint, request);
  const hasHost = headers.some(([name]) => name.toLowerCase() === "host");
  return {
    path: endpoint.prefix + request.path,
    method: request.method,
    headers: [...(hasHost ? [] : [["host", authorityOf(endpoint)]]), ...headers].flat(),
    body: request.method === "GET" ? null : request.body,
  };
}

function openConnection(
  endpoint: LoadEndpoint,
  optionsFor: (request: EncodedRequest) => Dispatcher.DispatchOptions,
): Connection {
  let connects = 0;
  const open = () => {
    const client = newClient(endpoint);
    client.on("connect", () => {
      connects++;
    });
    return { client, handler: answerHandler() };
  };
  let current = open();
  const close = () => {
    current.handler.sink = undefined;
    void current.client.destroy();
  };
  return {
    send: (request, sink) => {
      current.handler.sink = sink;
      current.client.dispatch(optionsFor(request), current.handler);
    },
    discard: () => {
      close();
      current = open();
    },
    get reconnects() {
      return Math.max(0, connects - 1);
    },
    close,
  };
}

function newClient(endpoint: LoadEndpoint): Client {
  const { tls, port } = endpoint;
  return new Client(`${tls ? "https" : "http"}://${urlHost(endpoint)}:${port}`, {
    pipelining: 1,
    // Deadlines are the loop's.
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
    connect: connector(endpoint),
  });
}

function connector(endpoint: LoadEndpoint): buildConnector.connector {
  const { tls } = endpoint;
  const name = certificateName(endpoint);
  const connect = buildConnector({
    // An attempt outlives its client: it must end some time.
    timeout: LONGEST_CONNECT_MS,
    allowH2: false,
    ...(tls && {
      ...(tls.ca !== undefined && { ca: tls.ca }),
      ...(tls.cert !== undefined && { cert: tls.cert }),
      ...(tls.key !== undefined && { key: tls.key }),
      rejectUnauthorized: tls.insecure !== true,
      checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
    }),
  });
  return (options, callback) => {
    // undici would take the name from the Host header. TLS has no SNI for addresses.
    const { servername: _fromHost, ...rest } = options;
    connect({ ...rest, ...(isIP(name) === 0 && { servername: name }) }, (...[error, socket]) => {
      if (error) callback(connectError(error), null);
      else callback(null, socket);
    });
  };
}

/** undici leaves requests unanswered when a certificate has another name, which it knows by the error's code. */
function connectError(error: Error): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ERR_TLS_CERT_ALTNAME_INVALID") return error;
  return Object.assign(new Error(error.message, { cause: error }), { code: "ERR_TLS_NAME" });
}

/** One handler serves all requests of a client, since they come one after the other. */
function answerHandler(): Dispatcher.DispatchHandler & { sink: AnswerSink | undefined } {
  let status = 0;
  let body: Uint8Array = EMPTY;
  let chunks: Uint8Array[] = [];
  return {
    sink: undefined,
    onRequestStart: () => {
      status = 0;
      body = EMPTY;
      if (chunks.length > 0) chunks = [];
    },
    onResponseStart: (_controller, code) => {
      status = code;
    },
    onResponseData: (_controller, chunk) => {
      if (body.length === 0 && chunks.length === 0) body = chunk;
      else chunks.push(chunk);
    },
    onResponseEnd() {
      const whole = chunks.length === 0 ? body : Buffer.concat([body, ...chunks]);
      const { sink } = this;
      this.sink = undefined;
      sink?.answered(status === HTTP_OK, status, whole);
    },
    onResponseError(_controller, error) {
      const { sink } = this;
      this.sink = undefined;
      sink?.failed(outcomeOf(error), messageOf(error));
    },
  };
}

const EMPTY = new Uint8Array(0);

function outcomeOf(error: Error): OutcomeCode {
  if (error.name === "HTTPParserError") return error.message.includes("EOF") ? Outcome.reset : Outcome.malformed;
  return socketOutcome(error);
}
