import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import { InfermarkError, messageOf } from "../base/errors.ts";
import { HTTP2_ERROR_NAMES } from "../base/http2-error-codes.ts";
import { CLOSED, type Collector, collectExchange, unsent } from "./collect-exchange.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Exchange, GrpcRequest, Headers, SendOptions, TransportFailure } from "./exchange.ts";
import { codeOf, failureOf } from "./failure.ts";
import { frameMessage } from "./grpc-frames.ts";
import { type GrpcSession, openSession } from "./grpc-session.ts";
import { authorityOf, withEndpointHeaders } from "./open-socket.ts";
import type { Sender, SenderOptions } from "./sender.ts";

/** Makes gRPC calls over HTTP/2 with framing of its own, so that headers, trailers and reset codes stay visible. Calls share one connection, opened anew when it is gone. */
export function grpcTransport(endpoint: Endpoint, options: SenderOptions): Sender<GrpcRequest> {
  const sessions = new Set<GrpcSession>();
  const inFlight = new Set<Collector<GrpcRequest>>();
  let shared: GrpcSession | undefined;
  let closed = false;

  const open = () => {
    const session = openSession(endpoint);
    sessions.add(session);
    return session;
  };
  const sessionFor = (fresh: boolean) => {
    if (fresh) return open();
    if (!shared?.usable) shared = open();
    return shared;
  };
  /** Unneeded are: a session of one call, one that is gone, and one that nobody waits for any more. */
  const letGo = (session: GrpcSession, established: boolean) => {
    session.users -= 1;
    if (session.users > 0 || (session === shared && session.usable && established)) return;
    sessions.delete(session);
    if (session === shared) shared = undefined;
    session.destroy();
  };
  const call = async (request: GrpcRequest, send: SendOptions): Promise<Exchange<GrpcRequest>> => {
    const session = sessionFor(send.connection === "fresh");
    session.users += 1;
    let stream: ClientHttp2Stream | undefined;
    let established = false;
    const release = () => {
      if (stream && !stream.closed) stream.close(constants.NGHTTP2_CANCEL);
      letGo(session, established);
    };
    const collector = collectExchange(request, send, { ...options, release });
    inFlight.add(collector);
    session.ready.then(
      (http2) => {
        established = true;
        if (!collector.ended)
          stream = startCall(http2, session, collector, headersOf(endpoint, request, send), request.messages);
      },
      (error: unknown) => collector.end(failureOf(error)),
    );
    return collector.exchange.finally(() => inFlight.delete(collector));
  };

  return {
    send: async (request, send) => {
      if (closed) return unsent(request, CLOSED);
      if (request.client !== "standard") return call(request, send);
      const { standardGrpcCall } = await import("./standard-grpc-client.ts");
      const collector = standardGrpcCall(endpoint, request, send, options);
      inFlight.add(collector);
      return collector.exchange.finally(() => inFlight.delete(collector));
    },
    close: async () => {
      closed = true;
      for (const collector of inFlight) collector.end(CLOSED);
      for (const session of sessions) session.destroy();
      sessions.clear();
    },
  };
}

function headersOf(endpoint: Endpoint, request: GrpcRequest, send: SendOptions): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {
    ":method": "POST",
    ":scheme": endpoint.tls ? "https" : "http",
    ":path": request.path,
    ":authority": authorityOf(endpoint),
    te: "trailers",
    "content-type": "application/grpc",
    "grpc-timeout": grpcTimeout(send.deadlineMs),
  };
  const metadata = withEndpointHeaders(endpoint, request.metadata);
  for (const name of new Set(metadata.map(([each]) => each.toLowerCase()))) {
    const values = metadata.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
    headers[name] = values.length === 1 ? values[0] : values;
  }
  return headers;
}

