import {
  elementCount,
  fromRaw,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  sizeOf,
  type Tensor,
  tensorFromJson,
} from "#kit";
import type { ParameterValue, ReferenceModel, ReferenceTensorSpec } from "../../src/reference/world.ts";

/** A valid inference request: inputs in the model's order, outputs in the order they are answered. */
export interface BinaryCall {
  readonly id?: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly WantedOutput[];
  readonly parameters: Readonly<Record<string, ParameterValue>>;
}

export interface WantedOutput {
  readonly name: string;
  readonly binary: boolean;
}

type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

class Refused extends Error {}

/** Reads and validates an inference request whose tensors are in JSON or, in the order of the inputs, in `rest`. */
export function readBinaryRequest(json: JsonValue, rest: Uint8Array, model: ReferenceModel): Result<BinaryCall> {
  try {
    return { ok: true, value: readCall(json, rest, model) };
  } catch (thrown) {
    if (thrown instanceof Refused) return { ok: false, problem: thrown.message };
    throw thrown;
  }
}

function refuse(problem: string): never {
  throw new Refused(problem);
}

function readCall(json: JsonValue, rest: Uint8Array, model: ReferenceModel): BinaryCall {
  const body = objectOf(json, "the body");
  const id = body.get("id");
  if (id !== undefined && typeof id !== "string") refuse("id must be a string");
  const parameters = readParameters(body.get("parameters"), "the request");
  const inputs = readInputs(arrayOf(body.get("inputs"), "inputs"), rest, model);
  return {
    ...(typeof id === "string" && { id }),
    inputs: model.inputs.map(({ name }) => inputs.get(name) ?? refuse(`input ${name} is missing`)),
    outputs: readOutputs(body.get("outputs"), model, choice(parameters, "binary_data_output") ?? false),
    parameters,
  };
}

function objectOf(value: JsonValue | undefined, what: string): JsonObject {
  return value instanceof Map ? (value as JsonObject) : refuse(`${what} must be an object`);
}

function arrayOf(value: JsonValue | undefined, what: string): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : refuse(`${what} must be an array`);
}

function readInputs(list: readonly JsonValue[], rest: Uint8Array, model: ReferenceModel): ReadonlyMap<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  let at = 0;
  for (const item of list) {
    const input = objectOf(item, "an input");
    const name = input.get("name");
    const spec = model.inputs.find((each) => each.name === name) ?? refuse(`model ${model.name} has no such input`);
    if (tensors.has(spec.name)) refuse(`input ${spec.name} is given twice`);
    const size = binarySizeOf(input, spec.name);
    if (size !== undefined && size > rest.length - at) refuse(`the body ends within the bytes of input ${spec.name}`);
    tensors.set(spec.name, readInput(input, spec, size === undefined ? undefined : rest.subarray(at, at + size)));
    at += size ?? 0;
  }
  if (at < rest.length) refuse(`${rest.length - at} bytes after the last input`);
  return tensors;
}

function binarySizeOf(input: JsonObject, name: string): number | undefined {
  const parameters = input.get("parameters");
  readParameters(parameters, `input ${name}`);
  const declared = parameters instanceof Map ? (parameters as JsonObject).get("binary_data_size") : undefined;
  if (declared === undefined) return undefined;
  if (input.has("data")) refuse(`input ${name} has both data and binary_data_size`);
  return sizeOf(declared) ?? refuse(`binary_data_size of input ${name} must be an unsigned integer`);
}

function readInput(input: JsonObject, spec: ReferenceTensorSpec, blob: Uint8Array | undefined): Tensor {
  if (input.get("datatype") !== spec.datatype) refuse(`input ${spec.name} must have datatype ${spec.datatype}`);
  const shape = arrayOf(input.get("shape"), `the shape of ${spec.name}`).map(
    (size) => sizeOf(size) ?? refuse(`dimensions of ${spec.name} must be unsigned integers`),
  );
  const fits =
    shape.length === spec.shape.length &&
    shape.every((size, axis) => spec.shape[axis] === -1 || spec.shape[axis] === size);
  if (!fits) refuse(`input ${spec.name} has shape [${shape.join(",")}], the model takes [${spec.shape.join(",")}]`);
  if (elementCount(shape) > Number.MAX_SAFE_INTEGER) refuse(`input ${spec.name} has more elements than any body`);
  const { name, datatype } = spec;
  const read = blob ? fromRaw({ name, datatype, shape }, blob) : tensorFromJson(input);
  return read.ok ? read.tensor : refuse(`input ${spec.name}: ${read.problem}`);
}

function readOutputs(value: JsonValue | undefined, model: ReferenceModel, binary: boolean): readonly WantedOutput[] {
  const all = model.outputs.map(({ name }) => ({ name, binary }));
  if (value === undefined) return all;
  const wanted = arrayOf(value, "outputs").map((item) => {
    const output = objectOf(item, "a requested output");
    const name = output.get("name");
    if (typeof name !== "string") refuse("a requested output needs a name");
    if (!model.outputs.some((spec) => spec.name === name)) refuse(`model ${model.name} has no output ${name}`);
    const parameters = readParameters(output.get("parameters"), `output ${name}`);
    return { name, binary: choice(parameters, "binary_data") ?? binary };
  });
  if (new Set(wanted.map(({ name }) => name)).size < wanted.length) refuse("an output is requested twice");
  return wanted.length === 0 ? all : wanted;
}

function choice(parameters: Readonly<Record<string, ParameterValue>>, name: string): boolean | undefined {
  const value = parameters[name];
  return value === undefined || typeof value === "boolean" ? value : refuse(`${name} must be true or false`);
}

function readParameters(value: JsonValue | undefined, where: string): Readonly<Record<string, ParameterValue>> {
  if (value === undefined) return {};
  const entries = [...objectOf(value, `parameters of ${where}`)].map(([name, member]) => {
    if (member instanceof JsonNumber) return [name, Number(member.text)] as const;
    if (typeof member === "string" || typeof member === "boolean") return [name, member] as const;
    return refuse(`parameter ${name} of ${where} must be a string, a number or a boolean`);
  });
  return Object.fromEntries(entries);
}
