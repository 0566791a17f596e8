import { messageOf } from "../base/errors.ts";
import type { FailureCode, TransportFailure } from "./exchange.ts";

/** The TCP connection stood, but TLS could not be agreed on. */
export class TlsHandshakeError extends Error {
  constructor(cause: unknown) {
    super(`TLS handshake failed: ${messageOf(cause)}`, { cause });
    this.name = "TlsHandshakeError";
  }
}

const CODES: Readonly<Record<string, FailureCode>> = {
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "refused",
  ENETUNREACH: "refused",
  EADDRNOTAVAIL: "refused",
  EACCES: "refused",
  ENETDOWN: "refused",
  ETIMEDOUT: "timeout",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "closed",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  UND_ERR_HEADERS_OVERFLOW: "too-large",
  ERR_HTTP2_ERROR: "malformed",
};

/** The failure that an error of a socket, of TLS or of an HTTP client stands for; `closed` when it tells no more. */
export function failureOf(error: unknown): TransportFailure {
  const message = describe(error);
  if (error instanceof TlsHandshakeError) return { code: "tls", message };
  const code = codeOf(error);
  const known = CODES[code];
  if (known) return { code: known, message };
  if (code.startsWith("ERR_SSL") || code.startsWith("ERR_TLS") || code === "EPROTO") return { code: "tls", message };
  // undici's parser errors have no code of their own for each cause.
  if (error instanceof Error && error.name === "HTTPParserError")
    return { code: message.includes("EOF") ? "closed" : "malformed", message };
  if (code === "UND_ERR_SOCKET" && message.startsWith("bad ")) return { code: "malformed", message };
  if (code.startsWith("EAI_")) return { code: "dns", message };
  return { code: "closed", message };
}

/** Happy Eyeballs reports an AggregateError with an empty message when no address of a name answers. */
function describe(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join("; ");
  return messageOf(error);
}

/** The `code` of a Node error; empty when it has none. */
export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? code : "";
}
