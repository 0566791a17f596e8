/** One parameter: exactly one member is set. */
export interface InferParameter {
  readonly bool_param?: boolean;
  readonly int64_param?: bigint;
  readonly string_param?: string;
  readonly double_param?: number;
  readonly uint64_param?: bigint;
}

export type InferParameters = Readonly<Record<string, InferParameter>>;

/** Row-major elements in the field that belongs to the datatype; the other fields are empty. */
export interface InferTensorContents {
  readonly bool_contents: readonly boolean[];
  readonly int_contents: readonly number[];
  readonly int64_contents: readonly bigint[];
  readonly uint_contents: readonly number[];
  readonly uint64_contents: readonly bigint[];
  readonly fp32_contents: readonly number[];
  readonly fp64_contents: readonly number[];
  readonly bytes_contents: readonly Uint8Array[];
}

/** A tensor of a request or response; `contents` is absent when the elements travel raw. */
export interface InferTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly bigint[];
  readonly parameters: InferParameters;
  readonly contents?: InferTensorContents;
}

export interface InferRequestedOutput {
  readonly name: string;
  readonly parameters: InferParameters;
}

export interface ModelInferRequest {
  readonly model_name: string;
  readonly model_version: string;
  readonly id: string;
  readonly parameters: InferParameters;
  readonly inputs: readonly InferTensor[];
  readonly outputs: readonly InferRequestedOutput[];
  readonly raw_input_contents: readonly Uint8Array[];
}

export interface ModelInferResponse {
  readonly model_name: string;
  readonly model_version: string;
  readonly id: string;
  readonly parameters: InferParameters;
  readonly outputs: readonly InferTensor[];
  readonly raw_output_contents: readonly Uint8Array[];
}

export interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly bigint[];
}

export interface ModelMetadataResponse {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
  /** For encoding only: runtimes disagree on the type of field 6, so decoding leaves it empty. */
  readonly properties: Readonly<Record<string, string>>;
  /** Decoded only: whether the bytes had a field 6, of whatever type. */
  readonly hasField6?: boolean;
}

export interface ServerMetadataResponse {
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
}

export interface NamedModelRequest {
  readonly name: string;
  readonly version: string;
}

export interface ReadyResponse {
  readonly ready: boolean;
}

type EmptyMessage = Readonly<Record<string, never>>;

/** The messages of the protocol by their names in the .proto file. */
export interface OipMessages {
  readonly ServerLiveRequest: EmptyMessage;
  readonly ServerLiveResponse: { readonly live: boolean };
  readonly ServerReadyRequest: EmptyMessage;
  readonly ServerReadyResponse: ReadyResponse;
  readonly ModelReadyRequest: NamedModelRequest;
  readonly ModelReadyResponse: ReadyResponse;
  readonly ServerMetadataRequest: EmptyMessage;
  readonly ServerMetadataResponse: ServerMetadataResponse;
  readonly ModelMetadataRequest: NamedModelRequest;
  readonly ModelMetadataResponse: ModelMetadataResponse;
  readonly ModelInferRequest: ModelInferRequest;
  readonly ModelInferResponse: ModelInferResponse;
  readonly InferTensorContents: InferTensorContents;
  readonly InferParameter: InferParameter;
}

export type OipMessageName = keyof OipMessages;

/** A message as it may be given for encoding: any member may be left out, 64-bit integers may be safe numbers. */
export type Encodable<T> = T extends Uint8Array
  ? Uint8Array
  : T extends bigint
    ? bigint | number
    : T extends readonly (infer Item)[]
      ? readonly Encodable<Item>[]
      : T extends object
        ? { readonly [Name in keyof T]?: Encodable<T[Name]> | undefined }
        : T;
