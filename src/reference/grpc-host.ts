import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { messageOf } from "../base/errors.ts";
import type { GrpcReply, ReferenceRequest } from "./handler.ts";
import { firstReply, type HostOptions } from "./http-host.ts";

const UNIMPLEMENTED = 12;
const INTERNAL = 13;
const RESOURCE_EXHAUSTED = 8;
const PREFIX_BYTES = 5;

/** A plaintext HTTP/2 server, not yet listening, that answers gRPC calls with what the handlers reply. */
export function grpcHost(options: HostOptions): Http2Server {
  const server = createServer({ settings: { initialWindowSize: 1 << 20, maxConcurrentStreams: 1000 } });
  server.on("session", (session) => {
    if (options.world.memory.get("dead")) session.destroy();
  });
  server.on("stream", (stream, headers) => {
    // A client may reset its stream at any time; there is nobody left to tell.
    stream.on("error", () => stream.destroy());
    answer(options, stream, headers).catch((thrown: unknown) => {
      if (!stream.destroyed && !stream.headersSent) respond(options, stream, refusal(INTERNAL, messageOf(thrown)));
    });
  });
  return server;
}

async function answer(options: HostOptions, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
  const path = String(headers[":path"]);
  if (!(headers["content-type"] ?? "").startsWith("application/grpc")) {
    stream.respond({ ":status": 415 }, { endStream: true });
    return;
  }
  const body = await readBody(stream, options.maxBodyBytes);
  if (body === "aborted") return;
  const messages = body === "too large" ? refusal(RESOURCE_EXHAUSTED, "the message is too large") : unframe(body);
  const request =
    "status" in messages
      ? undefined
      : ({ protocol: "grpc", path, headers: fieldsOf(headers), messages } satisfies ReferenceRequest);
  const reply = request ? await firstReply(options, request) : (messages as GrpcReply);
  respond(options, stream, reply ?? refusal(UNIMPLEMENTED, `unknown method ${path}`));
}

function respond(options: HostOptions, stream: ServerHttp2Stream, reply: Awaited<ReturnType<typeof firstReply>>): void {
  if (reply?.protocol !== "grpc") throw new Error("a handler answered a gRPC request with an HTTP reply");
  if (stream.destroyed || reply.fault === "hang") return;
  if (reply.fault !== undefined) {
    if (reply.fault === "die") options.world.memory.set("dead", true);
    stream.session?.destroy();
    return;
  }
  const head: OutgoingHttpHeaders = {
    ":status": reply.httpStatus ?? 200,
    "content-type": "application/grpc",
    ...asHeaders(reply.headers),
  };
  const trailers = { ...statusFields(reply), ...asHeaders(reply.trailers) };
  const data = reply.data ?? frame(reply.messages);
  if (reply.resetCode !== undefined) {
    const reset = () => stream.close(reply.resetCode);
    if (data.length === 0) reset();
    else {
      stream.respond(head);
      stream.write(data, reset);
    }
    return;
  }
  if (data.length === 0 && reply.status !== 0 && !reply.noTrailers) {
    stream.respond({ ...head, ...trailers }, { endStream: true });
    return;
  }
  if (reply.open) {
    stream.respond(head);
    stream.write(data);
    return;
  }
  if (reply.noTrailers) {
    stream.respond(head);
    stream.end(data);
    return;
  }
  stream.respond(head, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  stream.end(data);
}

/** A reply without a message. */
export function refusal(status: number, message: string): GrpcReply {
  return { protocol: "grpc", status, message, messages: [] };
}

function statusFields(reply: GrpcReply): OutgoingHttpHeaders {
  return {
    "grpc-status": String(reply.status),
    ...(reply.message !== undefined && reply.message !== "" && { "grpc-message": percentEncode(reply.message) }),
  };
}

/**
 * The gRPC HTTP/2 mapping lets only printable ASCII other than "%" stand for itself in grpc-message; a space at either
 * end is no valid part of an HTTP/2 field value.
 */
function percentEncode(text: string): string {
  const bytes = [...Buffer.from(text, "utf8")];
  const isPlain = (byte: number, at: number) =>
    byte > 0x20 && byte <= 0x7e && byte !== 0x25 ? true : byte === 0x20 && at > 0 && at < bytes.length - 1;
  return bytes
    .map((byte, at) =>
      isPlain(byte, at) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    )
    .join("");
}

function asHeaders(fields: GrpcReply["headers"] = []): OutgoingHttpHeaders {
  return Object.fromEntries(fields);
}

function fieldsOf(headers: IncomingHttpHeaders): readonly (readonly [string, string])[] {
  return Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((each) => [name, each] as const));
}

function frame(messages: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => {
      const prefix = Buffer.alloc(PREFIX_BYTES);
      prefix.writeUInt32BE(message.length, 1);
      return [prefix, message];
    }),
  );
}

function unframe(body: Buffer): readonly Uint8Array[] | GrpcReply {
  const messages: Uint8Array[] = [];
  for (let at = 0; at < body.length; ) {
    if (at + PREFIX_BYTES > body.length) return refusal(INTERNAL, "a message prefix is cut short");
    if (body[at] !== 0) return refusal(UNIMPLEMENTED, "compressed messages are not supported");
    const end = at + PREFIX_BYTES + body.readUInt32BE(at + 1);
    if (end > body.length) return refusal(INTERNAL, "a message is cut short");
    messages.push(new Uint8Array(body.subarray(at + PREFIX_BYTES, end)));
    at = end;
  }
  return messages.length === 1 ? messages : refusal(INTERNAL, `a unary call has one message, not ${messages.length}`);
}

function readBody(stream: ServerHttp2Stream, limit: number): Promise<Buffer | "too large" | "aborted"> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
    });
    stream.on("end", () => resolve(size > limit ? "too large" : Buffer.concat(chunks)));
    stream.on("aborted", () => resolve("aborted"));
    stream.on("close", () => resolve("aborted"));
  });
}
