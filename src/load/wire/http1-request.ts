import { InfermarkError } from "../../base/errors.ts";
import { authorityOf, headersOf, type LoadEndpoint } from "../endpoint.ts";
import type { EncodedRequest } from "../engine.ts";
import { endOfId } from "./serial.ts";
import { SharedTails } from "./shared-tails.ts";

/** Longer bodies are not copied: they are written beside the head, at most so much of them with it. */
const LONGEST_COPIED = 16 * 1024;

/** A request as it is written. */
export interface Http1Request {
  /** The head, and the body as far as it is not in `rest`. Replaced by a copy when the socket still holds it. */
  bytes: Buffer;
  readonly rest: Uint8Array | undefined;
  /** Where in `bytes` the id ends; -1 without an id to write into. */
  readonly idEnd: number;
}

/** The bytes of a request to an endpoint. Throws USAGE for headers that cannot be sent. */
export function http1Request(endpoint: LoadEndpoint, request: EncodedRequest, tails = new SharedTails()): Http1Request {
  const { body } = request;
  const head = Buffer.from(headOf(endpoint, request), "latin1");
  const idEnd = endOfId(request);
  const large = body.length > LONGEST_COPIED;
  const rest = large ? restOf(body, idEnd, tails) : undefined;
  return {
    bytes: Buffer.concat([head, body.subarray(0, body.length - (rest?.length ?? 0))]),
    rest,
    idEnd: idEnd === 0 ? -1 : head.length + idEnd,
  };
}

function restOf(body: Uint8Array, idEnd: number, tails: SharedTails): Uint8Array {
  const tail = tails.of(body, idEnd);
  return tail && body.length - tail.length <= idEnd + LONGEST_COPIED ? tail : body.subarray(idEnd);
}

function headOf(endpoint: LoadEndpoint, request: EncodedRequest): string {
  const { method, path, body } = request;
  const headers = headersOf(endpoint, request).map(([name, value]) => [name.trim(), value.trim()] as const);
  for (const [name, value] of headers) checkHeader(name, value);
  const named = new Set(headers.map(([name]) => name.toLowerCase()));
  const framed = method === "POST" && !named.has("content-length");
  const lines = [
    `${method} ${endpoint.prefix}${path} HTTP/1.1`,
    ...(named.has("host") ? [] : [`Host: ${authorityOf(endpoint)}`]),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(framed ? [`Content-Length: ${body.length}`] : []),
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

function checkHeader(name: string, value: string): void {
  if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return;
  throw new InfermarkError("USAGE", `the header ${JSON.stringify(name)} cannot be sent as it is`, {
    hint: "a name has letters, digits and hyphens; a value has no control characters and none beyond U+00FF",
  });
}
