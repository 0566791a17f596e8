import type { InferTensor, ModelInferResponse } from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import { numpyName } from "./metadata.ts";
import { onResponse } from "./rewrite.ts";

type Response = ModelInferResponse;
type Contents = NonNullable<InferTensor["contents"]>;

const mapOutputs = (response: Response, change: (output: InferTensor, index: number) => object) => ({
  ...response,
  outputs: response.outputs.map((output, index) => ({ ...output, ...change(output, index) })),
});

/** The elements of one datatype changed in typed and in raw form, by the field that holds them and by their raw bytes. */
function onValues<Field extends keyof Contents>(
  id: string,
  does: string,
  datatypes: readonly string[],
  field: Field | undefined,
  typed: (value: Contents[Field][number]) => unknown,
  raw: (bytes: Uint8Array) => Uint8Array,
): Mutant {
  return onResponse(id, does, "ModelInfer", (response) => {
    const concerned = (output: InferTensor | undefined) => output !== undefined && datatypes.includes(output.datatype);
    const changed = mapOutputs(response, (output) =>
      concerned(output) && field !== undefined && output.contents
        ? { contents: { [field]: (output.contents[field] as readonly Contents[Field][number][]).map(typed) } }
        : {},
    );
    return {
      ...changed,
      raw_output_contents: response.raw_output_contents.map((bytes, index) =>
        concerned(response.outputs[index]) ? raw(bytes) : bytes,
      ),
    };
  });
}

/** Each element of `size` raw bytes changed through a view on it. */
function eachElement(size: number, change: (view: DataView) => void): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    const copy = bytes.slice();
    for (let at = 0; at + size <= copy.length; at += size) change(new DataView(copy.buffer, at, size));
    return copy;
  };
}

const finite = (value: number) => (Number.isFinite(value) ? value : 0);

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const parts = Array.from({ length: bytes.length / size }, (_, i) => bytes.slice(i * size, (i + 1) * size).reverse());
  return Buffer.concat(parts);
}

const same = (bytes: Uint8Array) => bytes;
const nearTenth = (value: number) => value > 0.09 && value < 0.11;

