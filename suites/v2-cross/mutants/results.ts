import { type Element, fromRaw, roundTo, type Tensor, toRaw } from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import type { Form } from "../forms.ts";
import { onOutputs, onResponse } from "./rewrite.ts";

/** A fault in the elements of some datatypes, in one form alone. */
function onElements(
  id: string,
  does: string,
  form: Form["name"],
  datatypes: readonly string[],
  change: (value: Element, datatype: string) => Element,
): Mutant {
  return onOutputs(id, does, [form], (outputs) =>
    outputs.map((tensor) =>
      datatypes.includes(tensor.datatype)
        ? { ...tensor, values: tensor.values.map((value) => change(value, tensor.datatype)) }
        : tensor,
    ),
  );
}

/** The tensor with the bytes of each element in reverse. */
function swapped(tensor: Tensor): Tensor {
  if (tensor.datatype === "BYTES" || tensor.values.length === 0) return tensor;
  const raw = toRaw(tensor);
  const size = raw.length / tensor.values.length;
  for (let at = 0; at < raw.length; at += size) raw.subarray(at, at + size).reverse();
  const read = fromRaw(tensor, raw);
  return read.ok ? read.tensor : tensor;
}

/** The tensor with its rows in reverse. */
function reversed(tensor: Tensor): Tensor {
  const width = tensor.values.length / (tensor.shape[0] || 1);
  const rows = Array.from({ length: tensor.shape[0] ?? 0 }, (_, row) =>
    tensor.values.slice(row * width, (row + 1) * width),
  );
  return { ...tensor, values: rows.toReversed().flat() };
}

const trimmed = (value: Element) =>
  Buffer.from(
    Buffer.from(value as Uint8Array)
      .toString()
      .trim(),
  );
const throughText = (value: Element) => Buffer.from(Buffer.from(value as Uint8Array).toString());
const halved = (value: Element, datatype: string) => roundTo(datatype, Number(value) * (1 + 2 ** -6));

/** Faults in the results of one form. */
export const resultMutants: readonly Mutant[] = [
  onElements("json-rounds-fp32", "writes FP32 to JSON with six digits", "JSON", ["FP32"], (value) =>
    Number(Number(value).toPrecision(6)),
  ),
  onElements("json-narrows-fp64", "passes FP64 of JSON requests through single precision", "JSON", ["FP64"], (value) =>
    // What no single holds stays a number, as a saturating conversion leaves it.
    Math.max(-3.4e38, Math.min(3.4e38, Math.fround(Number(value)))),
  ),
  onElements(
    "json-integers-through-doubles",
    "passes 64-bit integers of JSON through doubles",
    "JSON",
    ["INT64", "UINT64"],
    (value, datatype) =>
      datatype === "INT64" ? BigInt.asIntN(64, BigInt(Number(value))) : BigInt.asUintN(64, BigInt(Number(value))),
  ),
  onElements("json-trims-text", "trims BYTES that it writes to JSON", "JSON", ["BYTES"], trimmed),
  onOutputs("binary-swaps-bytes", "writes binary data over REST as big-endian", ["binary"], (outputs) =>
    outputs.map(swapped),
  ),
  onElements("typed-inverts-booleans", "inverts BOOL in typed contents", "typed", ["BOOL"], (value) => !value),
  onElements("typed-int8-loses-its-sign", "drops the sign of INT8 in typed contents", "typed", ["INT8"], (value) =>
    Math.min(127, Math.abs(Number(value))),
  ),
  onElements(
    "typed-bytes-through-text",
    "passes BYTES of typed contents through text",
    "typed",
    ["BYTES"],
    throughText,
  ),
  onElements(
    "raw-uint8-of-seven-bits",
    "loses the top bit of UINT8 in raw contents",
    "raw",
    ["UINT8"],
    (value) => Number(value) & 0x7f,
  ),
  onElements("raw-halves-rounded", "rounds FP16 and BF16 in raw contents", "raw", ["FP16", "BF16"], halved),
  onElements("raw-loses-the-sign-of-zero", "writes 0 for -0 in raw contents", "raw", ["FP32", "FP64"], (value) =>
    Object.is(value, -0) ? 0 : value,
  ),
  onOutputs(
    "grpc-reverses-batches",
    "gives the rows of a batch back in reverse over gRPC",
    ["typed", "raw"],
    (outputs) => outputs.map(reversed),
  ),
  onResponse("grpc-drops-the-id", "drops the id over gRPC", "ModelInfer", (response) => ({ ...response, id: "" })),
];
