export type Unit = "ms" | "bytes" | "ratio" | "count" | "watts" | "joules" | "MHz" | "celsius";

/** What a quantity says about the server, where derived numbers need to know. `stage-*` carry the label `stage`, `gpu-*` the label `gpu`. */
export type Role =
  | "server-cpu"
  | "server-memory"
  | "request-time"
  | "request-count"
  | "requests-failed"
  | "stage-time"
  | "stage-count"
  | "inferences"
  | "executions"
  | "gpu-utilisation"
  | "gpu-power";

/** Something that has one value at each instant. */
export interface Quantity {
  /** The collector's id and the quantity, e.g. `procfs/cpu`. */
  readonly id: string;
  readonly title: string;
  /** `ratio` of one processor core, of one GPU or of time; the others as they are. */
  readonly unit: Unit;
  /** It only grows: what counts is by how much. */
  readonly counter?: true;
  /** The URL, path or command that it was read from. */
  readonly source: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly role?: Role;
}

export interface Reading {
  readonly quantity: Quantity;
  readonly value: number;
}

/** One quantity over time. */
export interface Series {
  id: string;
  title: string;
  unit: Unit;
  /** Present for a total since the begin of the phase. */
  counter?: true;
  source: string;
  labels?: Record<string, string>;
  role?: Role;
  /**
   * Ascending; instants are milliseconds since the begin of the phase, what was read just before it is at 0. A reading that equals
   * the one before it and the one after it is left out.
   */
  points: { atMs: number; value: number }[];
  /** From the first to the last of the instants in a row at which it could not be read; absent when there is none. */
  gaps?: { fromMs: number; toMs: number }[];
}

/** By how much a total that is no series grew in the phase. */
export interface Change {
  /** The collector's id, and the metric with its labels as exposed. */
  collector: string;
  metric: string;
  /** Growth of a counter, or of a histogram's or summary's count. */
  count: number;
  /** Growth of a histogram's or summary's sum, in its own unit. */
  sum?: number;
}

/** Watches something while load runs; may do so several times, one after the other. */
export interface Collector {
  readonly id: string;
  /** Why it can see nothing here, in a sentence; undefined when it can. */
  unavailable(): Promise<string | undefined>;
  /** Called before the first reading. */
  open?(): Promise<void> | void;
  /**
   * What is seen now. A value that cannot be read is left out, never 0. Throws an Error whose message is a sentence when
   * nothing can be read. `thorough` is true before and after the phase, where time does not matter.
   */
  read(signal: AbortSignal, thorough: boolean): Promise<readonly Reading[]>;
  /** Totals beside those that were read, between the first thorough reading and the last; undefined when one of them failed. */
  changes?(): readonly Change[] | undefined;
  /** Called after the last reading. */
  close?(): Promise<void> | void;
}
