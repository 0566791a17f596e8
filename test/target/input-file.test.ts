import { expect, test } from "vitest";
import { parseInputFile } from "../../src/target/index.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

test("the tensors of a V2 inference request are read", () => {
  const bytes = utf8(
    '{"id":"1","inputs":[{"name":"a","datatype":"FP32","shape":[1,2],"data":[[1.5,2]]},{"name":"b","datatype":"INT64","shape":[1],"data":[9007199254740993]}]}',
  );
  expect(parseInputFile(bytes)).toEqual([
    { name: "a", datatype: "FP32", shape: [1, 2], values: [1.5, 2] },
    { name: "b", datatype: "INT64", shape: [1], values: [9007199254740993n] },
  ]);
});

test.each([
  ["rows of numbers", "[[1, 2.5], [3, 4]]", { datatype: "FP64", shape: [2, 2], values: [1, 2.5, 3, 4] }],
  ["integers", "[1, -9223372036854775808]", { datatype: "INT64", shape: [2], values: [1n, -(2n ** 63n)] }],
  ["integers beyond 64 bits", "[9223372036854775808]", { datatype: "FP64", shape: [1], values: [2 ** 63] }],
  ["whole numbers written as floats", "[[1.0]]", { datatype: "FP64", shape: [1, 1], values: [1] }],
  ["strings", '[["a"], ["é"]]', { datatype: "BYTES", shape: [2, 1], values: [utf8("a"), utf8("é")] }],
  ["booleans", "[true, false]", { datatype: "BOOL", shape: [2], values: [true, false] }],
])("the instances of a V1 request are read: %s", (_what, instances, tensor) => {
  expect(parseInputFile(utf8(`{"instances":${instances}}`))).toEqual([{ name: "input-0", ...tensor }]);
});

test.each([
  ["not JSON", "inputs", /it is not JSON: expected a value/],
  ["no object", "[]", /no "inputs"/],
  ["no inputs", '{"data":[1]}', /no "inputs" and no "instances"/],
  ["instances that are objects", '{"instances":[{"a":1}]}', /all numbers, all strings or all booleans/],
  ["instances of several kinds", '{"instances":[[1,"a"]]}', /all numbers, all strings or all booleans/],
  ["rows of different length", '{"instances":[[1],[1,2]]}', /nested unevenly/],
  ["rows beside values", '{"instances":[[1],1]}', /nested unevenly/],
  ["empty inputs", '{"inputs":[]}', /no "inputs"/],
  [
    "a broken tensor",
    '{"inputs":[{"name":"a","datatype":"FP32","shape":[2],"data":[1]}]}',
    /\/inputs\/0\/data: data has 1 elements/,
  ],
  ["inputs that are no tensors", '{"inputs":[1]}', /\/inputs\/0: a tensor must be an object/],
])("a file with %s is refused as a mistake of use, with an example", (_what, text, message) => {
  expect(() => parseInputFile(utf8(text))).toThrow(
    expect.objectContaining({
      code: "USAGE",
      message: expect.stringMatching(message),
      hint: expect.stringContaining('"inputs"'),
    }),
  );
});
