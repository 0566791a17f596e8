import { elementCount, JsonNumber, type JsonObject, type JsonValue, type Tensor, tensorFromJson } from "#kit";
import type { ParameterValue, ReferenceModel, ReferenceTensorSpec } from "../../src/reference/world.ts";

/** A valid inference request: inputs in the model's order. */
export interface InferCall {
  readonly id?: string;
  readonly inputs: readonly Tensor[];
  /** Names of the requested outputs; absent asks for all. */
  readonly outputs?: readonly string[];
  readonly parameters: Readonly<Record<string, ParameterValue>>;
}

type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

class Refused extends Error {}

/** Reads and validates the JSON of an inference request against the model's metadata. */
export function readInferRequest(json: JsonValue, model: ReferenceModel): Result<InferCall> {
  try {
    return { ok: true, value: readCall(json, model) };
  } catch (thrown) {
    if (thrown instanceof Refused) return { ok: false, problem: thrown.message };
    throw thrown;
  }
}

function refuse(problem: string): never {
  throw new Refused(problem);
}

function readCall(json: JsonValue, model: ReferenceModel): InferCall {
  const body = objectOf(json, "the body");
  const id = body.get("id");
  if (id !== undefined && typeof id !== "string") refuse("id must be a string");
  const outputs = readRequestedOutputs(body.get("outputs"), model);
  return {
    ...(typeof id === "string" && { id }),
    inputs: readInputs(body.get("inputs"), model),
    ...(outputs !== undefined && { outputs }),
    parameters: readParameters(body.get("parameters"), "the request"),
  };
}

function objectOf(value: JsonValue | undefined, what: string): JsonObject {
  return value instanceof Map ? (value as JsonObject) : refuse(`${what} must be an object`);
}

function arrayOf(value: JsonValue | undefined, what: string): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : refuse(`${what} must be an array`);
}

function readInputs(value: JsonValue | undefined, model: ReferenceModel): readonly Tensor[] {
  const given = new Map<string, JsonObject>();
  for (const item of arrayOf(value, "inputs")) {
    const input = objectOf(item, "an input");
    const name = input.get("name");
    if (typeof name !== "string") refuse("an input needs a name");
    if (given.has(name)) refuse(`input ${name} is given twice`);
    if (!model.inputs.some((spec) => spec.name === name)) refuse(`model ${model.name} has no input ${name}`);
    given.set(name, input);
  }
  return model.inputs.map((spec) => readInput(given.get(spec.name) ?? refuse(`input ${spec.name} is missing`), spec));
}

function readInput(input: JsonObject, spec: ReferenceTensorSpec): Tensor {
  readParameters(input.get("parameters"), `input ${spec.name}`);
  if (input.get("datatype") !== spec.datatype) refuse(`input ${spec.name} must have datatype ${spec.datatype}`);
  const shape = arrayOf(input.get("shape"), `the shape of ${spec.name}`).map((dimension) =>
    readDimension(dimension, spec.name),
  );
  const fits =
    shape.length === spec.shape.length &&
    shape.every((size, axis) => spec.shape[axis] === -1 || spec.shape[axis] === size);
  if (!fits) refuse(`input ${spec.name} has shape [${shape.join(",")}], the model takes [${spec.shape.join(",")}]`);
  if (elementCount(shape) > Number.MAX_SAFE_INTEGER) refuse(`input ${spec.name} has more elements than any body`);
  const read = tensorFromJson(input);
  return read.ok ? read.tensor : refuse(`input ${spec.name}: ${read.problem}`);
}

function readDimension(value: JsonValue, name: string): number {
  if (!(value instanceof JsonNumber) || !/^\d+$/.test(value.text))
    refuse(`dimensions of ${name} must be unsigned integers`);
  return Number(value.text);
}

function readRequestedOutputs(value: JsonValue | undefined, model: ReferenceModel): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const names = arrayOf(value, "outputs").map((item) => {
    const output = objectOf(item, "a requested output");
    readParameters(output.get("parameters"), "a requested output");
    const name = output.get("name");
    if (typeof name !== "string") refuse("a requested output needs a name");
    if (!model.outputs.some((spec) => spec.name === name)) refuse(`model ${model.name} has no output ${name}`);
    return name;
  });
  if (new Set(names).size < names.length) refuse("an output is requested twice");
  return names.length === 0 ? undefined : names;
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
