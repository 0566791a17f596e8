/** Header fields or gRPC metadata in the order sent or received; names as they were on the wire. */
export type Headers = readonly (readonly [name: string, value: string])[];

/** An HTTP/1.1 request. `path` starts with "/" and is relative to the target's path prefix. */
export interface HttpRequest {
  readonly protocol: "http";
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body?: Uint8Array;
  /** How the body is delimited; `content-length` unless said otherwise. */
  readonly framing?: "content-length" | "chunked";
  /**
   * Sends the head exactly as given over a socket of its own: no header is added, checked or corrected
   * (the target's `Host` and credentials are added only when `headers` does not name them). For requests that are malformed on purpose.
   */
  readonly verbatim?: true;
}

/** A gRPC call. `messages` are protobuf bytes without the five-byte prefix. */
export interface GrpcRequest {
  readonly protocol: "grpc";
  /** `/<package>.<Service>/<Method>` */
  readonly path: string;
  readonly metadata: Headers;
  readonly messages: readonly Uint8Array[];
  /** `standard` sends the call through @grpc/grpc-js, as an ordinary client would; only one check does. */
  readonly client?: "standard";
}

export type WireRequest = HttpRequest | GrpcRequest;

/** Why an exchange did not end as HTTP or gRPC says it should. */
export type FailureCode =
  | "refused" // nothing listens
  | "closed" // the connection ended before the answer was complete
  | "reset" // TCP reset, RST_STREAM or GOAWAY
  | "timeout" // our deadline passed
  | "tls"
  | "dns"
  | "malformed" // what arrived is not HTTP/1.1 or HTTP/2
  | "too-large" // the answer is larger than the target's response limit
  | "protocol" // a well-formed answer that breaks the framing of gRPC
  | "not-recorded"; // replaying: the recording holds no such request

export interface TransportFailure {
  readonly code: FailureCode;
  readonly message: string;
  /** The HTTP/2 error code of RST_STREAM or GOAWAY, when one arrived. */
  readonly http2Code?: number;
}

/** Bytes of the body (HTTP) or of DATA frames (gRPC) as they arrived, `atNs` after the request was sent. */
export interface BodyEvent {
  readonly atNs: number;
  readonly bytes: Uint8Array;
}

export interface ResponseHead {
  /** The HTTP status: also for gRPC, where a proxy may answer other than 200. */
  readonly status: number;
  readonly headers: Headers;
  readonly atNs: number;
}

/** One request and all that came back for it, as observed. With `failure`, what had arrived by then is kept. */
export interface Exchange<R extends WireRequest = WireRequest> {
  readonly request: R;
  readonly head?: ResponseHead;
  readonly events: readonly BodyEvent[];
  /** gRPC trailers (for a trailers-only answer: the head's fields), or HTTP/1.1 trailer fields. */
  readonly trailers?: Headers;
  readonly failure?: TransportFailure;
  /** Bytes followed in the same read that belong to no answer, as after a Content-Length that is too short. Seen on pooled HTTP connections. */
  readonly surplus?: true;
  readonly durationNs: number;
}

export interface SendOptions {
  /** The whole exchange must end within this time. Every send has one. */
  readonly deadlineMs: number;
  /** `fresh` opens a connection that nothing else uses. */
  readonly connection?: "pooled" | "fresh";
  readonly signal?: AbortSignal;
  /** Who asks (a check id, or "probe"): part of the key by which a recording finds the answer again. */
  readonly origin?: string;
}

/** Sends requests to one target. Never rejects for what the peer did: that is `failure` in the exchange. */
export interface Transport {
  send<R extends WireRequest>(request: R, options: SendOptions): Promise<Exchange<R>>;
  /** Closes every connection. Sends after it fail as "closed". */
  close(): Promise<void>;
}

/** All body bytes in one array. */
export function bodyOf(exchange: Exchange): Uint8Array {
  const [first, ...rest] = exchange.events;
  if (!first) return new Uint8Array(0);
  if (rest.length === 0) return first.bytes;
  return new Uint8Array(Buffer.concat(exchange.events.map((event) => event.bytes)));
}

/** The first value of a header field, whatever the case of its name. */
export function headerOf(headers: Headers | undefined, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers?.find(([key]) => key.toLowerCase() === wanted)?.[1];
}
