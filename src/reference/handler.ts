import type { World } from "./world.ts";

type Fields = readonly (readonly [name: string, value: string])[];

/** A request as the reference runtime receives it. Header names are lower case. */
export type ReferenceRequest =
  | {
      readonly protocol: "http";
      readonly method: string;
      readonly path: string;
      readonly headers: Fields;
      readonly body: Uint8Array;
      /** How the body was delimited; a fault may care. */
      readonly framing: "content-length" | "chunked" | "none";
    }
  | {
      readonly protocol: "grpc";
      readonly path: string;
      readonly headers: Fields;
      readonly messages: readonly Uint8Array[];
    };

/** What the connection does in place of, or while, answering. */
export type WireFault =
  | "drop" // closes the connection without a byte
  | "hang" // accepts and never answers
  | "die"; // drops this and every later connection until the world is made anew

export interface HttpReply {
  readonly protocol: "http";
  readonly status: number;
  readonly headers: Fields;
  readonly body: Uint8Array;
  /** Overrides the Content-Length that the host would send; `none` sends chunked framing. */
  readonly contentLength?: number | "none";
  /** Sent as they are in place of the answer; then the connection is closed. Only a socket can carry them. */
  readonly bytes?: Uint8Array;
  /** Where the body is cut into pieces that are sent one after the other, with chunked framing. */
  readonly cuts?: readonly number[];
  readonly fault?: WireFault;
}

export interface GrpcReply {
  readonly protocol: "grpc";
  /** gRPC status code; 0 is OK. */
  readonly status: number;
  readonly message?: string;
  readonly messages: readonly Uint8Array[];
  /** Sent with the head; `content-type: application/grpc` unless named here. */
  readonly headers?: Fields;
  readonly trailers?: Fields;
  /** An HTTP status other than 200, as a proxy would send. */
  readonly httpStatus?: number;
  /** The bytes of the DATA frames, in place of `messages` with their prefixes. */
  readonly data?: Uint8Array;
  /** The stream ends after the data, without trailers. */
  readonly noTrailers?: true;
  /** Ends the stream with RST_STREAM and this HTTP/2 error code instead of trailers; before its head where there are no messages. */
  readonly resetCode?: number;
  /** The stream stays open after the messages, as that of a subscription does; `status` is never sent. */
  readonly open?: true;
  readonly fault?: WireFault;
}

export type Reply = HttpReply | GrpcReply;

/** The behaviour of one binding: undefined when the request is not one of its routes. Pure but for `world`. */
export type Handler = (request: ReferenceRequest, world: World) => Promise<Reply | undefined>;

/** A named change of a handler: a fault that one or more checks must find, or a legal variant that none may. */
export interface Mutant {
  /** `v2-rest:slug` for a fault, `v2-rest~slug` for a legal variant. */
  readonly id: string;
  /** What the changed runtime does, in the present tense. */
  readonly does: string;
  readonly apply: (handler: Handler) => Handler;
  /** Only these checks run against it, where running all would be slow (time-outs, large bodies). */
  readonly only?: readonly string[];
  /** Must run over real sockets: the fault is in the transport. */
  readonly sockets?: true;
}
