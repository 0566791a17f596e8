import type { RunningProcess } from "./process.ts";

/** Where a started runtime answers. */
export interface RuntimeAddresses {
  readonly rest?: string;
  readonly grpc?: string;
}

export interface StartedRuntime extends RuntimeAddresses {
  readonly process: RunningProcess;
}

/** A real runtime that interop can start from packages. */
export interface Runtime {
  readonly id: string;
  /** The released version that is started. */
  readonly version: string;
  /** Models named on the command line; fixture models are found by name. */
  readonly models: readonly string[];
  /** Installs and trains what is missing. Slow the first time. */
  prepare(): void;
  /** Starts it on free loopback ports; `log` receives its output. */
  start(log: string): Promise<StartedRuntime>;
}
