import type { Exchange, SendOptions, WireRequest } from "./exchange.ts";

/** A transport for one protocol. */
export interface Sender<R extends WireRequest> {
  /** Rejects only for a request that the protocol's client cannot express (UNSUPPORTED). */
  send(request: R, options: SendOptions): Promise<Exchange<R>>;
  /** Closes every connection and ends what is in flight as "closed". */
  close(): Promise<void>;
}

export interface SenderOptions {
  /** Answers beyond this many body bytes end as `too-large`; of those the first 64 KiB are kept. */
  readonly maxResponseBytes: number;
}
