import type { Headers } from "./exchange.ts";

export interface TlsOptions {
  /** PEM of the certificate authorities to trust instead of the system's. */
  readonly ca?: string;
  /** PEM of the client certificate and its key. */
  readonly cert?: string;
  readonly key?: string;
  /** Accepts any certificate. */
  readonly insecure?: boolean;
  /** The name sent in SNI and checked in the certificate; the host unless given. */
  readonly serverName?: string;
}

/** Where and how one protocol of a target is reached. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** Present when the connection is encrypted. */
  readonly tls?: TlsOptions;
  /** Put before every path (REST only), e.g. `/serving/ns/model`; empty or starting with "/" and without a trailing "/". */
  readonly prefix: string;
  /** Replaces `Host` or `:authority`. */
  readonly authority?: string;
  /** The address to connect to in place of looking `host` up (`--resolve host:port:address`). */
  readonly address?: string;
  /** Sent with every request: extra headers or metadata, credentials included. */
  readonly headers: Headers;
  /** Names of `headers` whose values are secrets. */
  readonly secretHeaders: readonly string[];
}

export interface TransportOptions {
  readonly rest?: Endpoint;
  readonly grpc?: Endpoint;
  /** Answers beyond this many bytes end as `too-large`. */
  readonly maxResponseBytes: number;
}