export const responseMutants: readonly Mutant[] = [
  onValues(
    "inverts-booleans",
    "inverts BOOL elements",
    ["BOOL"],
    "bool_contents",
    (value) => !value,
    eachElement(1, (view) => view.setUint8(0, view.getUint8(0) ^ 1)),
  ),
  onValues(
    "int8-loses-its-sign",
    "drops the sign of INT8 elements",
    ["INT8"],
    "int_contents",
    (value) => Math.min(127, Math.abs(value)),
    same,
  ),
  onValues(
    "int64-through-a-double",
    "lets INT64 elements go through a double",
    ["INT64"],
    "int64_contents",
    (value) => BigInt.asIntN(64, BigInt(Number(value))),
    eachElement(8, (view) => view.setBigInt64(0, BigInt(Number(view.getBigInt64(0, true))), true)),
  ),
  onValues(
    "uint16-cut-to-eight-bits",
    "cuts UINT16 elements to eight bits",
    ["UINT16"],
    "uint_contents",
    (value) => value & 0xff,
    eachElement(2, (view) => view.setUint8(1, 0)),
  ),
  onValues(
    "uint64-loses-its-top-bit",
    "drops the top bit of UINT64 elements",
    ["UINT64"],
    "uint64_contents",
    (value) => BigInt.asUintN(63, value),
    eachElement(8, (view) => view.setUint8(7, view.getUint8(7) & 0x7f)),
  ),
  onValues(
    "fp32-rounded",
    "loses digits of FP32 elements near a tenth",
    ["FP32"],
    "fp32_contents",
    (value) => (nearTenth(value) ? 0.11 : value),
    eachElement(4, (view) => (nearTenth(view.getFloat32(0, true)) ? view.setFloat32(0, 0.11, true) : undefined)),
  ),
  onValues(
    "fp64-narrowed",
    "narrows FP64 elements to single precision",
    ["FP64"],
    "fp64_contents",
    (value) => (Number.isFinite(Math.fround(value)) && Math.abs(value) > 1e-30 ? Math.fround(value) : value),
    eachElement(8, (view) => view.setFloat64(0, Math.fround(view.getFloat64(0, true)), true)),
  ),
  onValues(
    "bytes-lose-their-last-byte",
    "cuts the last byte off BYTES elements",
    ["BYTES"],
    "bytes_contents",
    (value) => (value.length > 1 ? value.slice(0, -1) : value),
    cutBytesElements,
  ),
  onResponse("nan-becomes-zero", "sends 0 for NaN and infinities in typed fields", "ModelInfer", (response) =>
    mapOutputs(response, ({ contents }) =>
      contents
        ? {
            contents: {
              ...contents,
              fp32_contents: contents.fp32_contents.map(finite),
              fp64_contents: contents.fp64_contents.map(finite),
            },
          }
        : {},
    ),
  ),
  onResponse("raw-big-endian", "sends raw INT16 and INT32 elements in big-endian order", "ModelInfer", (response) => ({
    ...response,
    raw_output_contents: response.raw_output_contents.map((entry, index) => {
      const size = { INT16: 2, INT32: 4 }[response.outputs[index]?.datatype ?? ""];
      return size === undefined ? entry : swapped(entry, size);
    }),
  })),
  onValues(
    "halves-rounded",
    "loses the last bits of half-precision elements",
    ["FP16", "BF16"],
    undefined,
    () => 0,
    eachElement(2, (view) => view.setUint8(0, (view.getUint8(0) + 1) & 0xff)),
  ),
  onResponse("numpy-datatypes-in-outputs", "spells datatypes as numpy does in outputs", "ModelInfer", (response) =>
    mapOutputs(response, ({ datatype }) => ({ datatype: numpyName(datatype) })),
  ),
  onResponse("minus-one-in-output-shape", "copies -1 from metadata into output shapes", "ModelInfer", (response) =>
    mapOutputs(response, ({ shape }) => ({ shape: [-1n, ...shape.slice(1)] })),
  ),
  onResponse(
    "one-raw-entry-for-all",
    "sends one raw entry whatever the number of outputs",
    "ModelInfer",
    (response) => ({
      ...response,
      raw_output_contents:
        response.raw_output_contents.length > 1
          ? [Buffer.concat(response.raw_output_contents)]
          : response.raw_output_contents,
    }),
  ),
  onResponse("raw-padded-to-eight", "pads raw entries to eight bytes", "ModelInfer", (response) => ({
    ...response,
    raw_output_contents: response.raw_output_contents.map((entry) =>
      Buffer.concat([entry, new Uint8Array((8 - (entry.length % 8)) % 8)]),
    ),
  })),
  onResponse("raw-cut-short", "leaves the last byte out of raw entries", "ModelInfer", (response) => ({
    ...response,
    raw_output_contents: response.raw_output_contents.map((entry) => entry.subarray(0, -1)),
  })),
  onResponse("raw-and-typed", "fills typed contents beside raw ones", "ModelInfer", (response) =>
    response.raw_output_contents.length === 0
      ? response
      : (mapOutputs(response, () => ({ contents: { fp32_contents: [1] } })) as never),
  ),
  onResponse("int32-in-int64-contents", "sends INT32 elements in int64_contents", "ModelInfer", (response) =>
    mapOutputs(response, ({ datatype, contents }) =>
      datatype === "INT32" && contents ? { contents: { int64_contents: contents.int_contents.map(BigInt) } } : {},
    ),
  ),
  onResponse("fp16-in-fp32-contents", "sends FP16 elements in fp32_contents", "ModelInfer", (response) => {
    const [output] = response.outputs;
    if (output?.datatype !== "FP16") return response;
    return {
      ...response,
      raw_output_contents: [],
      outputs: [{ ...output, contents: { fp32_contents: [1] } }],
    };
  }),
  onResponse("duplicates-the-first-output", "sends the first output twice", "ModelInfer", (response) => ({
    ...response,
    outputs: [...response.outputs.slice(0, 1), ...response.outputs],
    raw_output_contents: [...response.raw_output_contents.slice(0, 1), ...response.raw_output_contents],
  })),
  onResponse("response-without-model-name", "leaves model_name empty", "ModelInfer", (response) => ({
    ...response,
    model_name: "",
  })),
  onResponse(
    "latest-version-whatever-ran",
    "reports the latest version whatever ran",
    "ModelInfer",
    (response, { model_name: name }, world) => ({
      ...response,
      model_version: world.models.get(name)?.versions.at(-1) ?? "",
    }),
  ),
  onResponse("only-the-first-row", "answers only the first row of a batch", "ModelInfer", (response) =>
    mapOutputs(response, ({ shape, contents, datatype }) => {
      if (datatype !== "FP32" || shape[0] !== 3n || !contents) return {};
      return {
        shape: [1n, ...shape.slice(1)],
        contents: { fp32_contents: contents.fp32_contents.slice(0, contents.fp32_contents.length / 3) },
      };
    }),
  ),
  onResponse("rows-reversed", "returns the rows of a batch in reverse order", "ModelInfer", (response) =>
    mapOutputs(response, ({ shape, contents, datatype }) =>
      datatype === "FP32" && shape[0] === 3n && contents
        ? { contents: { fp32_contents: contents.fp32_contents.toReversed() } }
        : {},
    ),
  ),
  onResponse(
    "only-the-first-output",
    "returns only the first output unless outputs are asked for",
    "ModelInfer",
    (response, { outputs }) =>
      outputs.length === 0
        ? {
            ...response,
            outputs: response.outputs.slice(0, 1),
            raw_output_contents: response.raw_output_contents.slice(0, 1),
          }
        : response,
  ),
  onResponse("drops-id", "leaves the id out of the response", "ModelInfer", (response) => ({ ...response, id: "" })),
  onResponse("fresh-id", "answers with an id of its own", "ModelInfer", (response) => ({
    ...response,
    id: "b2c6e1f0",
  })),
];

function cutBytesElements(raw: Uint8Array): Uint8Array {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < raw.length; ) {
    const length = view.getUint32(at, true);
    const kept = length > 1 ? length - 1 : length;
    const prefix = new Uint8Array(4);
    new DataView(prefix.buffer).setUint32(0, kept, true);
    parts.push(prefix, raw.slice(at + 4, at + 4 + kept));
    at += 4 + length;
  }
  return Buffer.concat(parts);
}
