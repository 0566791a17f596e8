import { DATATYPES, type Datatype, isDatatype } from "./datatypes.ts";
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "./half-precision.ts";
import { JsonNumber, type JsonValue, pointerTo, toBigInt, toNumber } from "./json.ts";
import type { Element, Tensor } from "./model.ts";

/** A tensor, or what is wrong with what should have been one (`at`: JSON pointer within it). */
export type TensorRead =
  | { readonly ok: true; readonly tensor: Tensor }
  | { readonly ok: false; readonly problem: string; readonly at?: string };

/** The number of elements that a shape has; 1 for rank 0. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Nests row-major values by a shape; flat for rank 0 and 1. */
export function nest(shape: readonly number[], flat: readonly unknown[]): unknown {
  if (shape.length <= 1) return flat;
  const [rows = 0, ...inner] = shape;
  const size = elementCount(inner);
  return Array.from({ length: rows }, (_, row) => nest(inner, flat.slice(row * size, (row + 1) * size)));
}

/** The values as flat JSON data: exact integers, FP32 in the shortest text that rounds to the same single, BYTES as UTF-8 text. */
export function tensorToJsonData(tensor: Tensor): readonly JsonValue[] {
  return tensor.values.map((value) => elementToJson(tensor.datatype, value));
}

function elementToJson(datatype: string, value: Element): JsonValue {
  if (value instanceof Uint8Array) return new TextDecoder("utf-8", { ignoreBOM: true }).decode(value);
  if (typeof value === "bigint") return new JsonNumber(value.toString());
  if (typeof value === "boolean") return value;
  if (Object.is(value, -0)) return new JsonNumber("-0");
  return new JsonNumber(String(datatype === "FP32" ? shortestSingle(value) : value));
}

function shortestSingle(value: number): number {
  const single = Math.fround(value);
  // Nine digits tell any two singles apart.
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(single.toPrecision(digits));
    if (Math.fround(candidate) === single) return candidate;
  }
  return Number(single.toPrecision(9));
}

/**
 * Reads `{name, datatype, shape, data}` of a request or response; nested data is flattened, and how it is nested is not
 * judged. Integers beyond the datatype's range are a problem unless `anyRange` lets them through for a comparison.
 */
export function tensorFromJson(json: JsonValue, options: { readonly anyRange?: boolean } = {}): TensorRead {
  if (!(json instanceof Map)) return { ok: false, problem: "a tensor must be an object" };
  const object = json as ReadonlyMap<string, JsonValue>;
  const name = object.get("name");
  const datatype = object.get("datatype");
  const shape = object.get("shape");
  const data = object.get("data");
  if (typeof name !== "string") return { ok: false, problem: "name must be a string", at: "/name" };
  if (typeof datatype !== "string" || !isDatatype(datatype))
    return { ok: false, problem: "datatype must be one of the table", at: "/datatype" };
  if (!Array.isArray(shape)) return { ok: false, problem: "shape must be an array", at: "/shape" };
  const sizes = (shape as readonly JsonValue[]).map((size) =>
    size instanceof JsonNumber && /^\d+$/.test(size.text) ? Number(size.text) : undefined,
  );
  if (sizes.includes(undefined)) return { ok: false, problem: "dimensions must be unsigned integers", at: "/shape" };
  if (!Array.isArray(data)) return { ok: false, problem: "data must be an array", at: "/data" };
  return valuesFromJson(name, datatype, sizes as number[], data as readonly JsonValue[], options.anyRange === true);
}

function valuesFromJson(
  name: string,
  datatype: Datatype,
  shape: readonly number[],
  data: readonly JsonValue[],
  anyRange: boolean,
): TensorRead {
  const flat = (data as readonly unknown[]).flat(Infinity) as readonly JsonValue[];
  const count = elementCount(shape);
  if (flat.length !== count)
    return {
      ok: false,
      problem: `data has ${flat.length} elements, shape [${shape.join(",")}] has ${count}`,
      at: "/data",
    };
  const values: Element[] = [];
  for (const [index, item] of flat.entries()) {
    const value = elementFromJson(datatype, item, anyRange);
    if (value === undefined)
      return {
        ok: false,
        problem: `${showItem(item)} is no ${datatype} element`,
        at: `/data${pointerOf(data, index)}`,
      };
    values.push(value);
  }
  return { ok: true, tensor: { name, datatype, shape, values } };
}

