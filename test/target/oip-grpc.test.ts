import { assert, property, uint8Array } from "fast-check";
import protobuf from "protobufjs";
import { describe, expect, test } from "vitest";
import {
  DATATYPES,
  type Datatype,
  decodeMessage,
  encodeMessage,
  grpcPath,
  inferRequestMessage,
  type Tensor,
  tensorsFromInferResponse,
  tensorToContents,
  toRaw,
} from "../../src/target/index.ts";
import { tensors } from "./tensor-arbitrary.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const TYPED = (Object.keys(DATATYPES) as Datatype[]).filter((name) => DATATYPES[name].contents !== undefined);

function response(outputs: readonly Tensor[], form: "typed" | "raw"): Uint8Array {
  return encodeMessage("ModelInferResponse", {
    model_name: "m",
    outputs: outputs.map((tensor) => ({
      name: tensor.name,
      datatype: tensor.datatype,
      shape: tensor.shape,
      ...(form === "typed" && { contents: tensorToContents(tensor) }),
    })),
    raw_output_contents: form === "raw" ? outputs.map(toRaw) : [],
  });
}

describe("the gRPC codec", () => {
  test("names methods as gRPC paths", () => {
    expect(grpcPath("ModelInfer")).toBe("/inference.GRPCInferenceService/ModelInfer");
  });

  test("carries 64-bit integers exactly, as bigints", () => {
    const bytes = encodeMessage("InferTensorContents", {
      int64_contents: [-(2n ** 63n), 2n ** 53n + 1n, 5],
      uint64_contents: [2n ** 64n - 1n],
    });
    const read = decodeMessage("InferTensorContents", bytes);
    expect(read.int64_contents).toEqual([-(2n ** 63n), 2n ** 53n + 1n, 5n]);
    expect(read.uint64_contents).toEqual([2n ** 64n - 1n]);
  });

  test("refuses to encode integers that do not fit", () => {
    expect(() => encodeMessage("InferParameter", { int64_param: 2n ** 63n })).toThrow(/does not fit int64/);
    expect(() => encodeMessage("InferParameter", { uint64_param: -1n })).toThrow(/does not fit uint64/);
    expect(() => encodeMessage("InferParameter", { int64_param: 1.5 })).toThrow(RangeError);
  });

  test("gives what is unset its default, and leaves unset submessages and oneof members out", () => {
    const bytes = encodeMessage("ModelInferRequest", { inputs: [{ name: "a" }], parameters: { p: {} } });
    expect(decodeMessage("ModelInferRequest", bytes)).toEqual({
      model_name: "",
      model_version: "",
      id: "",
      parameters: { p: {} },
      inputs: [{ name: "a", datatype: "", shape: [], parameters: {} }],
      outputs: [],
      raw_input_contents: [],
    });
  });

  test("tells a set oneof member from an unset one, also at its default", () => {
    const bytes = encodeMessage("ModelInferResponse", {
      parameters: { off: { bool_param: false }, zero: { int64_param: 0 }, none: { string_param: "" } },
    });
    expect(decodeMessage("ModelInferResponse", bytes).parameters).toEqual({
      off: { bool_param: false },
      zero: { int64_param: 0n },
      none: { string_param: "" },
    });
  });

  test("gives bytes as plain Uint8Arrays of their own", () => {
    const bytes = encodeMessage("ModelInferRequest", { raw_input_contents: [utf8("abc"), new Uint8Array(0)] });
    const [first, second] = decodeMessage("ModelInferRequest", bytes).raw_input_contents;
    expect(first).toStrictEqual(utf8("abc"));
    expect(second).toStrictEqual(new Uint8Array(0));
    bytes.fill(0);
    expect(first).toStrictEqual(utf8("abc"));
  });

  test("keeps map keys that objects treat specially", () => {
    const parameters = Object.fromEntries([["constructor", { string_param: "x" }]]);
    const bytes = encodeMessage("ModelInferResponse", { parameters });
    expect(Object.entries(decodeMessage("ModelInferResponse", bytes).parameters)).toEqual([
      ["constructor", { string_param: "x" }],
    ]);
  });

  test("reads repeated numbers that are not packed", () => {
    // Field 2 (int32), wire type 0, three times.
    expect(decodeMessage("InferTensorContents", Uint8Array.of(0x10, 1, 0x10, 2, 0x10, 3)).int_contents).toEqual([
      1, 2, 3,
    ]);
  });

  test("passes over unknown fields", () => {
    const known = encodeMessage("ServerMetadataResponse", { name: "s" });
    const bytes = Uint8Array.of(...known, 0xa2, 0x06, 2, 65, 66);
    expect(decodeMessage("ServerMetadataResponse", bytes)).toEqual({ name: "s", version: "", extensions: [] });
  });

  test.each([
    ["a length beyond the end", Uint8Array.of(0x0a, 0x50, 1)],
    ["an invalid wire type", Uint8Array.of(0x0f)],
    ["an endless varint", new Uint8Array(20).fill(0xff)],
  ])("throws a clear error for %s", (_what, bytes) => {
    expect(() => decodeMessage("ModelInferResponse", bytes)).toThrow(/bytes are no ModelInferResponse: /);
    expect(() => decodeMessage("ModelMetadataResponse", bytes)).toThrow(/bytes are no ModelMetadataResponse: /);
  });

  test("throws nothing but Errors for random bytes", () => {
    assert(
      property(uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          expect(Array.isArray(decodeMessage("ModelInferResponse", bytes).outputs)).toBe(true);
        } catch (thrown) {
          expect((thrown as Error).message).toContain("are no ModelInferResponse");
        }
      }),
    );
  });
});

