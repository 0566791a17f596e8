import type { TransportOptions } from "./endpoint.ts";
import type { BodyEvent, Exchange, Headers, WireRequest } from "./exchange.ts";
import { maskBytes, maskText, REDACTED } from "./mask.ts";

/** What must not leave this process. */
export interface Secrets {
  /** Lower-case names of header fields whose values are secrets, besides those that are so for everybody. */
  readonly headerNames: readonly string[];
  /** Secret values, removed wherever they appear. */
  readonly values: readonly string[];
}

/** Shorter values are left where they appear in texts: they would hit by chance. */
const MIN_SECRET_LENGTH = 4;
const ALWAYS_SECRET =
  /^(?:authorization|proxy-authorization|cookie|set-cookie)$|api-?key|access-?key|secret|password|credential|(?:^|-)token$/;
const URL_CREDENTIALS = /(\/\/)[^/?#@\s"']+@/g;

/** The secrets that a target's endpoints hold. */
export function secretsOf(options: Pick<TransportOptions, "rest" | "grpc">): Secrets {
  const endpoints = [options.rest, options.grpc].filter((endpoint) => endpoint !== undefined);
  const values = endpoints.flatMap(({ headers, secretHeaders }) => secretValues(headers, secretHeaders));
  return {
    headerNames: [
      ...new Set(endpoints.flatMap(({ secretHeaders }) => secretHeaders.map((name) => name.toLowerCase()))),
    ],
    values: [...new Set(values)],
  };
}

/** The exchange without credentials: in header fields, paths, bodies and messages of either side. Those that the request itself sends count too. */
export function redactExchange<R extends WireRequest>(exchange: Exchange<R>, known: Secrets): Exchange<R> {
  const secrets = withSecretsOf(exchange.request, known);
  const { request, head, events, trailers, failure, surplus, durationNs } = exchange;
  return {
    request: redactRequest(request, secrets) as R,
    ...(head && { head: { ...head, headers: redactHeaders(head.headers, secrets) } }),
    events: redactEvents(exchange, events, secrets),
    ...(trailers && { trailers: redactHeaders(trailers, secrets) }),
    ...(failure && { failure: { ...failure, message: redactText(failure.message, secrets) } }),
    ...(surplus && { surplus }),
    durationNs,
  };
}

function redactRequest(request: WireRequest, secrets: Secrets): WireRequest {
  if (request.protocol === "grpc") {
    const messages = request.messages.map((message) => onlyPiece(maskBytes([message], secrets.values, "same-length")));
    return { ...request, metadata: redactHeaders(request.metadata, secrets), messages };
  }
  const path = redactText(request.path, secrets);
  const headers = redactHeaders(request.headers, secrets);
  if (!request.body) return { ...request, path, headers };
  return {
    ...request,
    path,
    headers,
    body: onlyPiece(maskBytes([request.body], secrets.values, styleFor(request.headers))),
  };
}

function redactEvents(
  { request, head }: Exchange,
  events: readonly BodyEvent[],
  secrets: Secrets,
): readonly BodyEvent[] {
  const style = request.protocol === "grpc" ? "same-length" : styleFor(head?.headers ?? []);
  const pieces = maskBytes(
    events.map(({ bytes }) => bytes),
    secrets.values,
    style,
  );
  return events.map((event, i) => ({ ...event, bytes: pieces[i] as Uint8Array }));
}

/** Binary bodies carry lengths that a shorter text would break. */
function styleFor(headers: Headers): "label" | "same-length" {
  return headers.some(
    ([name, value]) => name.toLowerCase() === "content-type" && /octet-stream|protobuf|grpc/i.test(value),
  )
    ? "same-length"
    : "label";
}

function redactHeaders(headers: Headers, secrets: Secrets): Headers {
  return headers.map(
    ([name, value]) => [name, isSecretName(name, secrets) ? REDACTED : redactText(value, secrets)] as const,
  );
}

function isSecretName(name: string, secrets: Pick<Secrets, "headerNames">): boolean {
  const lower = name.trim().toLowerCase();
  return secrets.headerNames.includes(lower) || ALWAYS_SECRET.test(lower.replaceAll("_", "-"));
}

function redactText(text: string, secrets: Secrets): string {
  return maskText(text, secrets.values).replace(URL_CREDENTIALS, `$1${REDACTED}@`);
}

function onlyPiece(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces[0] as Uint8Array;
}

function withSecretsOf(request: WireRequest, secrets: Secrets): Secrets {
  const sent = secretValues(request.protocol === "grpc" ? request.metadata : request.headers, secrets.headerNames);
  return sent.length === 0 ? secrets : { ...secrets, values: [...secrets.values, ...sent] };
}

function secretValues(headers: Headers, secretNames: readonly string[]): readonly string[] {
  const headerNames = secretNames.map((name) => name.toLowerCase());
  return headers
    .filter(([name]) => isSecretName(name, { headerNames }))
    .flatMap(([, value]) => spellings(value))
    .filter((value) => value.length >= MIN_SECRET_LENGTH);
}

/** A secret as it may be echoed: whole, without its scheme, decoded, and as JSON or a URL would escape it. */
function spellings(value: string): readonly string[] {
  const [, scheme, token] = /^([A-Za-z]+) +(\S.*)$/.exec(value) ?? [];
  const plain = [value, ...(token === undefined ? [] : [token])];
  if (scheme?.toLowerCase() === "basic" && token !== undefined) {
    const userAndPassword = Buffer.from(token, "base64").toString("utf8");
    plain.push(userAndPassword, userAndPassword.slice(userAndPassword.indexOf(":") + 1));
  }
  return plain.flatMap((text) => [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(Buffer.from(text).toString()),
  ]);
}
