import type { CheckResult } from "../conformance/result.ts";
import type { Exchange, Headers } from "../transport/exchange.ts";
import { trimBody } from "./body.ts";
import type { Header, Request, Response, Exchange as TrimmedExchange } from "./document.gen.ts";
import { isSecretHeader, redactHeaderValue } from "./secrets.ts";

const KEPT = 5;
const KEPT_AFTER_DECISIVE = 1;

export interface TrimOptions {
  /** The most bytes kept of each body. */
  readonly bodyLimit: number;
  readonly secretHeaders: readonly string[];
}

/** The exchanges of a check that are worth showing, and where the decisive one is among them. */
export function keptExchanges({ exchanges, decisive }: CheckResult): {
  kept: readonly Exchange[];
  decisive: number | undefined;
} {
  const centre = decisive ?? exchanges.length - 1;
  const end = Math.min(exchanges.length, Math.max(centre + 1 + KEPT_AFTER_DECISIVE, KEPT));
  const start = Math.max(0, end - KEPT);
  return { kept: exchanges.slice(start, end), decisive: decisive === undefined ? undefined : decisive - start };
}

/** An exchange as the document holds it. */
export function trimExchange(exchange: Exchange, options: TrimOptions): TrimmedExchange {
  const { request, failure, durationNs } = exchange;
  const response = trimResponse(exchange, options);
  return {
    protocol: request.protocol,
    request: trimRequest(request, options),
    ...(response && { response }),
    ...(failure && { failure: { ...failure } }),
    durationMs: milliseconds(durationNs),
  };
}

/** Nanoseconds as milliseconds with three digits behind the point. */
export function milliseconds(ns: number): number {
  return Math.round(ns / 1_000) / 1_000;
}

function trimRequest(request: Exchange["request"], options: TrimOptions): Request {
  if (request.protocol === "grpc") {
    const bodies = request.messages.map((message) => trimBody(message, options.bodyLimit));
    return { path: request.path, headers: headerList(request.metadata, options), bodies };
  }
  const { method, path, headers, framing, verbatim, body } = request;
  return {
    method,
    path,
    headers: headerList(headers, options),
    ...(framing === "chunked" && { framing }),
    ...(verbatim && { verbatim }),
    bodies: body === undefined ? [] : [trimBody(body, options.bodyLimit)],
  };
}

function trimResponse({ head, events, trailers }: Exchange, options: TrimOptions): Response | undefined {
  if (!head) return undefined;
  return {
    status: head.status,
    headers: headerList(head.headers, options),
    ...(trailers && { trailers: headerList(trailers, options) }),
    body: trimBody(Buffer.concat(events.map((event) => event.bytes)), options.bodyLimit),
    atMs: milliseconds(head.atNs),
  };
}

function headerList(headers: Headers, { secretHeaders }: TrimOptions): Header[] {
  return headers.map(([name, value]) => ({
    name,
    value: isSecretHeader(name, secretHeaders) ? redactHeaderValue(value) : value,
  }));
}