/** At most eight digits and a unit, rounded up so that the server never gives up first by rounding. */
export function grpcTimeout(ms: number): string {
  const whole = Math.max(1, Math.ceil(ms));
  return whole < 1e8 ? `${whole}m` : `${Math.min(Math.ceil(whole / 1000), 99_999_999)}S`;
}

function startCall(
  http2: ClientHttp2Session,
  session: GrpcSession,
  collector: Collector<GrpcRequest>,
  headers: OutgoingHttpHeaders,
  messages: GrpcRequest["messages"],
): ClientHttp2Stream | undefined {
  if (!session.usable) {
    collector.end(
      session.error
        ? failureOf(session.error)
        : { code: "closed", message: "the connection ended before the call was sent" },
    );
    return undefined;
  }
  let stream: ClientHttp2Stream;
  try {
    stream = http2.request(headers, { endStream: false });
  } catch (thrown) {
    collector.reject(
      new InfermarkError("UNSUPPORTED", `HTTP/2 cannot carry this call: ${messageOf(thrown)}`, {
        hint: "correct its metadata",
        cause: thrown,
      }),
    );
    return undefined;
  }
  collector.sent();
  listen(stream, session, http2, collector);
  stream.end(Buffer.concat(messages.map(frameMessage)));
  return stream;
}

function listen(
  stream: ClientHttp2Stream,
  session: GrpcSession,
  http2: ClientHttp2Session,
  collector: Collector<GrpcRequest>,
): void {
  let streamError: Error | undefined;
  stream.on("response", (fields: IncomingHttpHeaders, flags: number, raw: unknown) => {
    const headers = pairs(raw);
    collector.answered(Number(fields[":status"]), headers);
    if ((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0) collector.trailed(headers);
  });
  stream.on("trailers", (_fields: unknown, _flags: unknown, raw: unknown) => collector.trailed(pairs(raw)));
  stream.on("data", (bytes: Buffer) => collector.received(bytes));
  // Not only on "close": that waits for the request to be sent whole, which an early answer may make unnecessary.
  stream.on("end", () => {
    if (collector.trailers) collector.end();
  });
  stream.on("error", (error) => {
    streamError = error;
  });
  stream.on("close", () => {
    const complete = collector.trailers !== undefined;
    collector.end(
      complete ? undefined : failureOfCall(stream, session, http2, streamError, collector.head !== undefined),
    );
  });
}

function failureOfCall(
  stream: ClientHttp2Stream,
  { goaway, error }: GrpcSession,
  http2: ClientHttp2Session,
  streamError: Error | undefined,
  answered: boolean,
): TransportFailure | undefined {
  if (goaway && (goaway.code !== 0 || (stream.id ?? 0) > goaway.lastStreamId)) {
    return { code: "reset", message: `GOAWAY ${nameOfCode(goaway.code)}`, http2Code: goaway.code };
  }
  if (error) return failureOf(error);
  if (http2.destroyed) {
    return streamError && !isReset(streamError)
      ? failureOf(streamError)
      : { code: "closed", message: "the connection ended before the answer was complete" };
  }
  // Ended by END_STREAM without trailers: complete for HTTP/2; that gRPC needs more is for the reader of the exchange to say.
  if (stream.rstCode === 0 && answered) return undefined;
  return { code: "reset", message: `RST_STREAM ${nameOfCode(stream.rstCode)}`, http2Code: stream.rstCode };
}

function isReset(error: Error): boolean {
  return ["ERR_HTTP2_STREAM_ERROR", "ERR_HTTP2_STREAM_CANCEL"].includes(codeOf(error));
}

function nameOfCode(code: number): string {
  return HTTP2_ERROR_NAMES[code] ?? `code ${code}`;
}

/** The fields in the order of the wire, without pseudo-header fields. */
function pairs(raw: unknown): Headers {
  const texts = raw as readonly string[];
  return texts.flatMap((name, i) =>
    i % 2 === 0 && !name.startsWith(":") ? [[name, texts[i + 1] ?? ""] as const] : [],
  );
}
