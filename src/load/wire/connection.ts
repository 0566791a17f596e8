import type { EncodedRequest, OutcomeCode } from "../engine.ts";

/**
 * One connection of the wire engine. Requests in flight are known by slots, small whole numbers that the owner chooses, so that
 * nothing has to be made per request. Never throws for what the peer did.
 */
export interface WireConnection {
  /** How many more requests can be sent now: 0 while it connects; at most 1 over HTTP/1.1; what the peer's limits allow over HTTP/2. */
  readonly free: number;
  /** Sends; what several calls of one turn of the event loop send may leave in one write. Only while `free` is above 0. */
  send(slot: number, request: EncodedRequest): void;
  /** Gives up the request of a slot: the owner hears of it no more. HTTP/1.1 opens the connection anew, HTTP/2 resets the stream. */
  abandon(slot: number): void;
  /** How often it had to connect after the first time. */
  readonly reconnects: number;
  /** Ends it; the owner hears nothing any more. */
  close(): void;
}

/** Hears of what connections do. Never called from within a call to the connection. */
export interface WireOwner {
  /**
   * The answer in a slot is complete. `endNs` is the instant at which the bytes that completed it were handed to this process.
   * `ok` says that the status is the one of success; `status` is that of HTTP, or of gRPC. `body` is lent for the length of the call;
   * for gRPC it is the message without its prefix, and the status text where the status is not OK.
   */
  answered(slot: number, endNs: number, ok: boolean, status: number, body: Uint8Array): void;
  /** Something else became of the request in a slot. */
  failed(slot: number, endNs: number, outcome: OutcomeCode, message: string): void;
  /** The connection can take requests that it could not take before. */
  writable(connection: WireConnection): void;
  /** No connection stood, and no request was on it; it tries again by itself. */
  refused(connection: WireConnection, outcome: OutcomeCode, message: string): void;
}
