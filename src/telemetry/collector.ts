/** One quantity over time. */
export interface Series {
  /** The collector's id and the quantity, e.g. `procfs/cpu`. */
  id: string;
  title: string;
  /** `ratio` of one processor core or of time; `ms` and `bytes` as they are. */
  unit: "ms" | "bytes" | "ratio";
  /** Ascending; instants are milliseconds since `start()` of the collector. */
  points: { atMs: number; value: number }[];
}

/** Watches something while load runs. Started and stopped once. */
export interface Collector {
  readonly id: string;
  /** Why it can see nothing here, in a sentence; undefined when it can. */
  unavailable(): Promise<string | undefined>;
  /** Takes the first sample and goes on. Only called when it is available. */
  start(): Promise<void>;
  /** Takes the last sample and gives what was seen. A value that could not be read is absent, never 0. */
  stop(): Promise<readonly Series[]>;
}