/** Where in nested data the n-th element is. */
function pointerOf(data: readonly JsonValue[], index: number): string {
  let before = 0;
  for (const [position, item] of data.entries()) {
    if (!Array.isArray(item)) {
      if (before === index) return pointerTo([position]);
      before += 1;
      continue;
    }
    const size = (item as readonly unknown[]).flat(Infinity).length;
    if (index < before + size) return pointerTo([position]) + pointerOf(item as readonly JsonValue[], index - before);
    before += size;
  }
  return "";
}

function showItem(item: JsonValue): string {
  if (item instanceof JsonNumber) return item.text;
  return item instanceof Map ? "an object" : JSON.stringify(item);
}

function elementFromJson(datatype: Datatype, item: JsonValue, anyRange: boolean): Element | undefined {
  const info = DATATYPES[datatype];
  if (info.kind === "bytes") return typeof item === "string" ? new TextEncoder().encode(item) : undefined;
  if (info.kind === "boolean") return typeof item === "boolean" ? item : undefined;
  if (!(item instanceof JsonNumber)) return undefined;
  if (info.kind === "float") return floatFrom(datatype, toNumber(item));
  const value = toBigInt(item);
  if (value === undefined) return undefined;
  if (!anyRange && (value < (info.min as bigint) || value > (info.max as bigint))) return undefined;
  return info.size === 8 ? value : Number(value);
}

function floatFrom(datatype: Datatype, value: number): number | undefined {
  const rounded = roundTo(datatype, value);
  return Number.isFinite(value) && !Number.isFinite(rounded) ? undefined : rounded;
}

/** The nearest value that the datatype can hold. */
export function roundTo(datatype: string, value: number): number {
  if (datatype === "FP32") return Math.fround(value);
  if (datatype === "FP16") return fromFloat16(toFloat16(value));
  return datatype === "BF16" ? fromBfloat16(toBfloat16(value)) : value;
}

/** Raw form: little-endian elements, BOOL one byte each, BYTES a four-byte little-endian length before each element. */
export function toRaw(tensor: Tensor): Uint8Array {
  if (tensor.datatype === "BYTES") return bytesToRaw(tensor.values as readonly Uint8Array[]);
  if (!isDatatype(tensor.datatype)) throw new Error(`no raw form is known for datatype ${tensor.datatype}`);
  const { size } = DATATYPES[tensor.datatype];
  const view = new DataView(new ArrayBuffer(size * tensor.values.length));
  const put = WRITERS[tensor.datatype as FixedSize];
  for (const [index, value] of tensor.values.entries()) put(view, index * size, value);
  return new Uint8Array(view.buffer);
}

function bytesToRaw(values: readonly Uint8Array[]): Uint8Array {
  const raw = new Uint8Array(values.reduce((sum, value) => sum + 4 + value.length, 0));
  const view = new DataView(raw.buffer);
  let at = 0;
  for (const value of values) {
    view.setUint32(at, value.length, true);
    raw.set(value, at + 4);
    at += 4 + value.length;
  }
  return raw;
}

/** Reads raw form; the bytes must be exactly what shape and datatype call for. Elements are read from them when they are first asked for. */
export function fromRaw(
  spec: { readonly name: string; readonly datatype: string; readonly shape: readonly number[] },
  raw: Uint8Array,
): TensorRead {
  const { name, datatype, shape } = spec;
  if (!isDatatype(datatype)) return { ok: false, problem: `no raw form is known for datatype ${datatype}` };
  const count = elementCount(shape);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  if (datatype === "BYTES") return bytesFromRaw(name, shape, count, view, raw);
  const { size } = DATATYPES[datatype];
  if (raw.length !== count * size)
    return { ok: false, problem: `${raw.length} raw bytes for ${count} elements of ${size} bytes` };
  let values: readonly Element[] | undefined;
  const tensor: Tensor = {
    name,
    datatype,
    shape,
    // Where nobody asks for the elements of a large tensor, reading them is most of the work.
    get values() {
      values ??= elementsOf(view, datatype, count);
      return values;
    },
  };
  return { ok: true, tensor };
}

function elementsOf(view: DataView, datatype: FixedSize, count: number): readonly Element[] {
  const take = READERS[datatype];
  const { size } = DATATYPES[datatype];
  // Array.from with a length and a function takes ten times as long, which tells with large tensors.
  const values: Element[] = [];
  for (let index = 0; index < count; index++) values.push(take(view, index * size));
  return values;
}

