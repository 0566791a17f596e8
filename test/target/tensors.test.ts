import { assert, property } from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bitEqual,
  DATATYPES,
  type Datatype,
  describeDifference,
  fromRaw,
  type JsonValue,
  nest,
  readJson,
  type Tensor,
  tensorFromJson,
  tensorToJsonData,
  toRaw,
  writeJson,
} from "../../src/target/index.ts";
import { elements, tensors } from "./tensor-arbitrary.ts";

const ALL = Object.keys(DATATYPES) as Datatype[];

function throughJson(tensor: Tensor, data: unknown) {
  const { name, datatype, shape } = tensor;
  const read = readJson(writeJson({ name, datatype, shape, data }));
  if (!read.ok) throw new Error(read.problem);
  return tensorFromJson(read.value);
}

/** In JSON, BYTES elements are text. */
function jsonElements(datatype: Datatype) {
  const element = elements(datatype, false);
  if (datatype !== "BYTES") return element;
  return element.map((value) => new TextEncoder().encode(Buffer.from(value as Uint8Array).toString("latin1")));
}

describe.each(ALL)("%s tensors", (datatype) => {
  test("survive raw form bit by bit", () => {
    assert(
      property(tensors(datatype), (tensor) => {
        const raw = toRaw(tensor);
        const { size } = DATATYPES[datatype];
        if (size > 0) expect(raw.length).toBe(size * tensor.values.length);
        const read = fromRaw(tensor, raw);
        expect(read).toEqual({ ok: true, tensor });
        expect(read.ok && describeDifference(read.tensor, tensor)).toBe(undefined);
      }),
    );
  });

  test("survive JSON bit by bit, flat and nested", () => {
    assert(
      property(tensors(datatype, jsonElements(datatype)), (tensor) => {
        const data = tensorToJsonData(tensor);
        for (const form of [data, [nest(tensor.shape, data)].flat()]) {
          const read = throughJson(tensor, form);
          expect(read.ok && describeDifference(read.tensor, tensor)).toBe(undefined);
        }
      }),
    );
  });

  test("are refused when raw bytes are cut short or too many", () => {
    const tensor: Tensor = { name: "t", datatype, shape: [2], values: sample(datatype) };
    const raw = toRaw(tensor);
    expect(fromRaw(tensor, raw)).toMatchObject({ ok: true });
    expect(fromRaw(tensor, raw.slice(0, -1))).toMatchObject({ ok: false });
    expect(fromRaw(tensor, Uint8Array.of(...raw, 0))).toMatchObject({ ok: false });
  });
});

function sample(datatype: Datatype): Tensor["values"] {
  const { kind, size } = DATATYPES[datatype];
  if (kind === "bytes") return [Uint8Array.of(1, 2), Uint8Array.of(3)];
  if (kind === "boolean") return [true, false];
  return kind === "integer" && size === 8 ? [1n, 2n] : [1, 2];
}

describe("reading tensors from JSON", () => {
  const read = (members: object) =>
    tensorFromJson(
      (
        readJson(writeJson({ name: "t", datatype: "INT32", shape: [2], data: [1, 2], ...members })) as {
          value: JsonValue;
        }
      ).value,
    );

  test("takes integers however they are written", () => {
    const value = readJson('{"name":"t","datatype":"INT64","shape":[4],"data":[7, 7.0, 7e0, 9223372036854775807]}');
    expect(value.ok && tensorFromJson(value.value)).toMatchObject({
      tensor: { values: [7n, 7n, 7n, 9223372036854775807n] },
    });
  });

  test.each([
    ["a missing name", { name: undefined }, "/name"],
    ["an unknown datatype", { datatype: "int32" }, "/datatype"],
    ["a shape that is no array", { shape: 2 }, "/shape"],
    ["a negative dimension", { shape: [-2] }, "/shape"],
    ["a fractional dimension", { shape: [2.5] }, "/shape"],
    ["data that is no array", { data: 1 }, "/data"],
    ["too few elements", { data: [1] }, "/data"],
    ["a string among integers", { data: [1, "2"] }, "/data/1"],
    ["a fraction among integers", { data: [1.5, 2] }, "/data/0"],
    ["an integer beyond the datatype", { data: [1, 2147483648] }, "/data/1"],
    ["a float beyond the datatype", { datatype: "FP16", data: [1, 1e6] }, "/data/1"],
    ["a number among booleans", { datatype: "BOOL", data: [true, 1] }, "/data/1"],
    ["a number among BYTES", { datatype: "BYTES", data: ["a", 1] }, "/data/1"],
    [
      "a null in nested data",
      {
        shape: [2, 2],
        data: [
          [1, 2],
          [[3], null],
        ],
      },
      "/data/1/1",
    ],
    ["an object in unevenly nested data", { shape: [3], data: [[], [[1]], 2, {}] }, "/data/3"],
  ])("says where the problem is with %s", (_what, members, at) => {
    expect(read(members)).toMatchObject({ ok: false, at });
  });

  test("lets integers beyond the datatype through for a comparison", () => {
    const value = readJson('{"name":"t","datatype":"UINT8","shape":[1],"data":[256]}');
    expect(value.ok && tensorFromJson(value.value, { anyRange: true })).toMatchObject({ tensor: { values: [256] } });
  });
});

test("FP32 elements are written with the fewest digits that give the same single", () => {
  const values = [0.1, 16777216, 1e-45, 3.4028234663852886e38, 1.17549435e-38, 0.30000001192092896].map(Math.fround);
  expect(writeJson(tensorToJsonData({ name: "t", datatype: "FP32", shape: [6], values }))).toBe(
    "[0.1,16777216,1e-45,3.4028235e+38,1.1754944e-38,0.3]",
  );
});

test("BYTES elements that are UTF-8 keep a byte order mark in JSON", () => {
  const tensor: Tensor = { name: "t", datatype: "BYTES", shape: [1], values: [Uint8Array.of(0xef, 0xbb, 0xbf, 0x41)] };
  expect(tensorToJsonData(tensor)).toEqual(["\ufeffA"]);
});

test("differing BYTES elements never look the same", () => {
  const of = (...bytes: number[]): Tensor => ({
    name: "t",
    datatype: "BYTES",
    shape: [1],
    values: [Uint8Array.from(bytes)],
  });
  expect(describeDifference(of(0x61), of(0x62))).toBe('element 0 is "a", not "b"');
  expect(describeDifference(of(0xff), of(0xfe))).toBe("element 0 is 0xff, not 0xfe");
});

test("differences are those of datatype, shape and bits, not of names", () => {
  const one: Tensor = { name: "a", datatype: "FP32", shape: [2], values: [0, Number.NaN] };
  expect(bitEqual(one, { ...one, name: "b" })).toBe(true);
  expect(describeDifference({ ...one, values: [-0, Number.NaN] }, one)).toBe("element 0 is -0, not 0");
  expect(describeDifference({ ...one, shape: [1, 2] }, one)).toBe("shape [1,2] for [2]");
  expect(describeDifference({ ...one, datatype: "FP64" }, one)).toBe("datatype FP64 for FP32");
});