describe("field 6 of model metadata", () => {
  const mlserver = protobuf
    .parse(
      `syntax = "proto3"; package inference;
    message InferParameter { oneof choice { bool bool_param = 1; int64 int64_param = 2; string string_param = 3; } }
    message ModelMetadataResponse {
      message TensorMetadata { string name = 1; string datatype = 2; repeated int64 shape = 3; map<string, InferParameter> parameters = 4; }
      string name = 1; repeated string versions = 2; string platform = 3;
      repeated TensorMetadata inputs = 4; repeated TensorMetadata outputs = 5; map<string, InferParameter> parameters = 6;
    }`,
      { keepCase: true },
    )
    .root.lookupType("inference.ModelMetadataResponse");

  test("does not disturb reading when it holds parameters, as MLServer sends them", () => {
    const parameters = { content_type: { string_param: "pd" }, warm: { bool_param: true }, n: { int64_param: -1 } };
    const bytes = mlserver
      .encode({
        name: "m",
        platform: "p",
        parameters,
        inputs: [{ name: "x", datatype: "FP32", shape: [-1, 4], parameters }],
      })
      .finish();
    expect(decodeMessage("ModelMetadataResponse", bytes)).toEqual({
      name: "m",
      versions: [],
      platform: "p",
      inputs: [{ name: "x", datatype: "FP32", shape: [-1n, 4n] }],
      outputs: [],
      properties: {},
      hasField6: true,
    });
  });

  test("is noted when it holds the specification's properties", () => {
    const bytes = encodeMessage("ModelMetadataResponse", { name: "m", properties: { a: "b" }, versions: ["1"] });
    expect(decodeMessage("ModelMetadataResponse", bytes)).toMatchObject({
      name: "m",
      versions: ["1"],
      hasField6: true,
    });
  });

  test("is noted as absent", () => {
    expect(
      decodeMessage("ModelMetadataResponse", encodeMessage("ModelMetadataResponse", { name: "m" })).hasField6,
    ).toBe(false);
  });
});

