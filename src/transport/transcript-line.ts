import type { Exchange, GrpcRequest, HttpRequest, ResponseHead, TransportFailure, WireRequest } from "./exchange.ts";
import type { RecordedExchange } from "./recording.ts";

/** A body, stored once under the hash of its bytes. */
export interface BodyLine {
  readonly kind: "body";
  readonly sha256: string;
  readonly base64: string;
}

type RequestLine =
  | (Omit<HttpRequest, "body"> & { readonly body?: string })
  | (Omit<GrpcRequest, "messages"> & { readonly messages: readonly string[] });

/** An exchange whose bodies are hashes of body lines before it. */
export interface ExchangeLine {
  readonly kind: "exchange";
  readonly origin: string;
  readonly request: RequestLine;
  readonly head?: ResponseHead;
  readonly events: readonly { readonly atNs: number; readonly sha256: string }[];
  readonly trailers?: ResponseHead["headers"];
  readonly failure?: TransportFailure;
  readonly surplus?: true;
  readonly durationNs: number;
}

/** The line of an entry. `hashOf` says under which hash a body is stored. Members are in a fixed order, whatever the entry's. */
export function exchangeLine(
  { origin, exchange }: RecordedExchange,
  hashOf: (body: Uint8Array) => string,
): ExchangeLine {
  const { request, head, events, trailers, failure, surplus, durationNs } = exchange;
  return {
    kind: "exchange",
    origin,
    request: requestLine(request, hashOf),
    ...(head && { head: { status: head.status, headers: head.headers, atNs: head.atNs } }),
    events: events.map(({ atNs, bytes }) => ({ atNs, sha256: hashOf(bytes) })),
    ...(trailers && { trailers }),
    ...(failure && { failure: failureLine(failure) }),
    ...(surplus && { surplus }),
    durationNs,
  };
}

function requestLine(request: WireRequest, hashOf: (body: Uint8Array) => string): RequestLine {
  if (request.protocol === "grpc") {
    const { protocol, path, metadata, messages, client } = request;
    return { protocol, path, metadata, messages: messages.map(hashOf), ...(client && { client }) };
  }
  const { protocol, method, path, headers, body, framing, verbatim } = request;
  return {
    protocol,
    method,
    path,
    headers,
    ...(body && { body: hashOf(body) }),
    ...(framing && { framing }),
    ...(verbatim && { verbatim }),
  };
}

function failureLine({ code, message, http2Code }: TransportFailure): TransportFailure {
  return { code, message, ...(http2Code !== undefined && { http2Code }) };
}

/** The entry of a line. `bodyOf` gives the body that is stored under a hash. */
export function entryOf(line: ExchangeLine, bodyOf: (sha256: string) => Uint8Array): RecordedExchange {
  const { kind: _kind, origin, request, events, ...rest } = line;
  const exchange: Exchange = {
    ...rest,
    request: requestOf(request, bodyOf),
    events: events.map(({ atNs, sha256 }) => ({ atNs, bytes: bodyOf(sha256) })),
  };
  return { origin, exchange };
}

function requestOf(line: RequestLine, bodyOf: (sha256: string) => Uint8Array): WireRequest {
  if (line.protocol === "grpc") return { ...line, messages: line.messages.map(bodyOf) };
  const { body, ...rest } = line;
  return body === undefined ? rest : { ...rest, body: bodyOf(body) };
}

/** What keeps a parsed line from being an exchange line; undefined when nothing does. */
export function exchangeLineProblem(value: Readonly<Record<string, unknown>>): string | undefined {
  const { origin, request, head, events, trailers, failure, surplus, durationNs } = value;
  if (typeof origin !== "string") return "origin is not a text";
  if (!isRequestLine(request)) return "request is not a request";
  if (
    head !== undefined &&
    !(isRecord(head) && isNumber(head.status) && isHeaders(head.headers) && isNumber(head.atNs))
  )
    return "head is not a response head";
  if (
    !Array.isArray(events) ||
    !events.every((event) => isRecord(event) && isNumber(event.atNs) && isText(event.sha256))
  )
    return "events is not a list of events";
  if (trailers !== undefined && !isHeaders(trailers)) return "trailers is not a list of fields";
  if (failure !== undefined && !(isRecord(failure) && isText(failure.code) && isText(failure.message)))
    return "failure is not a failure";
  if (surplus !== undefined && surplus !== true) return "surplus is not true";
  return isNumber(durationNs) ? undefined : "durationNs is not a number";
}

function isRequestLine(value: unknown): boolean {
  if (!isRecord(value) || !isText(value.path)) return false;
  if (value.protocol === "grpc")
    return isHeaders(value.metadata) && Array.isArray(value.messages) && value.messages.every(isText);
  return (
    value.protocol === "http" &&
    isText(value.method) &&
    isHeaders(value.headers) &&
    (value.body === undefined || isText(value.body))
  );
}

/** A JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isHeaders(value: unknown): boolean {
  return (
    Array.isArray(value) && value.every((field) => Array.isArray(field) && field.length === 2 && field.every(isText))
  );
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}
