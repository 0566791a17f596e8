import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { messageOf } from "../base/errors.ts";
import type { Handler, HttpReply, ReferenceRequest } from "./handler.ts";
import type { World } from "./world.ts";

export interface HostOptions {
  /** Asked in turn; the first that knows the route answers. */
  readonly handlers: readonly Handler[];
  readonly world: World;
  /** Larger request bodies are refused with 413 (HTTP) or RESOURCE_EXHAUSTED (gRPC). */
  readonly maxBodyBytes: number;
}

/** An HTTP/1.1 server, not yet listening, that answers with what the handlers reply. */
export function httpHost(options: HostOptions): Server {
  return createServer({ keepAlive: true, noDelay: true }, (request, response) => {
    answer(options, request, response).catch((thrown: unknown) => {
      // What a handler throws is a bug of the reference runtime; its client sees what it would see of any server.
      if (!response.headersSent) void write(response, jsonReply(500, { error: messageOf(thrown) }));
      else request.socket.destroy();
    });
  });
}

async function answer(options: HostOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (options.world.memory.get("dead")) {
    request.socket.destroy();
    return;
  }
  const body = await readBody(request, options.maxBodyBytes);
  if (body === "aborted") return;
  if (body === "too large") {
    await write(response, jsonReply(413, { error: `the body is larger than ${options.maxBodyBytes} bytes` }));
    return;
  }
  const reply =
    (await firstReply(options, referenceRequest(request, body))) ??
    jsonReply(404, { error: `no route ${request.method} ${request.url}` });
  if (reply.protocol !== "http") throw new Error("a handler answered an HTTP request with a gRPC reply");
  if (reply.fault === "die") options.world.memory.set("dead", true);
  if (reply.fault === "drop" || reply.fault === "die") request.socket.destroy();
  else if (reply.bytes) request.socket.end(reply.bytes);
  else if (reply.fault !== "hang") await write(response, reply);
}

/** The first reply that a handler gives; undefined when the request is nobody's route. */
export async function firstReply(options: Pick<HostOptions, "handlers" | "world">, request: ReferenceRequest) {
  if (request.protocol === "http" && !isDecodable(request.path))
    return jsonReply(400, { error: "the path holds an escape that is no UTF-8" });
  for (const handler of options.handlers) {
    const reply = await handler(request, options.world);
    if (reply) return reply;
  }
  return undefined;
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    // What is no URI component, the handlers could not read.
    return false;
  }
}

function referenceRequest(request: IncomingMessage, body: Uint8Array): ReferenceRequest {
  const chunked = request.headers["transfer-encoding"] !== undefined;
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    headers.push([(request.rawHeaders[i] as string).toLowerCase(), request.rawHeaders[i + 1] as string]);
  }
  return {
    protocol: "http",
    method: request.method ?? "GET",
    path: request.url ?? "/",
    headers,
    body,
    framing: chunked ? "chunked" : request.headers["content-length"] === undefined ? "none" : "content-length",
  };
}

function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array | "too large" | "aborted"> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
    });
    request.on("end", () => resolve(size > limit ? "too large" : new Uint8Array(Buffer.concat(chunks))));
    request.on("error", () => resolve("aborted"));
    request.on("close", () => resolve("aborted"));
  });
}

async function write(response: ServerResponse, reply: HttpReply): Promise<void> {
  response.statusCode = reply.status;
  for (const [name, value] of reply.headers) response.appendHeader(name, value);
  if (reply.cuts) return writePieces(response, piecesOf(reply));
  if (reply.contentLength === "none") {
    // A body given to end() at once would get a length from Node.
    response.flushHeaders();
    response.end(reply.body.length === 0 ? undefined : reply.body);
    return;
  }
  response.setHeader("content-length", reply.contentLength ?? reply.body.length);
  response.end(reply.body);
}

async function writePieces(response: ServerResponse, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) {
    if (response.destroyed) return;
    response.write(piece);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  response.end();
}

/** The pieces in which a body is sent; none of them is empty. */
export function piecesOf({ body, cuts = [] }: Pick<HttpReply, "body" | "cuts">): readonly Uint8Array[] {
  const places = [0, ...cuts.map((place) => Math.min(place, body.length)), body.length];
  return places.slice(1).flatMap((end, index) => {
    const piece = body.subarray(places[index], end);
    return piece.length > 0 ? [piece] : [];
  });
}

/** An HTTP reply with a JSON body. */
export function jsonReply(status: number, value: unknown): HttpReply {
  return {
    protocol: "http",
    status,
    headers: [["content-type", "application/json"]],
    body: new TextEncoder().encode(JSON.stringify(value)),
  };
}