describe("tensors in gRPC messages", () => {
  test.each(TYPED)("survive typed contents: %s", (datatype) => {
    assert(
      property(tensors(datatype), (tensor) => {
        const read = tensorsFromInferResponse(decodeMessage("ModelInferResponse", response([tensor], "typed")));
        expect(read).toEqual({ ok: true, tensors: [tensor] });
      }),
      { numRuns: 30 },
    );
  });

  test.each(Object.keys(DATATYPES) as Datatype[])("survive raw contents: %s", (datatype) => {
    assert(
      property(tensors(datatype), tensors(datatype), (a, b) => {
        const read = tensorsFromInferResponse(decodeMessage("ModelInferResponse", response([a, b], "raw")));
        expect(read).toEqual({ ok: true, tensors: [a, b] });
      }),
      { numRuns: 30 },
    );
  });

  test.each(["FP16", "BF16"])("have no typed form: %s", (datatype) => {
    expect(() => tensorToContents({ name: "a", datatype, shape: [1], values: [1] })).toThrow(/no typed field/);
  });

  const output = (over: object) => ({ name: "o", datatype: "INT32", shape: [2n], parameters: {}, ...over });
  const contents = (over: object) => ({ ...decodeMessage("InferTensorContents", new Uint8Array(0)), ...over });
  test.each([
    [
      "a count that differs from the shape",
      output({ contents: contents({ int_contents: [1] }) }),
      [],
      /1 elements in int_contents/,
    ],
    ["no contents at all", output({}), [], /0 elements in int_contents/],
    [
      "the wrong field",
      output({ contents: contents({ fp32_contents: [1, 2] }) }),
      [],
      /INT32 elements are in fp32_contents/,
    ],
    [
      "both forms",
      output({ contents: contents({ int_contents: [1, 2] }) }),
      [new Uint8Array(8)],
      /both raw contents and int_contents/,
    ],
    ["raw bytes of another size", output({}), [new Uint8Array(7)], /7 raw bytes/],
    [
      "more raw entries than outputs",
      output({}),
      [new Uint8Array(8), new Uint8Array(8)],
      /2 raw contents for 1 outputs/,
    ],
    [
      "a value beyond its datatype",
      output({ datatype: "UINT8", contents: contents({ uint_contents: [1, 256] }) }),
      [],
      /256 is outside/,
    ],
    ["a datatype without a typed field", output({ datatype: "FP16" }), [], /no typed field for datatype FP16/],
    ["a datatype that nobody defines", output({ datatype: "FP8" }), [new Uint8Array(2)], /datatype FP8/],
    ["a negative dimension", output({ shape: [-1n] }), [], /negative dimension/],
  ])("are a problem with %s", (_what, only, raw, problem) => {
    const read = tensorsFromInferResponse({
      outputs: [only],
      raw_output_contents: raw,
    });
    expect(read).toMatchObject({ ok: false, problem: expect.stringMatching(problem) });
  });

  test.each(["typed", "raw"] as const)("make a %s request", (form) => {
    const inputs: Tensor[] = [{ name: "a", datatype: "INT64", shape: [2], values: [1n, -1n] }];
    const message = inferRequestMessage({
      model: "m",
      version: "2",
      id: "7",
      inputs,
      form,
      outputs: ["o"],
      parameters: { p: { int64_param: 3 } },
    });
    const read = decodeMessage("ModelInferRequest", encodeMessage("ModelInferRequest", message));
    expect(read).toMatchObject({
      model_name: "m",
      model_version: "2",
      id: "7",
      parameters: { p: { int64_param: 3n } },
      outputs: [{ name: "o" }],
      inputs: [{ name: "a", datatype: "INT64", shape: [2n] }],
    });
    expect(read.inputs[0]?.contents?.int64_contents).toEqual(form === "typed" ? [1n, -1n] : undefined);
    expect(read.raw_input_contents.map((bytes) => bytes.length)).toEqual(form === "raw" ? [16] : []);
  });
});
