import type { RunningProcess } from "./process.ts";

/** Loopback ports that a started runtime serves on; absent for a protocol that it does not speak. */
export interface RuntimePorts {
  readonly rest?: number;
  readonly grpc?: number;
  /** Where it exposes its metrics at `/metrics`. */
  readonly metrics?: number;
}

export interface StartedRuntime {
  readonly process: RunningProcess;
  readonly ports: RuntimePorts;
}

/** A real runtime that interop can start from packages. */
export interface Runtime {
  readonly id: string;
  /** The released version that is started. */
  readonly version: string;
  /** REST path that answers 200 as soon as every model is loaded. */
  readonly readyPath: string;
  /** Installs what is missing, and lays the models out in `workspace`. Slow the first time; throws when it fails. */
  prepare(workspace: string): void;
  /** Starts it on free loopback ports with the models of `workspace`; `log` receives its output. Does not wait. */
  start(workspace: string, log: string): Promise<StartedRuntime>;
}
