/** One request of a load run, encoded before the clock starts. Immutable. */
export interface EncodedRequest {
  readonly protocol: "http" | "grpc";
  readonly method: "POST" | "GET";
  /** HTTP path or gRPC path; the engine adds the endpoint's prefix, host and credentials. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** HTTP body, or the protobuf message without its five-byte prefix. */
  readonly body: Uint8Array;
  /** Inferences that a right answer is worth: the batch size. */
  readonly inferences: number;
  /** The id inside the body, when there is one: a right answer carries it back. */
  readonly id?: string;
  /**
   * Where the id begins in the body. Its last ten characters are digits then, and an engine may write others in their place,
   * so that each sending has an id of its own and answers that were crossed are found.
   */
  readonly idAt?: number;
  /** gRPC: any number of messages answers it; the answer's body is then all of them, each with its prefix. */
  readonly serverStreaming?: boolean;
}

/** What became of a request. Numbers, so that the hot path allocates nothing. */
export const Outcome = {
  ok: 0,
  httpError: 1, // a status other than 200
  grpcError: 2, // a status other than OK
  timeout: 3,
  refused: 4,
  reset: 5, // the connection ended before the answer was complete
  malformed: 6, // not HTTP, or not gRPC
  wrongAnswer: 7, // it came, and it is not the answer to this request
  notSent: 8, // it was due, and the phase ended before it could be sent
} as const;

export type OutcomeCode = (typeof Outcome)[keyof typeof Outcome];

/**
 * An answer as the workload sees it: for gRPC `body` is the message without its prefix. Lent for the length of one call:
 * an engine may hand over the same object and the same memory again.
 */
export interface LoadResponse {
  readonly status: number;
  readonly body: Uint8Array;
  /** In a full check the id that was sent, where the request has one: the engine may have written other digits into it. */
  readonly id?: string;
}

/** Takes times in nanoseconds of one monotonic clock. `due` equals `start` in a closed loop; `start` equals `end` for what was not sent. `inferences` is 0 unless the outcome is `ok`. */
export interface Recorder {
  record(due: number, start: number, end: number, outcome: OutcomeCode, inferences: number, bytesIn: number): void;
}

/**
 * Judges an answer; called by the engine for every response (`cheap`) and for a share of them (`full`). Where a request says at which place its id stands,
 * the engine itself has seen that the answer carries the id that was sent.
 */
export interface AnswerCheck {
  /** Constant cost: true when the length looks right. */
  cheap(request: EncodedRequest, response: LoadResponse): boolean;
  /** Parses and compares; undefined when right, else what is wrong. */
  full(request: EncodedRequest, response: LoadResponse): string | undefined;
}

/** The instants at which the requests of an open loop are due, ascending; made anew for each phase. */
export interface Arrivals {
  /** Nanoseconds after the begin of the phase at which the next request is due; Infinity when there are no more. */
  next(): number;
}

/** A phase is what an engine runs: until `deadline`, in a closed or an open loop. */
export interface Phase {
  /** Sent in rotation. */
  readonly requests: readonly EncodedRequest[];
  /** Closed loop: requests kept in flight. Open loop: the most that may be in flight; what is due beyond that waits, and its latency grows. */
  readonly concurrency: number;
  /** The instant of `Clock.now()` from which arrivals count. */
  readonly startNs: number;
  /** Present in an open loop. */
  readonly arrivals?: Arrivals;
  /**
   * Closed loop: nothing is sent after this instant of `Clock.now()`. Open loop: nothing that is due after it; what was due before
   * and could not be sent yet is still sent for `requestTimeoutMs`, then recorded as `notSent`. What is in flight is awaited as long.
   */
  readonly deadline: number;
  readonly requestTimeoutMs: number;
  readonly recorder: Recorder;
  readonly answers: AnswerCheck;
  /** One in this many answers gets the full check, on average; 100 is 1 %. */
  readonly fullCheckEvery: number;
  readonly signal: AbortSignal;
}

export interface PhaseSummary {
  readonly sent: number;
  /** Requests that were recorded. Fewer than were sent only when the phase was aborted: what was in flight then is recorded as nothing. */
  readonly completed: number;
  /** Connections opened anew: each one is a connection that the server or the network ended, or that was given up after a time-out. */
  readonly reconnects: number;
  readonly fullChecks: number;
  /** Open loop: how long the engine waited awake for the next instant, in milliseconds; the event loop looks busy then, and is not. */
  readonly awakeMs?: number;
  /** The first few things that were wrong with answers, in words. */
  readonly wrongAnswers: readonly string[];
  /** The first few error texts by outcome code. */
  readonly errorSamples: readonly { readonly outcome: OutcomeCode; readonly message: string }[];
}

/** Numbers of a summary that are known while the phase runs. */
export type PhaseSoFar = Required<Pick<PhaseSummary, "reconnects" | "awakeMs">>;

/** Runs phases against one endpoint, one at a time; connections may stay open from one to the next. */
export interface Engine {
  readonly id: "undici" | "autocannon" | "grpc-js" | "wire";
  /** Whether it can run phases with arrivals; one that cannot rejects them. */
  readonly openLoop: boolean;
  /** Resolution of its time stamps in nanoseconds; printed beside its percentiles. */
  readonly resolutionNs: number;
  run(phase: Phase): Promise<PhaseSummary>;
  /** What the running phase has come to; only engines that run open loops can tell. */
  soFar?(): PhaseSoFar;
  close(): Promise<void>;
}
