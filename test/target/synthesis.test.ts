import { assert, constantFrom, integer, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import {
  bitEqual,
  DATATYPES,
  type Datatype,
  decodeMessage,
  elementCount,
  encodeMessage,
  fromRaw,
  largeTensor,
  type ModelInfo,
  readJson,
  rowsOfCaller,
  synthesise,
  type Tensor,
  type TensorSpec,
  takesBatches,
  tensorFromJson,
  tensorToContents,
  tensorToJsonData,
  toRaw,
  writeJson,
} from "../../src/target/index.ts";

const ALL = Object.keys(DATATYPES) as Datatype[];
const random = () => seededRandom(7, "synthesis");

function model(inputs: readonly TensorSpec[], over: Partial<ModelInfo> = {}): ModelInfo {
  return { name: "m", versions: [], inputs, outputs: [], fixture: false, foundBy: [], ...over };
}

const input = (datatype: string, ...shape: readonly number[]): TensorSpec => ({ name: "x", datatype, shape });

describe.each(ALL)("%s inputs", (datatype) => {
  test("are carried exactly by JSON and by raw form, whatever the seed", () => {
    assert(
      property(integer(), integer({ min: 0, max: 4 }), (seed, batch) => {
        const [tensor] = synthesise(model([input(datatype, -1, 3)]), { random: seededRandom(seed), batch });
        expect(tensor).toMatchObject({ name: "x", datatype, shape: [batch, 3] });
        const json = readJson(writeJson({ ...tensor, values: undefined, data: tensorToJsonData(tensor as Tensor) }));
        const read = json.ok && tensorFromJson(json.value);
        expect(read && read.ok && bitEqual(read.tensor, tensor as Tensor)).toBe(true);
        expect(fromRaw(tensor as Tensor, toRaw(tensor as Tensor))).toEqual({ ok: true, tensor });
      }),
    );
  });
});

const TYPED = ALL.filter((datatype) => DATATYPES[datatype].contents !== undefined);

test.each(TYPED)("%s inputs are carried exactly by typed gRPC contents", (datatype) => {
  const [tensor] = synthesise(model([input(datatype, 2, 2)]), { random: random() });
  const bytes = encodeMessage("InferTensorContents", tensorToContents(tensor as Tensor));
  const field = DATATYPES[datatype].contents as keyof ReturnType<typeof decodeMessage<"InferTensorContents">>;
  expect(decodeMessage("InferTensorContents", bytes)[field]).toEqual(tensor?.values);
});

test("the same seed gives the same tensors, another seed gives others", () => {
  const inputs = ALL.map((datatype) => ({ name: datatype, datatype, shape: [-1, -1] }));
  const tensors = (seed: number) => synthesise(model(inputs), { random: seededRandom(seed), batch: 4 });
  expect(tensors(1)).toEqual(tensors(1));
  expect(tensors(1)).not.toEqual(tensors(2));
});

test("variable dimensions get the batch first and small sizes elsewhere, fixed ones stay", () => {
  assert(
    property(constantFrom(-1, 0, 1, 5), constantFrom(-1, 0, 3), (first, second) => {
      const [tensor] = synthesise(model([input("INT8", first, second)]), { random: random(), batch: 6, dimension: 4 });
      expect(tensor?.shape).toEqual([first === -1 ? 6 : first, second === -1 ? 4 : second]);
      expect(tensor?.values).toHaveLength(elementCount(tensor?.shape ?? []));
    }),
  );
});

test("without a batch a variable first dimension is 1 and others are 2", () => {
  expect(synthesise(model([input("FP32", -1, -1, -1)]), { random: random() })[0]?.shape).toEqual([1, 2, 2]);
  expect(synthesise(model([input("FP32")]), { random: random() })[0]).toMatchObject({
    shape: [],
    values: [expect.any(Number)],
  });
});

test("the request that the user gave is sent as it is", () => {
  const sample: readonly Tensor[] = [{ name: "y", datatype: "BOOL", shape: [1], values: [true] }];
  expect(synthesise(model([input("FP32", -1)], { sample }), { random: random(), batch: 9 })).toBe(sample);
});

test("a datatype that nobody defines is refused by name", () => {
  expect(() => synthesise(model([input("FP8", 1)]), { random: random() })).toThrow(
    expect.objectContaining({ code: "UNSUPPORTED", message: expect.stringContaining("FP8") }),
  );
});

test.each([
  ["every input starts with a variable dimension", [input("FP32", -1, 4), input("INT8", -1)], true],
  ["one input does not", [input("FP32", -1, 4), input("INT8", 4)], false],
  ["the first dimension is fixed", [input("FP32", 1, -1)], false],
  ["an input is a scalar", [input("FP32")], false],
  ["no input is known", [], false],
])("where %s, whether it takes batches is %s", (_what, inputs, takes) => {
  expect(takesBatches(model(inputs as readonly TensorSpec[]))).toBe(takes);
});

test("the rows of callers are all different, and exact in single precision", () => {
  const rows = Array.from({ length: 64 }, (_, caller) => rowsOfCaller(caller).values);
  expect(new Set(rows.flat()).size).toBe(64 * 8);
  expect(rows.flat().every((value) => Math.fround(Number(value)) === value)).toBe(true);
});

test.each([12, 14, 16])("no chunk of 2^%i bytes of a large tensor is like the next one", (bits) => {
  const raw = Buffer.from(toRaw(largeTensor(1_000_000)));
  expect(raw.length).toBe(1_000_000);
  const size = 2 ** bits;
  expect(raw.subarray(0, size).equals(raw.subarray(size, 2 * size))).toBe(false);
});
