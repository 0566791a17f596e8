import type { Socket } from "node:net";
import { Client, type Dispatcher } from "undici";
import { InfermarkError, messageOf } from "../base/errors.ts";
import { CLOSED, type Collector, collectExchange, unsent } from "./collect-exchange.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Exchange, Headers, HttpRequest, SendOptions, TransportFailure } from "./exchange.ts";
import { codeOf, failureOf } from "./failure.ts";
import { sendVerbatim } from "./malformed-http.ts";
import { authorityOf, openSocket, withEndpointHeaders } from "./open-socket.ts";
import type { Sender, SenderOptions } from "./sender.ts";

const MAX_HEAD_BYTES = 64 * 1024;

/** A connection is used again when its last request was sent within this time: servers close idle ones, and that may cross a request. */
const REUSE_WITHIN_MS = 1_000;

/** Errors by which undici says that it cannot send such a request at all. */
const OUR_MISTAKES: ReadonlySet<string> = new Set([
  "UND_ERR_INVALID_ARG",
  "UND_ERR_NOT_SUPPORTED",
  "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH",
]);

/** One undici client with one request at a time, so that it is known which socket serves which request. */
interface Connection {
  readonly client: Client;
  /** When its last request was sent: from then on at the latest the peer counts it as idle. */
  sentAt: number;
  socket?: Socket;
  /** Set when the peer reset the connection: undici does not always tell. */
  reset?: Error;
  /** Set when bytes came that belong to no answer. */
  surplus?: true;
}

/**
 * Sends HTTP/1.1 requests with undici: no redirects, no decompression. Verbatim requests go over a socket of their own. When a connection that
 * had served before ends before any part of the answer, the request is sent once more over a new one: a server may close an idle
 * connection at any time, which may cross the request (RFC 9112, section 9.3.1). What ends a new connection too is its doing.
 */
export function httpTransport(endpoint: Endpoint, options: SenderOptions): Sender<HttpRequest> {
  const idle: Connection[] = [];
  const connections = new Set<Connection>();
  const inFlight = new Set<Collector<HttpRequest>>();
  let closed = false;

  const dispose = async (connection: Connection) => {
    connections.delete(connection);
    // An attempt to connect outlives its client unless its socket is destroyed.
    connection.socket?.destroy();
    await connection.client.destroy();
  };
  const takeIdle = (): Connection | undefined => {
    for (let candidate = idle.pop(); candidate; candidate = idle.pop()) {
      if (performance.now() - candidate.sentAt < REUSE_WITHIN_MS) return candidate;
      void dispose(candidate);
    }
    return undefined;
  };
  const sendPooled = (request: HttpRequest, send: SendOptions, mayReuse = send.connection !== "fresh") => {
    const content = contentOf(endpoint, request);
    const fresh = send.connection === "fresh";
    const idleOne = mayReuse ? takeIdle() : undefined;
    const connection = idleOne ?? openConnection(endpoint);
    connection.sentAt = performance.now();
    connections.add(connection);
    const release = (failure: TransportFailure | undefined) => {
      if (!fresh && !failure && collector.head && !closed) idle.push(connection);
      // Later: undici may be in the midst of this client's parser.
      else setImmediate(() => void dispose(connection));
    };
    const collector = collectExchange(request, send, { ...options, release });
    const dispatched = {
      path: endpoint.prefix + request.path,
      method: request.method,
      ...content,
    };
    connection.client.dispatch(dispatched, handlerFor(collector, connection));
    return { collector, reused: idleOne !== undefined };
  };

  return {
    send: async (request, send) => {
      if (closed) return unsent(request, CLOSED);
      if (request.verbatim) return whileTracked(sendVerbatim(endpoint, request, send, options), inFlight);
      const { collector, reused } = sendPooled(request, send);
      const exchange = await whileTracked(collector, inFlight);
      if (!reused || closed || !isCrossed(exchange)) return exchange;
      return whileTracked(sendPooled(request, send, false).collector, inFlight);
    },
    close: async () => {
      closed = true;
      for (const collector of inFlight) collector.end(CLOSED);
      await Promise.all([...connections].map(dispose));
    },
  };
}

