import type { Clock } from "../../base/clock.ts";
import type { LoadEndpoint } from "../endpoint.ts";
import type { EncodedRequest, OutcomeCode } from "../engine.ts";
import type { SharedTails } from "./shared-tails.ts";
import type { OpenSocket } from "./socket.ts";

/** How a protocol is spoken on the wire: HTTP/1.1, or gRPC over HTTP/2. */
export interface WireProtocol<Prepared> {
  /** Requests that one connection carries at once unless it is told otherwise. */
  readonly requestsPerConnection: number;
  /** All bytes of a request that can be known before the clock starts; `tails` are those of requests that are sent beside it. Throws USAGE for headers that cannot be sent. */
  prepare(endpoint: LoadEndpoint, request: EncodedRequest, tails?: SharedTails): Prepared;
  /** Begins to connect. */
  open(setting: WireSetting, owner: WireOwner<Prepared>): WireConnection<Prepared>;
}

/** What a connection is made with. */
export interface WireSetting {
  readonly endpoint: LoadEndpoint;
  readonly clock: Clock;
  readonly openSocket: OpenSocket;
  /** An attempt to connect that takes longer is given up; read anew for each attempt. */
  readonly connectMs: number;
}

/**
 * One connection of the wire engine. Requests in flight are known by slots, small whole numbers that the owner chooses, so that
 * nothing has to be made per request. Never throws for what the peer did.
 */
export interface WireConnection<Prepared> {
  /** How many more requests can be sent now: 0 while it connects; at most 1 over HTTP/1.1; what the peer's limits allow over HTTP/2. */
  readonly free: number;
  /**
   * Sends; what several calls of one turn of the event loop send may leave in one write. Only while `free` is above 0. Where the request
   * says at which place in its body its id stands, `serial` is written there, so that the id of each sending is its own.
   */
  send(slot: number, request: Prepared, serial: number): void;
  /** Gives up the request of a slot: the owner hears of it no more. HTTP/1.1 opens the connection anew, HTTP/2 resets the stream. */
  abandon(slot: number): void;
  /** How often it had to connect after the first time. */
  readonly reconnects: number;
  /** Ends it; the owner hears nothing any more. */
  close(): void;
}

/** Hears of what connections do. Never called from within a call to the connection. */
export interface WireOwner<Prepared> {
  /**
   * The answer in a slot is complete. `endNs` is the instant at which the bytes that completed it were handed to this process.
   * `ok` says that the status is the one of success; `status` is that of HTTP, or of gRPC. `body` is lent for the length of the call;
   * for gRPC it is the message without its prefix, and the status text where the status is not OK.
   */
  answered(slot: number, endNs: number, ok: boolean, status: number, body: Uint8Array): void;
  /** Something else became of the request in a slot. */
  failed(slot: number, endNs: number, outcome: OutcomeCode, message: string): void;
  /** The connection can take requests that it could not take before; not called for what an answer or a failure has freed. */
  writable(connection: WireConnection<Prepared>): void;
  /** No connection stood, and no request was on it; it has tried since `sinceNs`, and tries again by itself, after 10 ms. */
  refused(connection: WireConnection<Prepared>, sinceNs: number, outcome: OutcomeCode, message: string): void;
  /** The peer did what no request can be blamed for, e.g. it sent bytes that nothing had asked for; the connection is opened anew. */
  disturbed(outcome: OutcomeCode, message: string): void;
}
