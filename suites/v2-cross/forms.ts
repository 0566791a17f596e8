import {
  bodyOf,
  decodeMessage,
  type Exchange,
  encodeMessage,
  frame,
  framedTensors,
  grpcPath,
  type HttpRequest,
  headerOf,
  inferRequestMessage,
  type JsonValue,
  type Judge,
  LENGTH_HEADER,
  listOf,
  type ModelInferResponse,
  memberOf,
  messageOf,
  splitAt,
  type Tensor,
  tensorsFromInferResponse,
  tensorToJsonData,
  toRaw,
  type WireRequest,
} from "#kit";

export interface InferOptions {
  readonly id?: string;
  readonly version?: string;
  /** Names of the outputs that are asked for; all when absent. */
  readonly outputs?: readonly string[];
  /** The datatype that every input claims to have, whatever its elements are. */
  readonly datatype?: string;
}

/** One of the ways in which an inference travels. */
export interface Form {
  readonly name: "JSON" | "binary" | "typed" | "raw";
  /** In a sentence: "over REST as JSON". */
  readonly words: string;
  request(model: string, inputs: readonly Tensor[], options?: InferOptions): WireRequest;
  /** The outputs of a successful inference. */
  outputs(judge: Judge, exchange: Exchange): readonly Tensor[];
  /** The id of a successful inference; undefined when it has none. */
  id(judge: Judge, exchange: Exchange): string | undefined;
}

const utf8 = new TextEncoder();

function post(model: string, version: string | undefined, body: Uint8Array, jsonLength?: number): HttpRequest {
  const path = `/v2/models/${encodeURIComponent(model)}${version === undefined ? "" : `/versions/${encodeURIComponent(version)}`}/infer`;
  const headers =
    jsonLength === undefined
      ? ([["content-type", "application/json"]] as const)
      : ([
          ["content-type", "application/octet-stream"],
          [LENGTH_HEADER, String(jsonLength)],
        ] as const);
  return { protocol: "http", method: "POST", path, headers, body };
}

function restRequest(
  model: string,
  inputs: readonly Tensor[],
  { id, version, outputs, datatype }: InferOptions,
  binary: boolean,
): HttpRequest {
  const blobs = binary ? inputs.map(toRaw) : [];
  const json = {
    ...(id !== undefined && { id }),
    inputs: inputs.map((tensor, index) => ({
      name: tensor.name,
      datatype: datatype ?? tensor.datatype,
      shape: tensor.shape,
      ...(binary ? { parameters: { binary_data_size: blobs[index]?.length } } : { data: tensorToJsonData(tensor) }),
    })),
    ...(outputs && { outputs: outputs.map((name) => ({ name })) }),
    ...(binary && { parameters: { binary_data_output: true } }),
  };
  const { body, jsonLength } = frame(json, blobs);
  return binary ? post(model, version, body, jsonLength) : post(model, version, body);
}

/** The JSON of a successful inference and the bytes after it. */
function restAnswer(judge: Judge, exchange: Exchange): { readonly json: JsonValue; readonly rest: Uint8Array } {
  judge.status(exchange, 200);
  const split = splitAt(headerOf(exchange.head?.headers, LENGTH_HEADER), bodyOf(exchange));
  if ("problem" in split) judge.that(false, "a JSON body", split.problem);
  return split;
}

function restOutputs(judge: Judge, exchange: Exchange): readonly Tensor[] {
  const { json, rest } = restAnswer(judge, exchange);
  return framedTensors(listOf(json, "outputs"), rest).map(({ name, read }) => {
    if (!read.ok) judge.that(false, `a readable output ${name}`, read.problem, "/outputs");
    return (read as { tensor: Tensor }).tensor;
  });
}

const restId: Form["id"] = (judge, exchange) => {
  const id = memberOf(restAnswer(judge, exchange).json, "id");
  return typeof id === "string" ? id : undefined;
};

function grpcRequest(
  model: string,
  inputs: readonly Tensor[],
  { datatype, ...options }: InferOptions,
  form: "typed" | "raw",
): WireRequest {
  const message = inferRequestMessage({ model, inputs, form, ...options });
  const claimed = datatype === undefined ? {} : { inputs: message.inputs?.map((input) => ({ ...input, datatype })) };
  const bytes = encodeMessage("ModelInferRequest", { ...message, ...claimed });
  return { protocol: "grpc", path: grpcPath("ModelInfer"), metadata: [], messages: [bytes] };
}

function grpcAnswer(judge: Judge, exchange: Exchange): ModelInferResponse {
  const bytes = judge.message(exchange);
  try {
    return decodeMessage("ModelInferResponse", bytes);
  } catch (thrown) {
    judge.that(false, "a ModelInferResponse", messageOf(thrown));
    throw thrown;
  }
}

function grpcOutputs(judge: Judge, exchange: Exchange): readonly Tensor[] {
  const read = tensorsFromInferResponse(grpcAnswer(judge, exchange));
  if (!read.ok) judge.that(false, "outputs that can be read", read.problem);
  return (read as { tensors: readonly Tensor[] }).tensors;
}

const grpcId: Form["id"] = (judge, exchange) => grpcAnswer(judge, exchange).id || undefined;

const rest = { outputs: restOutputs, id: restId };
const grpc = { outputs: grpcOutputs, id: grpcId };

/** The four forms; the ones that carry every bit come first, so that the others are compared with them. */
export const FORMS: readonly Form[] = [
  {
    name: "raw",
    words: "over gRPC with raw contents",
    request: (model, inputs, options = {}) => grpcRequest(model, inputs, options, "raw"),
    ...grpc,
  },
  {
    name: "typed",
    words: "over gRPC with typed contents",
    request: (model, inputs, options = {}) => grpcRequest(model, inputs, options, "typed"),
    ...grpc,
  },
  {
    name: "binary",
    words: "over REST with binary data",
    request: (model, inputs, options = {}) => restRequest(model, inputs, options, true),
    ...rest,
  },
  {
    name: "JSON",
    words: "over REST as JSON",
    request: (model, inputs, options = {}) => restRequest(model, inputs, options, false),
    ...rest,
  },
];

/** Half-precision floats have no typed field, and JSON may refuse them. */
export function isHalf(datatype: string): boolean {
  return datatype === "FP16" || datatype === "BF16";
}

/** Whether JSON has a form for every element: finite floats, and bytes that are UTF-8 text. */
export function fitsJson(tensors: readonly Tensor[]): boolean {
  return tensors.every(({ datatype, values }) =>
    isHalf(datatype)
      ? false
      : values.every((value) => {
          if (value instanceof Uint8Array) return Buffer.from(utf8.encode(Buffer.from(value).toString())).equals(value);
          return typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0));
        }),
  );
}
