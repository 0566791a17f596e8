import { InfermarkError } from "../base/errors.ts";
import { DATATYPES, isDatatype } from "./datatypes.ts";
import type { Element, Tensor } from "./model.ts";
import type {
  Encodable,
  InferParameters,
  InferTensor,
  InferTensorContents,
  ModelInferRequest,
  ModelInferResponse,
} from "./oip-messages.ts";
import { elementCount, fromRaw, type TensorRead, toRaw } from "./tensors.ts";

export interface InferRequestOptions {
  readonly model: string;
  readonly version?: string;
  readonly id?: string;
  readonly inputs: readonly Tensor[];
  /** Where the elements go: into the field of their datatype, or as raw bytes beside the tensors. */
  readonly form: "typed" | "raw";
  /** Names of the outputs that are asked for; all when absent. */
  readonly outputs?: readonly string[];
  readonly parameters?: Encodable<InferParameters>;
}

/** The tensors of an answer, or why they cannot be read. */
export type TensorsRead =
  | { readonly ok: true; readonly tensors: readonly Tensor[] }
  | { readonly ok: false; readonly problem: string };

/** The typed contents of a tensor. Throws UNSUPPORTED for FP16, BF16 and datatypes that nobody defines: they have no typed field. */
export function tensorToContents(tensor: Tensor): Encodable<InferTensorContents> {
  const field = contentsField(tensor.datatype);
  if (field !== undefined) return { [field]: tensor.values };
  throw new InfermarkError("UNSUPPORTED", `gRPC has no typed field for datatype ${tensor.datatype}`, {
    hint: "send the tensor in raw form",
  });
}

/** The message of an inference call, ready to encode. */
export function inferRequestMessage(options: InferRequestOptions): Encodable<ModelInferRequest> {
  const { model, version, id, inputs, form, outputs = [], parameters = {} } = options;
  const typed = form === "typed";
  return {
    model_name: model,
    model_version: version,
    id,
    parameters,
    inputs: inputs.map((tensor) => ({
      name: tensor.name,
      datatype: tensor.datatype,
      shape: tensor.shape,
      ...(typed && { contents: tensorToContents(tensor) }),
    })),
    outputs: outputs.map((name) => ({ name })),
    raw_input_contents: typed ? [] : inputs.map(toRaw),
  };
}

/** Reads the outputs of an inference call, whether they came typed or raw. */
export function tensorsFromInferResponse(
  message: Pick<ModelInferResponse, "outputs" | "raw_output_contents">,
): TensorsRead {
  const { outputs, raw_output_contents: raw } = message;
  if (raw.length > 0 && raw.length !== outputs.length)
    return { ok: false, problem: `${raw.length} raw contents for ${outputs.length} outputs` };
  const tensors: Tensor[] = [];
  for (const [index, output] of outputs.entries()) {
    const read = readOutput(output, raw[index]);
    if (!read.ok) return { ok: false, problem: `output ${output.name}: ${read.problem}` };
    tensors.push(read.tensor);
  }
  return { ok: true, tensors };
}

function readOutput(output: InferTensor, raw: Uint8Array | undefined): TensorRead {
  const { name, datatype } = output;
  const shape = output.shape.map(Number);
  if (shape.some((size) => size < 0))
    return { ok: false, problem: `shape [${shape.join(",")}] has a negative dimension` };
  const used = filledFields(output.contents);
  if (raw === undefined) return fromContents({ name, datatype, shape }, output.contents, used);
  return used.length > 0
    ? { ok: false, problem: `has both raw contents and ${used.join(", ")}` }
    : fromRaw({ name, datatype, shape }, raw);
}

function fromContents(
  spec: Omit<Tensor, "values">,
  contents: InferTensorContents | undefined,
  used: readonly string[],
): TensorRead {
  const field = contentsField(spec.datatype);
  if (field === undefined) return { ok: false, problem: `there is no typed field for datatype ${spec.datatype}` };
  const stray = used.find((each) => each !== field);
  if (stray !== undefined) return { ok: false, problem: `${spec.datatype} elements are in ${stray}, not in ${field}` };
  const values: readonly Element[] = contents?.[field] ?? [];
  const count = elementCount(spec.shape);
  if (values.length !== count)
    return {
      ok: false,
      problem: `${values.length} elements in ${field}, shape [${spec.shape.join(",")}] has ${count}`,
    };
  const outside = values.find((value) => !inRange(spec.datatype, value));
  return outside === undefined
    ? { ok: true, tensor: { ...spec, values } }
    : { ok: false, problem: `${outside} is outside the range of ${spec.datatype}` };
}

function contentsField(datatype: string): keyof InferTensorContents | undefined {
  return isDatatype(datatype) ? (DATATYPES[datatype].contents as keyof InferTensorContents | undefined) : undefined;
}

function filledFields(contents: InferTensorContents | undefined): readonly string[] {
  return Object.entries(contents ?? {}).flatMap(([field, values]) =>
    (values as readonly unknown[]).length > 0 ? [field] : [],
  );
}

function inRange(datatype: string, value: Element): boolean {
  const { min, max } = isDatatype(datatype) ? DATATYPES[datatype] : {};
  return (
    min === undefined || max === undefined || ((value as number | bigint) >= min && (value as number | bigint) <= max)
  );
}
