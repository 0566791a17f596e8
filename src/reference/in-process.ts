import type {
  Exchange,
  GrpcRequest,
  Headers,
  HttpRequest,
  SendOptions,
  Transport,
  TransportFailure,
  WireRequest,
} from "../transport/exchange.ts";
import { refusal } from "./grpc-host.ts";
import type { GrpcReply, Handler, HttpReply, ReferenceRequest, Reply } from "./handler.ts";
import { firstReply, jsonReply, piecesOf } from "./http-host.ts";
import type { World } from "./world.ts";

/** A transport to a reference runtime in this process: no sockets, but every request yields, so that requests interleave. */
export function inProcess(options: { readonly handlers: readonly Handler[]; readonly world: World }): Transport {
  return {
    send: async <R extends WireRequest>(request: R, { deadlineMs }: SendOptions): Promise<Exchange<R>> => {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (options.world.memory.get("dead"))
        return failed(request, { code: "refused", message: "the server is gone" }, 0);
      const reply = (await firstReply(options, received(request))) ?? notFound(request);
      return exchangeOf(options.world, request, reply, deadlineMs);
    },
    close: async () => {},
  };
}

function received(request: WireRequest): ReferenceRequest {
  if (request.protocol === "grpc") {
    return {
      protocol: "grpc",
      path: request.path,
      headers: [...lowerCase(request.metadata), ...clientHeaders(request)],
      messages: request.messages,
    };
  }
  return {
    protocol: "http",
    method: request.method,
    path: request.path,
    headers: lowerCase(request.headers),
    body: request.body ?? new Uint8Array(0),
    framing: request.body === undefined ? "none" : (request.framing ?? "content-length"),
  };
}

/** What @grpc/grpc-js adds to a call of its own accord. */
function clientHeaders({ client }: GrpcRequest): Headers {
  return client === "standard"
    ? [
        ["grpc-accept-encoding", "identity,deflate,gzip"],
        ["user-agent", "grpc-node-js"],
      ]
    : [];
}

function lowerCase(headers: Headers): Headers {
  return headers.map(([name, value]) => [name.toLowerCase(), value] as const);
}

function notFound(request: WireRequest): Reply {
  if (request.protocol === "grpc") return refusal(12, `unknown method ${request.path}`);
  return jsonReply(404, { error: `no route ${request.method} ${request.path}` });
}

function exchangeOf<R extends WireRequest>(world: World, request: R, reply: Reply, deadlineMs: number): Exchange<R> {
  if (reply.fault === "die") world.memory.set("dead", true);
  if (reply.fault === "hang")
    return failed(request, { code: "timeout", message: `no answer within ${deadlineMs} ms` }, deadlineMs * 1e6);
  if (reply.fault !== undefined)
    return failed(request, { code: "closed", message: "the connection was closed before an answer" }, 0);
  return reply.protocol === "http" ? httpExchange(request, reply) : grpcExchange(request, reply, deadlineMs);
}

function failed<R extends WireRequest>(request: R, failure: TransportFailure, durationNs: number): Exchange<R> {
  return { request, events: [], failure, durationNs };
}

function httpExchange<R extends WireRequest>(request: R, reply: HttpReply): Exchange<R> {
  if (reply.bytes) throw new Error("only a socket can carry an answer as bytes");
  const declared = reply.contentLength ?? (reply.cuts ? "none" : reply.body.length);
  const length: Headers =
    declared === "none" ? [["transfer-encoding", "chunked"]] : [["content-length", String(declared)]];
  const head = { status: reply.status, headers: [...reply.headers, ...length], atNs: 0 };
  const bodyless = (request as HttpRequest).method === "HEAD";
  const arrived = bodyless ? new Uint8Array(0) : reply.body.slice(0, declared === "none" ? undefined : declared);
  const events = piecesOf({ ...reply, body: arrived }).map((bytes) => ({ atNs: 0, bytes }));
  if (!bodyless && declared !== "none" && declared > reply.body.length) {
    const failure = {
      code: "closed",
      message: `the connection ended after ${reply.body.length} of ${declared} body bytes`,
    } as const;
    return { request, head, events, failure, durationNs: 0 };
  }
  const surplus = !bodyless && declared !== "none" && declared < reply.body.length;
  return { request, head, events, ...(surplus && { surplus }), durationNs: 0 };
}

function grpcExchange<R extends WireRequest>(request: R, reply: GrpcReply, deadlineMs: number): Exchange<R> {
  const fields: Headers = reply.headers ?? [];
  const contentType: Headers = fields.some(([name]) => name === "content-type")
    ? []
    : [["content-type", "application/grpc"]];
  const head = { status: reply.httpStatus ?? 200, headers: [...contentType, ...fields], atNs: 0 };
  const pieces = reply.data ? [reply.data] : reply.messages.map(framed);
  const events = pieces.filter(({ length }) => length > 0).map((bytes) => ({ atNs: 0, bytes }));
  if (reply.resetCode !== undefined) {
    const failure = { code: "reset", message: `RST_STREAM ${reply.resetCode}`, http2Code: reply.resetCode } as const;
    return { request, ...(events.length > 0 && { head }), events, failure, durationNs: 0 };
  }
  if (reply.open) {
    const failure = { code: "timeout", message: `no complete answer within ${deadlineMs} ms` } as const;
    return { request, head, events, failure, durationNs: deadlineMs * 1e6 };
  }
  if (reply.noTrailers) return { request, head, events, durationNs: 0 };
  const message: Headers = reply.message === undefined ? [] : [["grpc-message", encodeURIComponent(reply.message)]];
  const trailers: Headers = [["grpc-status", String(reply.status)], ...message, ...(reply.trailers ?? [])];
  return { request, head, events, trailers, durationNs: 0 };
}

function framed(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(5 + message.length);
  new DataView(bytes.buffer).setUint32(1, message.length);
  bytes.set(message, 5);
  return bytes;
}
