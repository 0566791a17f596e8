import { canonicalBody } from "./canonical-body.ts";
import { CLOSED, unsent } from "./collect-exchange.ts";
import { type Exchange, headerOf, type Transport, type WireRequest } from "./exchange.ts";
import type { RecordedExchange } from "./recording.ts";

/**
 * A transport that answers from a recording, without a network. Equal requests of one origin get their answers in the recorded order;
 * a request that was not recorded (so often) ends as "not-recorded".
 */
export function replaying(entries: readonly RecordedExchange[]): Transport {
  const answers = new Map<string, Exchange[]>();
  for (const { origin, exchange } of entries) {
    const key = keyOf(origin, exchange.request);
    const queue = answers.get(key);
    if (queue) queue.push(exchange);
    else answers.set(key, [exchange]);
  }
  let closed = false;
  return {
    send: async <R extends WireRequest>(
      request: R,
      { origin = "" }: { readonly origin?: string },
    ): Promise<Exchange<R>> => {
      if (closed) return unsent(request, CLOSED);
      const recorded = answers.get(keyOf(origin, request))?.shift();
      if (recorded) return { ...recorded, request };
      return unsent(request, {
        code: "not-recorded",
        message: `the recording holds no ${describe(request)} by ${origin || "this sender"}`,
      });
    },
    close: async () => {
      closed = true;
    },
  };
}

function keyOf(origin: string, request: WireRequest): string {
  if (request.protocol === "grpc")
    return JSON.stringify([origin, "grpc", request.path, request.messages.map(canonicalMessage)]);
  const mediaType = headerOf(request.headers, "content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  return JSON.stringify([
    origin,
    "http",
    request.method,
    request.path,
    mediaType,
    request.body ? canonicalBody(request.body) : "",
  ]);
}

/** Protobuf can look like JSON, but never means it. */
function canonicalMessage(message: Uint8Array): string {
  return Buffer.from(message).toString("base64");
}

function describe(request: WireRequest): string {
  return request.protocol === "grpc" ? `call of ${request.path}` : `${request.method} ${request.path}`;
}
