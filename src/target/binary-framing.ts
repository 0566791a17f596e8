import { JsonNumber, type JsonObject, type JsonValue, readJson, writeJson } from "./json.ts";
import { fromRaw, type TensorRead, tensorFromJson } from "./tensors.ts";

/** Says where the JSON of a body ends and its blobs begin. */
export const LENGTH_HEADER = "Inference-Header-Content-Length";

/** A body as the extension lays it out. */
export interface Framed {
  readonly body: Uint8Array;
  /** Bytes of the JSON: the value of the header. */
  readonly jsonLength: number;
}

/** JSON text, then the blobs, with nothing between them. */
export function frame(json: unknown, blobs: readonly Uint8Array[]): Framed {
  const text = Buffer.from(writeJson(json));
  return { body: new Uint8Array(Buffer.concat([text, ...blobs])), jsonLength: text.length };
}

export interface Split {
  readonly json: JsonValue;
  readonly rest: Uint8Array;
}

/** The JSON and the bytes after it, or what is wrong with the header or the JSON. Without a header all is JSON. */
export function splitAt(header: string | undefined, body: Uint8Array): Split | { readonly problem: string } {
  if (header !== undefined && !/^\d+$/.test(header)) return { problem: `${LENGTH_HEADER} is ${header}` };
  const end = header === undefined ? body.length : Number(header);
  if (end > body.length) return { problem: `${LENGTH_HEADER} is ${end}, the body has ${body.length} bytes` };
  const read = readJson(body.subarray(0, end));
  return read.ok ? { json: read.value, rest: body.subarray(end) } : { problem: `the JSON part: ${read.problem}` };
}

/** A member of an object; undefined when there is none, or no object. */
export function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return value instanceof Map ? (value as JsonObject).get(name) : undefined;
}

/** The text under a name; empty when it is none. */
export function textIn(value: JsonValue, name: string): string {
  const text = memberOf(value, name);
  return typeof text === "string" ? text : "";
}

/** The list under a name; empty when it is none. */
export function listOf(value: JsonValue | undefined, name: string): readonly JsonValue[] {
  const list = memberOf(value, name);
  return Array.isArray(list) ? (list as readonly JsonValue[]) : [];
}

/** The parameter that says how many bytes a tensor takes; undefined for a tensor in JSON. */
export function declaredSize(tensor: JsonValue): JsonValue | undefined {
  return memberOf(memberOf(tensor, "parameters"), "binary_data_size");
}

/** The size as a number of bytes; undefined when it is no unsigned integer. */
export function sizeOf(declared: JsonValue | undefined): number | undefined {
  return declared instanceof JsonNumber && /^\d+$/.test(declared.text) ? Number(declared.text) : undefined;
}

/** One tensor of a body that may hold binary data. */
export interface FramedTensor {
  readonly name: string;
  readonly json: JsonValue;
  /** Its bytes, when it came as binary data. */
  readonly blob?: Uint8Array;
  readonly read: TensorRead;
}

/** The tensors of a list, each with its share of the bytes after the JSON. */
export function framedTensors(list: readonly JsonValue[], rest: Uint8Array): readonly FramedTensor[] {
  let at = 0;
  return list.map((each) => {
    const size = sizeOf(declaredSize(each));
    const from = at;
    at += size ?? 0;
    return framedTensor(each, size === undefined ? undefined : rest.subarray(from, at), size);
  });
}

function framedTensor(json: JsonValue, blob: Uint8Array | undefined, size: number | undefined): FramedTensor {
  const named = { name: textIn(json, "name"), json };
  if (!blob) return { ...named, read: tensorFromJson(json) };
  if (blob.length !== size)
    return { ...named, blob, read: { ok: false, problem: `${blob.length} of ${size} bytes arrived` } };
  const shape = listOf(json, "shape").map((each) => sizeOf(each) ?? 0);
  return { ...named, blob, read: fromRaw({ name: named.name, datatype: textIn(json, "datatype"), shape }, blob) };
}
