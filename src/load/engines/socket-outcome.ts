import { Outcome, type OutcomeCode } from "../engine.ts";

/** Codes of errors after which no connection stood. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "EACCES",
  "EMFILE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPROTO",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_HAS_EXPIRED",
]);

/** The outcome that an error of a socket stands for: a connection that never stood is refused, one that ended is reset. */
export function socketOutcome(error: unknown): OutcomeCode {
  const { code = "" } = (error ?? {}) as { readonly code?: string };
  if (NEVER_CONNECTED.has(code) || code.startsWith("ERR_TLS") || code.startsWith("ERR_SSL")) return Outcome.refused;
  if (code === "ETIMEDOUT" || code === "UND_ERR_CONNECT_TIMEOUT") return Outcome.timeout;
  return Outcome.reset;
}
