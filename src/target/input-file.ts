import { InfermarkError } from "../base/errors.ts";
import { JsonNumber, type JsonObject, type JsonValue, readJson, toBigInt } from "./json.ts";
import type { Tensor } from "./model.ts";
import { tensorFromJson } from "./tensors.ts";

const HINT =
  'write it like a V2 request, {"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}]}, or a V1 request, {"instances":[[1,2]]}';
/** The name that KServe gives to what V1 leaves unnamed. */
const UNNAMED = "input-0";

/**
 * The tensors of an `--input` file: the JSON body of a V2 inference request, or of a V1 request whose instances are
 * plain values or evenly nested lists of them; numbers become INT64, or FP64 when one of them is no integer of 64 bits.
 * Throws USAGE for anything else, with the file's name where it is given.
 */
export function parseInputFile(bytes: Uint8Array, name?: string): readonly Tensor[] {
  try {
    return parse(bytes);
  } catch (thrown) {
    if (name === undefined || !(thrown instanceof InfermarkError)) throw thrown;
    throw new InfermarkError("USAGE", `${name}: ${thrown.message}`, { hint: HINT, cause: thrown });
  }
}

function parse(bytes: Uint8Array): readonly Tensor[] {
  const read = readJson(bytes);
  if (!read.ok) throw wrong(`it is not JSON: ${read.problem}`);
  const body = read.value instanceof Map ? (read.value as JsonObject) : undefined;
  const inputs = listOf(body?.get("inputs"));
  const instances = listOf(body?.get("instances"));
  if (inputs.length > 0) return inputs.map(readInput);
  if (instances.length > 0) return [readInstances(instances)];
  throw wrong('it has no "inputs" and no "instances"');
}

function listOf(json: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(json) ? (json as readonly JsonValue[]) : [];
}

function readInput(input: JsonValue, index: number): Tensor {
  const tensor = tensorFromJson(input);
  if (!tensor.ok) throw wrong(`/inputs/${index}${tensor.at ?? ""}: ${tensor.problem}`);
  return tensor.tensor;
}

function readInstances(instances: readonly JsonValue[]): Tensor {
  const shape = shapeOf(instances);
  const flat = (instances as readonly unknown[]).flat(Infinity) as readonly JsonValue[];
  const datatype = datatypeOf(flat);
  const tensor = tensorFromJson(
    new Map<string, JsonValue>([
      ["name", UNNAMED],
      ["datatype", datatype],
      ["shape", shape.map((size) => new JsonNumber(String(size)))],
      ["data", flat],
    ]),
  );
  if (!tensor.ok) throw wrong(`/instances: ${tensor.problem}`);
  return tensor.tensor;
}

function shapeOf(list: readonly JsonValue[]): readonly number[] {
  const inner = list.map((item) => (Array.isArray(item) ? shapeOf(item as readonly JsonValue[]) : []));
  const [first = [], ...rest] = inner;
  const nested = list.filter((item) => Array.isArray(item)).length;
  if ((nested > 0 && nested < list.length) || rest.some((shape) => shape.join() !== first.join()))
    throw wrong("/instances are nested unevenly, so they are no tensor");
  return [list.length, ...first];
}

function datatypeOf(values: readonly JsonValue[]): string {
  if (values.every((value) => value instanceof JsonNumber)) return values.every(isInt64) ? "INT64" : "FP64";
  if (values.every((value) => typeof value === "string")) return "BYTES";
  if (values.every((value) => typeof value === "boolean")) return "BOOL";
  throw wrong("/instances must be all numbers, all strings or all booleans");
}

function isInt64(number: JsonNumber): boolean {
  const value = toBigInt(number);
  // 1.0 means a float to whoever wrote it so.
  return value !== undefined && /^-?\d+$/.test(number.text) && BigInt.asIntN(64, value) === value;
}

function wrong(problem: string): InfermarkError {
  return new InfermarkError("USAGE", `the input file cannot be used: ${problem}`, { hint: HINT });
}
