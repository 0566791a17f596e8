import { DATATYPES, isDatatype } from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import { type Body, mapBlobs, onBinaryAnswer, onParts } from "./rewrite.ts";

function elementSize(tensor: Body): number {
  const datatype = String(tensor["datatype"]);
  return isDatatype(datatype) ? DATATYPES[datatype].size : 0;
}

function bigEndian(blob: Uint8Array, tensor: Body): Uint8Array | undefined {
  const size = elementSize(tensor);
  if (!String(tensor["datatype"]).startsWith("UINT") || size < 2) return undefined;
  for (let at = 0; at < blob.length; at += size) blob.subarray(at, at + size).reverse();
  return blob;
}

/** A fault in the bytes of outputs of these datatypes. */
function onElements(
  id: string,
  does: string,
  datatypes: readonly string[],
  change: (view: DataView, at: number, size: number) => void,
): Mutant {
  return onBinaryAnswer(id, does, (parts) =>
    mapBlobs(parts, "outputs", (blob, tensor) => {
      if (!datatypes.includes(String(tensor["datatype"]))) return undefined;
      const size = elementSize(tensor);
      const view = new DataView(blob.buffer);
      for (let at = 0; at < blob.length; at += size) change(view, at, size);
      return blob;
    }),
  );
}

/** A fault in the elements of BYTES outputs. */
function onBytes(id: string, does: string, change: (element: Buffer) => Buffer): Mutant {
  return onBinaryAnswer(id, does, (parts) =>
    mapBlobs(parts, "outputs", (blob, tensor) => {
      if (tensor["datatype"] !== "BYTES") return undefined;
      const elements: Buffer[] = [];
      const raw = Buffer.from(blob);
      for (let at = 0; at < raw.length; ) {
        const end = at + 4 + raw.readUInt32LE(at);
        elements.push(change(raw.subarray(at, end)));
        at = end;
      }
      return new Uint8Array(Buffer.concat(elements));
    }),
  );
}

function getFloat(view: DataView, at: number, size: number): number {
  return size === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true);
}

function clear(view: DataView, at: number, size: number): void {
  for (let i = 0; i < size; i++) view.setUint8(at + i, 0);
}

/** Faults in how values are read from bytes and written to them. */
export const valueMutants: readonly Mutant[] = [
  onParts("reads-unsigned-big-endian", "reads unsigned integers as big-endian", (parts) =>
    mapBlobs(parts, "inputs", bigEndian),
  ),
  onBinaryAnswer("writes-unsigned-big-endian", "writes unsigned integers as big-endian", (parts) =>
    mapBlobs(parts, "outputs", bigEndian),
  ),
  onElements("integers-through-doubles", "passes 64-bit integers through doubles", ["INT64", "UINT64"], (view, at) =>
    view.setBigInt64(at, BigInt(Number(view.getBigInt64(at, true))), true),
  ),
  onElements("bytes-of-seven-bits", "loses the top bit of UINT8", ["UINT8"], (view, at) =>
    view.setUint8(at, view.getUint8(at) & 0x7f),
  ),
  onElements("booleans-as-digits", 'writes BOOL as the characters "0" and "1"', ["BOOL"], (view, at) =>
    view.setUint8(at, view.getUint8(at) + 0x30),
  ),
  onElements("nan-as-zero", "writes 0 for NaN", ["FP32", "FP64"], (view, at, size) => {
    if (Number.isNaN(getFloat(view, at, size))) clear(view, at, size);
  }),
  onElements("flushes-subnormals", "writes 0 for subnormal floats", ["FP32", "FP64"], (view, at, size) => {
    if (Math.abs(getFloat(view, at, size)) < (size === 4 ? 2 ** -126 : 2 ** -1022)) {
      // The sign stays, as it does in processors that flush.
      const sign = view.getUint8(at + size - 1) & 0x80;
      clear(view, at, size);
      view.setUint8(at + size - 1, sign);
    }
  }),
  onElements("halves-rounded", "loses the last bit of FP16 and BF16", ["FP16", "BF16"], (view, at) =>
    view.setUint8(at, view.getUint8(at) & 0xfe),
  ),
  onBytes("bytes-lengths-big-endian", "writes the lengths of BYTES elements as big-endian", (element) =>
    Buffer.concat([Buffer.from(element.subarray(0, 4)).reverse(), element.subarray(4)]),
  ),
  onBytes("bytes-through-text", "passes BYTES elements through UTF-8 text", (element) => {
    const text = Buffer.from(element.subarray(4).toString("utf8"));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(text.length);
    return Buffer.concat([length, text]);
  }),
];
