import { bodyOf, type Exchange, type Headers, type HttpRequest, headerOf, readJson, toPlain, writeJson } from "#kit";

/** The media type of an event that is one JSON object, attributes and data. */
export const STRUCTURED_TYPE = "application/cloudevents+json";

/** Attributes that every event has. */
export const REQUIRED = ["specversion", "id", "source", "type"] as const;

/** The attributes of our requests. */
export const SENT = {
  specversion: "1.0",
  id: "7c4a2f0e-5b1d-4f7a-9a53-0d4b8c1e6f21",
  source: "infermark",
  type: "infermark.prediction",
  time: "2024-01-01T00:00:00Z",
} as const;

/** The attributes of an event, and the V1 body that it carries. */
export interface CloudEvent {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}

/** POST of a V1 body in a structured event: the body is the event. */
export function structured(path: string, data: unknown): HttpRequest {
  const body = Buffer.from(writeJson({ ...SENT, data }));
  return { protocol: "http", method: "POST", path, headers: [["content-type", STRUCTURED_TYPE]], body };
}

/** POST of a V1 body in a binary event: the attributes are headers. */
export function binary(path: string, data: unknown): HttpRequest {
  const headers: Headers = [
    ["content-type", "application/json"],
    ...Object.entries(SENT).map(([name, value]) => [`ce-${name}`, value] as const),
  ];
  return { protocol: "http", method: "POST", path, headers, body: Buffer.from(writeJson(data)) };
}

/** The structured event that an answer is; undefined when it is none. */
export function structuredIn(exchange: Exchange): CloudEvent | undefined {
  const body = plainBody(exchange) as Readonly<Record<string, unknown>> | null | undefined;
  if (typeof body !== "object" || body === null) return undefined;
  const { data, ...attributes } = body;
  const type = headerOf(exchange.head?.headers, "content-type") ?? "";
  return "specversion" in attributes || type.startsWith(STRUCTURED_TYPE) ? { attributes, data } : undefined;
}

/** The binary event that an answer is; undefined when it has no attribute in its headers. */
export function binaryIn(exchange: Exchange): CloudEvent | undefined {
  const fields = (exchange.head?.headers ?? []).filter(([name]) => /^ce-/i.test(name));
  const attributes = Object.fromEntries(fields.map(([name, value]) => [name.slice(3).toLowerCase(), value]));
  return fields.length > 0 ? { attributes, data: plainBody(exchange) } : undefined;
}

function plainBody(exchange: Exchange): unknown {
  const read = readJson(bodyOf(exchange));
  return read.ok ? toPlain(read.value) : undefined;
}
