import { array, assert, constantFrom, property, uint8Array } from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bitEqual,
  DATATYPES,
  type Datatype,
  frame,
  framedTensors,
  listOf,
  splitAt,
  type Tensor,
  tensorToJsonData,
  toRaw,
} from "../../src/target/index.ts";
import { elements, tensors } from "./tensor-arbitrary.ts";

const text = elements("BYTES").map((bytes) =>
  new TextEncoder().encode(Buffer.from(bytes as Uint8Array).toString("hex")),
);
const anyTensor = constantFrom(...(Object.keys(DATATYPES) as Datatype[])).chain((datatype) =>
  tensors(datatype, datatype === "BYTES" ? text : elements(datatype, false)),
);

function framed(all: readonly (readonly [tensor: Tensor, binary: boolean])[]) {
  const list = all.map(([{ name, datatype, shape, values }, binary]) => ({
    name,
    datatype,
    shape,
    ...(binary
      ? { parameters: { binary_data_size: toRaw({ name, datatype, shape, values }).length } }
      : { data: tensorToJsonData({ name, datatype, shape, values }) }),
  }));
  return frame(
    { outputs: list },
    all.flatMap(([tensor, binary]) => (binary ? [toRaw(tensor)] : [])),
  );
}

describe("a body with binary data", () => {
  test("gives every tensor back bit for bit, in JSON or in binary", () => {
    const mixed = array(anyTensor.chain((tensor) => constantFrom([tensor, true] as const, [tensor, false] as const)));
    assert(
      property(mixed, (all) => {
        const { body, jsonLength } = framed(all);
        const split = splitAt(String(jsonLength), body);
        if ("problem" in split) throw new Error(split.problem);
        const read = framedTensors(listOf(split.json, "outputs"), split.rest);
        expect(read.length).toBe(all.length);
        for (const [index, [tensor, binary]] of all.entries()) {
          const found = read[index]?.read;
          expect(found?.ok && bitEqual(found.tensor, tensor)).toBe(true);
          expect(read[index]?.blob !== undefined).toBe(binary);
        }
      }),
    );
  });

  test("that is cut short says how much of the tensor arrived", () => {
    const tensor: Tensor = { name: "x", datatype: "FP32", shape: [2], values: [1, 2] };
    const { body, jsonLength } = framed([[tensor, true]]);
    const split = splitAt(String(jsonLength), body.slice(0, -3));
    if ("problem" in split) throw new Error(split.problem);
    expect(framedTensors(listOf(split.json, "outputs"), split.rest)[0]?.read).toEqual({
      ok: false,
      problem: "5 of 8 bytes arrived",
    });
  });

  test("never throws, whatever its bytes and its header", () => {
    assert(
      property(uint8Array(), constantFrom(undefined, "0", "1", "-1", "x", "99999"), (body, header) => {
        const split = splitAt(header, body);
        if (!("problem" in split)) framedTensors(listOf(split.json, "outputs"), split.rest);
      }),
    );
  });
});
