/** A tensor as metadata declares it. -1 marks a variable dimension. */
export interface TensorSpec {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

/** One element: integers of 64 bits are bigints, BYTES elements are bytes, all else is what JSON has. */
export type Element = number | bigint | boolean | Uint8Array;

/** A tensor with values in row-major order. */
export interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly values: readonly Element[];
}

/** What is known of one model: from the fixture table when it is a fixture, else from metadata or `--input`. */
export interface ModelInfo {
  readonly name: string;
  /** Versions that metadata lists; empty when it lists none. */
  readonly versions: readonly string[];
  readonly platform?: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Recognised as one of the fixture models, so that its values are known. */
  readonly fixture: boolean;
  /** Bindings through which the model was found, e.g. "v2-rest". */
  readonly foundBy: readonly string[];
  /** A request that the user gave (`--input`), for a model whose metadata does not tell its tensors. */
  readonly sample?: readonly Tensor[];
  /** More than one such request, for load, which sends them in turn; `sample` is the first. */
  readonly samples?: readonly (readonly Tensor[])[];
}

export interface ServerInfo {
  readonly name?: string;
  readonly version?: string;
  readonly extensions: readonly string[];
}

/** Whether and why a protocol binding is taken to be offered. */
export interface BindingInfo {
  readonly answers: boolean;
  readonly evidence: string;
}

/** What the probe found. */
export interface TargetInfo {
  readonly rest: boolean;
  readonly grpc: boolean;
  /** By binding id: `v1-rest`, `v2-rest`, `v2-grpc`, `grpc-health`, `kserve-repository`, `v2-generate`. */
  readonly bindings: Readonly<Record<string, BindingInfo>>;
  readonly server: ServerInfo;
  /** The user's models first, then fixture models, then what an index listed. */
  readonly models: readonly ModelInfo[];
}
