import { NS_PER_MS } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type {
  BodyEvent,
  Exchange,
  Headers,
  ResponseHead,
  SendOptions,
  TransportFailure,
  WireRequest,
} from "./exchange.ts";

/** Gathers what comes back for one request until it ends, once, by whatever comes first. */
export interface Collector<R extends WireRequest> {
  readonly exchange: Promise<Exchange<R>>;
  readonly ended: boolean;
  readonly head: ResponseHead | undefined;
  readonly trailers: Headers | undefined;
  /** The request starts to go out now: times count from here. */
  sent(): void;
  answered(status: number, headers: Headers): void;
  received(bytes: Uint8Array): void;
  trailed(trailers: Headers): void;
  /** Bytes follow the answer that belong to none. */
  exceeded(): void;
  end(failure?: TransportFailure): void;
  /** Ends with our own mistake: the promise rejects. */
  reject(error: Error): void;
}

/** What is kept of an answer beyond the limit: enough to see what it was, little enough to keep hundreds of them. */
const KEPT_OF_TOO_LARGE = 64 * 1024;

interface CollectOptions {
  readonly maxResponseBytes: number;
  /** Called once at the end, to let go of the stream or connection. */
  readonly release: (failure: TransportFailure | undefined) => void;
}

/** Starts the deadline of `send` and collects until the exchange ends. */
export function collectExchange<R extends WireRequest>(
  request: R,
  send: SendOptions,
  options: CollectOptions,
): Collector<R> {
  const { promise, resolve, reject } = deferred<Exchange<R>>();
  const events: BodyEvent[] = [];
  let origin = performance.now();
  let bodyBytes = 0;
  let head: ResponseHead | undefined;
  let trailers: Headers | undefined;
  let surplus = false;
  let ended = false;

  const elapsedNs = () => Math.round((performance.now() - origin) * NS_PER_MS);
  const finish = (failure: TransportFailure | undefined, settle: () => void) => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    send.signal?.removeEventListener("abort", cancelled);
    settle();
    options.release(failure);
  };
  const end = (failure?: TransportFailure) => {
    const durationNs = elapsedNs();
    finish(failure, () =>
      resolve({
        request,
        ...(head && { head }),
        events,
        ...(trailers && { trailers }),
        ...(failure && { failure }),
        ...(surplus && { surplus }),
        durationNs,
      }),
    );
  };
  const cancelled = () => end({ code: "closed", message: `cancelled: ${messageOf(send.signal?.reason)}` });
  const timer = setTimeout(
    () => end({ code: "timeout", message: `no complete answer within ${send.deadlineMs} ms` }),
    send.deadlineMs,
  );
  send.signal?.addEventListener("abort", cancelled, { once: true });
  // Not at once: `release` may need what the caller sets up after this call.
  if (send.signal?.aborted) queueMicrotask(cancelled);

  return {
    exchange: promise,
    get ended() {
      return ended;
    },
    get head() {
      return head;
    },
    get trailers() {
      return trailers;
    },
    sent: () => {
      origin = performance.now();
    },
    answered: (status, headers) => {
      if (!ended) head = { status, headers, atNs: elapsedNs() };
    },
    received: (bytes) => {
      if (ended || bytes.length === 0) return;
      const kept = bytes.slice(0, options.maxResponseBytes - bodyBytes);
      bodyBytes += bytes.length;
      // A copy: what arrives is a view of a larger buffer of the socket.
      if (kept.length > 0) events.push({ atNs: elapsedNs(), bytes: new Uint8Array(kept) });
      if (bodyBytes > options.maxResponseBytes) {
        events.splice(0, events.length, ...startOf(events));
        end({ code: "too-large", message: `the answer is larger than ${options.maxResponseBytes} bytes` });
      }
    },
    trailed: (fields) => {
      if (!ended) trailers = fields;
    },
    exceeded: () => {
      surplus = true;
    },
    end,
    reject: (error) => finish(undefined, () => reject(error)),
  };
}

function startOf(events: readonly BodyEvent[]): readonly BodyEvent[] {
  let left = KEPT_OF_TOO_LARGE;
  return events.flatMap(({ atNs, bytes }) => {
    const kept = bytes.slice(0, left);
    left -= kept.length;
    return kept.length > 0 ? [{ atNs, bytes: kept }] : [];
  });
}

/** The exchange of a request that was never sent. */
export function unsent<R extends WireRequest>(request: R, failure: TransportFailure): Exchange<R> {
  return { request, events: [], failure, durationNs: 0 };
}

/** What every send ends with once its transport was closed. */
export const CLOSED: TransportFailure = { code: "closed", message: "the transport was closed" };

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
