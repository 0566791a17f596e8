import {
  type Accept,
  bodyOf,
  type CheckContext,
  declaredSize,
  describeAnswer,
  type Exchange,
  expect,
  type FramedTensor,
  frame,
  framedTensors,
  given,
  type Headers,
  type HttpRequest,
  headerOf,
  type JsonValue,
  type Judge,
  LENGTH_HEADER,
  listOf,
  sizeOf,
  splitAt,
  synthesise,
  type Tensor,
  tensorToJsonData,
  toRaw,
} from "#kit";
import { endpointOf } from "./endpoints.ts";

/** One input of a request: what its JSON says, and its bytes after the JSON when it has any. */
export interface Input {
  readonly json: Readonly<Record<string, unknown>>;
  readonly blob?: Uint8Array;
}

/** The input as binary data, its size declared. */
export function inBinary(tensor: Tensor): Input {
  return withBlob(tensor, toRaw(tensor));
}

/** The input with these bytes, and with `size` in place of their number. */
export function withBlob({ name, datatype, shape }: Tensor, blob: Uint8Array, size: unknown = blob.length): Input {
  return { json: { name, datatype, shape, parameters: { binary_data_size: size } }, blob };
}

/** The input as JSON data. */
export function inJson(tensor: Tensor): Input {
  const { name, datatype, shape } = tensor;
  return { json: { name, datatype, shape, data: tensorToJsonData(tensor) } };
}

export interface InferBody {
  readonly id?: string;
  readonly outputs?: readonly { readonly name: string; readonly parameters?: unknown }[];
  readonly parameters?: unknown;
}

/** POST …/infer in the form that its inputs call for. */
export function infer(model: string, inputs: readonly Input[], extra: InferBody = {}): HttpRequest {
  const blobs = inputs.flatMap(({ blob }) => (blob ? [blob] : []));
  const { body, jsonLength } = frame({ ...extra, inputs: inputs.map(({ json }) => json) }, blobs);
  return request(model, body, blobs.length > 0 ? String(jsonLength) : undefined);
}

/** POST …/infer with this body; with a length header it is sent as binary, without one as JSON. */
export function request(model: string, body: Uint8Array, header: string | undefined): HttpRequest {
  const headers: Headers =
    header === undefined
      ? [["content-type", "application/json"]]
      : [
          ["content-type", "application/octet-stream"],
          [LENGTH_HEADER, header],
        ];
  return { protocol: "http", method: "POST", path: `/v2/models/${encodeURIComponent(model)}/infer`, headers, body };
}

/** An output asked for in one of the two forms. */
export function output(name: string, binary: boolean): { name: string; parameters: unknown } {
  return { name, parameters: { binary_data: binary } };
}

/** Valid tensors for the model under test; undecided when its inputs are not known. */
export function goodTensors({ model, random }: CheckContext): readonly Tensor[] {
  given.that(model.inputs.length > 0 || model.sample, "a model whose inputs are known", `no inputs of ${model.name}`);
  return synthesise(model, { random });
}

/** A valid binary inference on the model under test. */
export function goodInfer(context: CheckContext): HttpRequest {
  return infer(context.model.name, goodTensors(context).map(inBinary));
}

/** A successful inference, taken apart. */
export interface Answer {
  readonly json: JsonValue;
  readonly header: string | undefined;
  readonly outputs: readonly FramedTensor[];
  /** Bytes that the outputs declare. */
  readonly declared: number;
  /** Bytes after the JSON. */
  readonly rest: Uint8Array;
}

/** The parts of a successful inference, with as many bytes after its JSON as its outputs declare or more. */
export function answerOf(judge: Judge, exchange: Exchange): Answer {
  const answer = layoutOf(judge, exchange);
  const { declared, rest } = answer;
  judge.that(rest.length >= declared, `the ${declared} bytes that the outputs declare`, `${rest.length}`);
  return answer;
}

/** The parts of a successful inference, however many bytes came after its JSON. */
export function layoutOf(judge: Judge, exchange: Exchange): Answer {
  judge.status(exchange, 200);
  const header = headerOf(exchange.head?.headers, LENGTH_HEADER);
  const split = splitAt(header, bodyOf(exchange));
  if ("problem" in split) judge.that(false, "JSON of the length that the header says", split.problem);
  const { json, rest } = split;
  const list = listOf(json, "outputs");
  judge.that(list.length > 0, "an array of outputs", "none", "/outputs");
  for (const [index, each] of list.entries()) {
    const size = declaredSize(each);
    const at = `/outputs/${index}/parameters/binary_data_size`;
    judge.that(size === undefined || sizeOf(size) !== undefined, "binary_data_size as an integer", typeof size, at);
  }
  const declared = list.reduce<number>((sum, each) => sum + (sizeOf(declaredSize(each)) ?? 0), 0);
  return { json, header, outputs: framedTensors(list, rest), declared, rest };
}

/** The output of that name. */
export function outputNamed(judge: Judge, { outputs }: Answer, name: string): FramedTensor {
  const found = outputs.find((each) => each.name === name);
  judge.that(found, `an output ${name}`, `outputs ${outputs.map((each) => each.name).join(", ")}`);
  return found;
}

/** The tensor that an output holds, in whichever form. */
export function tensorOf(judge: Judge, { name, read }: FramedTensor): Tensor {
  if (!read.ok) judge.that(false, `a readable output ${name}`, read.problem, `outputs/${name}`);
  return (read as { tensor: Tensor }).tensor;
}

/** The form an output came in, in words. */
export function formOf({ blob }: FramedTensor): "binary" | "JSON" {
  return blob ? "binary" : "JSON";
}

/** A client fault: 4xx is right, 5xx blames the server and warns, anything else accepts the request. */
export const refusesClientFault: Accept = (answer, { context }) => {
  const status = answer.head?.status ?? 0;
  if (status >= 500) context.warn(`a client's fault is answered with status ${status}`);
  expect.that(status >= 400, "status 4xx", describeAnswer(answer));
};

/** What is wrong with the framing of a request of ours: its header, its JSON, and the bytes of its inputs. */
export function framingProblem({ headers, body = new Uint8Array(0) }: HttpRequest): string | undefined {
  const split = splitAt(headerOf(headers, LENGTH_HEADER), body);
  if ("problem" in split) return split.problem;
  let declared = 0;
  for (const { json, blob, read } of framedTensors(listOf(split.json, "inputs"), split.rest)) {
    if (declaredSize(json) !== undefined && !blob) return "binary_data_size is no unsigned integer";
    if (!read.ok) return read.problem;
    declared += blob?.length ?? 0;
  }
  return declared === split.rest.length ? undefined : `${split.rest.length - declared} bytes after the last input`;
}

/** A 2xx answer, and for an inference one that holds outputs. */
export function succeeded(exchange: Exchange): boolean {
  const status = exchange.head?.status ?? 0;
  if (exchange.failure || status < 200 || status > 299) return false;
  if (endpointOf(exchange.request) !== "infer") return true;
  const split = splitAt(headerOf(exchange.head?.headers, LENGTH_HEADER), bodyOf(exchange));
  return !("problem" in split) && listOf(split.json, "outputs").length > 0;
}