/** Whether the connection ended before anything of the answer came. */
function isCrossed({ head, failure }: Exchange<HttpRequest>): boolean {
  return head === undefined && (failure?.code === "closed" || failure?.code === "reset");
}

async function whileTracked(
  collector: Collector<HttpRequest>,
  inFlight: Set<Collector<HttpRequest>>,
): Promise<Exchange<HttpRequest>> {
  inFlight.add(collector);
  try {
    return await collector.exchange;
  } finally {
    inFlight.delete(collector);
  }
}

function openConnection(endpoint: Endpoint): Connection {
  const client = new Client("http://target", {
    // undici needs an origin, but where to and whether in TLS is decided here.
    connect: (_options, callback) => {
      const socket = openSocket(endpoint, "http/1.1", (error) =>
        error ? callback(error, null) : callback(null, socket),
      );
      delete connection.reset;
      delete connection.surplus;
      connection.socket = socket;
      socket.on("error", (error) => {
        if (codeOf(error) === "ECONNRESET") connection.reset = error;
        if (codeOf(error) === "UND_ERR_SOCKET") connection.surplus = true;
      });
    },
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: MAX_HEAD_BYTES,
  });
  const connection: Connection = { client, sentAt: 0 };
  return connection;
}

function contentOf(endpoint: Endpoint, request: HttpRequest): Pick<Dispatcher.DispatchOptions, "headers" | "body"> {
  const fields = withEndpointHeaders(endpoint, request.headers);
  const hasHost = fields.some(([name]) => name.toLowerCase() === "host");
  const headers = [...(hasHost ? [] : [["host", authorityOf(endpoint)]]), ...fields].flat();
  const { body } = request;
  if (request.framing !== "chunked") return { headers, body: body ?? null };
  if (!body?.length) throw inexpressible(new Error("it delimits an empty body by Content-Length, not by chunks"));
  // undici delimits by chunks what it cannot know the length of.
  return { headers, body: onePiece(body) as unknown as Buffer };
}

async function* onePiece(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

function handlerFor(collector: Collector<HttpRequest>, connection: Connection): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (controller) => {
      if (collector.ended) controller.abort(new Error("ended before it was sent"));
      else collector.sent();
    },
    onResponseStart: (controller, status) => {
      if (status >= 200) collector.answered(status, pairs(controller.rawHeaders));
    },
    onResponseData: (_controller, chunk) => collector.received(chunk),
    onResponseEnd: (controller) => {
      const trailers = pairs(controller.rawTrailers);
      if (trailers.length > 0) collector.trailed(trailers);
      // Not at once: bytes that follow the answer in the same read break the connection in this turn.
      queueMicrotask(() => {
        if (connection.surplus) collector.exceeded();
        // undici takes a reset for the regular end of an answer that is delimited by the end of the connection.
        collector.end(connection.reset && failureOf(connection.reset));
      });
    },
    onResponseError: (_controller, error) => {
      if (OUR_MISTAKES.has(codeOf(error))) collector.reject(inexpressible(error));
      else collector.end(failureOfAnswer(connection.reset ?? error, collector));
    },
  };
}

function inexpressible(error: Error): InfermarkError {
  return new InfermarkError("UNSUPPORTED", `the HTTP client refuses to send this request: ${messageOf(error)}`, {
    hint: "mark a request that is malformed on purpose as verbatim",
    cause: error,
  });
}

function failureOfAnswer(error: Error, collector: Collector<HttpRequest>): TransportFailure {
  if (codeOf(error) !== "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") return failureOf(error);
  if (!collector.head) return { code: "malformed", message: "Content-Length contradicts itself or Transfer-Encoding" };
  return { code: "closed", message: "the connection ended before Content-Length bytes had arrived" };
}

/** undici keeps the whitespace after a value, which is no part of it. */
function pairs(raw: unknown): Headers {
  const texts = ((raw ?? []) as readonly (Buffer | string)[]).map((each) =>
    typeof each === "string" ? each : each.toString("latin1"),
  );
  return texts.flatMap((name, i) =>
    i % 2 === 0 ? [[name, (texts[i + 1] ?? "").replace(/[ \t]+$/, "")] as const] : [],
  );
}