function bytesFromRaw(
  name: string,
  shape: readonly number[],
  count: number,
  view: DataView,
  raw: Uint8Array,
): TensorRead {
  const values: Uint8Array[] = [];
  let at = 0;
  while (at < raw.length) {
    const end = at + 4 <= raw.length ? at + 4 + view.getUint32(at, true) : Number.POSITIVE_INFINITY;
    if (end > raw.length)
      return { ok: false, problem: `element ${values.length} runs beyond the ${raw.length} raw bytes` };
    values.push(raw.slice(at + 4, end));
    at = end;
  }
  if (values.length !== count) return { ok: false, problem: `${values.length} raw elements for a shape of ${count}` };
  return { ok: true, tensor: { name, datatype: "BYTES", shape, values } };
}

type Writer = (view: DataView, at: number, value: Element) => void;
type Reader = (view: DataView, at: number) => Element;
type FixedSize = Exclude<Datatype, "BYTES">;

const WRITERS: Readonly<Record<FixedSize, Writer>> = {
  BOOL: (view, at, value) => view.setUint8(at, value ? 1 : 0),
  UINT8: (view, at, value) => view.setUint8(at, Number(value)),
  UINT16: (view, at, value) => view.setUint16(at, Number(value), true),
  UINT32: (view, at, value) => view.setUint32(at, Number(value), true),
  UINT64: (view, at, value) => view.setBigUint64(at, BigInt(value as bigint | number), true),
  INT8: (view, at, value) => view.setInt8(at, Number(value)),
  INT16: (view, at, value) => view.setInt16(at, Number(value), true),
  INT32: (view, at, value) => view.setInt32(at, Number(value), true),
  INT64: (view, at, value) => view.setBigInt64(at, BigInt(value as bigint | number), true),
  FP16: (view, at, value) => view.setUint16(at, toFloat16(Number(value)), true),
  FP32: (view, at, value) => view.setFloat32(at, Number(value), true),
  FP64: (view, at, value) => view.setFloat64(at, Number(value), true),
  BF16: (view, at, value) => view.setUint16(at, toBfloat16(Number(value)), true),
};

const READERS: Readonly<Record<FixedSize, Reader>> = {
  BOOL: (view, at) => view.getUint8(at) !== 0,
  UINT8: (view, at) => view.getUint8(at),
  UINT16: (view, at) => view.getUint16(at, true),
  UINT32: (view, at) => view.getUint32(at, true),
  UINT64: (view, at) => view.getBigUint64(at, true),
  INT8: (view, at) => view.getInt8(at),
  INT16: (view, at) => view.getInt16(at, true),
  INT32: (view, at) => view.getInt32(at, true),
  INT64: (view, at) => view.getBigInt64(at, true),
  FP16: (view, at) => fromFloat16(view.getUint16(at, true)),
  FP32: (view, at) => view.getFloat32(at, true),
  FP64: (view, at) => view.getFloat64(at, true),
  BF16: (view, at) => fromBfloat16(view.getUint16(at, true)),
};

/** What differs between two tensors, in words; undefined when shape, datatype and every bit of every element agree. Names are not compared. */
export function describeDifference(actual: Tensor, expected: Tensor): string | undefined {
  if (actual.datatype !== expected.datatype) return `datatype ${actual.datatype} for ${expected.datatype}`;
  if (actual.shape.join() !== expected.shape.join())
    return `shape [${actual.shape.join(",")}] for [${expected.shape.join(",")}]`;
  if (actual.values.length !== expected.values.length)
    return `${actual.values.length} elements for ${expected.values.length}`;
  const index = actual.values.findIndex((value, i) => !sameElement(value, expected.values[i] as Element));
  return index < 0
    ? undefined
    : `element ${index} is ${showElement(actual.values[index])}, not ${showElement(expected.values[index])}`;
}

/** Same datatype, shape and bits; NaN equals NaN, -0 differs from 0. */
export function bitEqual(a: Tensor, b: Tensor): boolean {
  return describeDifference(a, b) === undefined;
}

function sameElement(a: Element, b: Element): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  return Object.is(a, b);
}

function showElement(value: Element | undefined): string {
  if (value instanceof Uint8Array) return showBytes(value);
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Text where the bytes are UTF-8, else hexadecimal: different elements never look the same. */
function showBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes);
  const text = buffer.toString("utf8");
  return Buffer.from(text).equals(buffer) ? JSON.stringify(text) : `0x${buffer.toString("hex")}`;
}
