/** A tensor inside the reference runtime: values in row-major order; 64-bit integers are bigints, BYTES are bytes. */
export interface ReferenceTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly values: readonly (number | bigint | boolean | Uint8Array)[];
}

export interface ReferenceTensorSpec {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

/** Thrown by a model for what the caller did (`client`), or because it fails (`server`). */
export class ModelError extends Error {
  readonly fault: "client" | "server";
  constructor(fault: "client" | "server", message: string) {
    super(message);
    this.name = "ModelError";
    this.fault = fault;
  }
}

export type ParameterValue = string | number | bigint | boolean;

export interface InferenceCall {
  readonly version: string;
  readonly inputs: readonly ReferenceTensor[];
  readonly parameters: Readonly<Record<string, ParameterValue>>;
}

/** One model of the reference runtime. Inputs reach `infer` validated against `inputs`, in the declared order. */
export interface ReferenceModel {
  readonly name: string;
  readonly platform: string;
  /** In the order they are listed; the last one answers unversioned requests. */
  readonly versions: readonly string[];
  readonly inputs: readonly ReferenceTensorSpec[];
  readonly outputs: readonly ReferenceTensorSpec[];
  infer(call: InferenceCall): Promise<readonly ReferenceTensor[]>;
}

/** The state of one reference server. Made per server, so that faults may remember things. */
export interface World {
  readonly serverName: string;
  readonly serverVersion: string;
  readonly extensions: readonly string[];
  readonly models: ReadonlyMap<string, ReferenceModel>;
  /** Names of models that are loaded but not ready. */
  readonly notReady: Set<string>;
  live: boolean;
  /** Scratch space of faults that need memory. */
  readonly memory: Map<string, unknown>;
  /** Hands a value to another call that is in flight at the same time and gives that call's; undefined for one that stays alone. */
  meet<T>(mine: T): Promise<T | undefined>;
}

export interface WorldOptions {
  readonly models: ReadonlyMap<string, ReferenceModel>;
  readonly extensions?: readonly string[];
}

/** How long a call waits for another one to meet. */
const ALONE_MS = 50;

interface Waiting {
  readonly mine: unknown;
  readonly meets: (theirs: unknown) => void;
}

/** Pairs calls as they come: the second of two answers the first. */
function meetingPoint(): World["meet"] {
  let waiting: Waiting | undefined;
  return async <T>(mine: T) => {
    const other = waiting;
    waiting = undefined;
    if (other) {
      other.meets(mine);
      return other.mine as T;
    }
    return new Promise<T | undefined>((resolve) => {
      const alone = setTimeout(() => {
        waiting = undefined;
        resolve(undefined);
      }, ALONE_MS);
      waiting = {
        mine,
        meets: (theirs) => {
          clearTimeout(alone);
          resolve(theirs as T);
        },
      };
    });
  };
}

/** The state of a fresh reference server. */
export function createWorld({ models, extensions = ["binary_tensor_data"] }: WorldOptions): World {
  return {
    serverName: "infermark-reference",
    serverVersion: "1.0.0",
    extensions,
    models,
    notReady: new Set(),
    live: true,
    memory: new Map(),
    meet: meetingPoint(),
  };
}
