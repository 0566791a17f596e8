import { assert, bigInt, array as fcArray, property, string, uint8Array } from "fast-check";
import { describe, expect, test } from "vitest";
import { type JsonValue, parseFuzzId, readJson, writeJson } from "#kit";
import { asksForLittle, byteChange, changeBytes, changeJson, jsonChange, spell, spelling } from "#kit/fuzz";
import { stackTraceIn } from "../../../src/conformance/fuzz/stack-trace.ts";
import { changeWire, wireChange } from "../../../suites/v2-grpc/fuzz-wire.ts";

describe("the stack of a program", () => {
  test.each([
    ["Python", 'Traceback (most recent call last):\n  File "a.py", line 3, in f\nValueError'],
    ["Python in JSON", String.raw`{"error":"Traceback (most recent call last):\n  File \"a.py\", line 3"}`],
    ["Java", "java.lang.NullPointerException\n\tat org.example.Server.infer(Server.java:42)"],
    ["JavaScript", "TypeError: x\n    at infer (/srv/app/server.js:12:5)\n    at node:internal/process:95:5"],
    ["Go", "panic: index out of range\n\ngoroutine 7 [running]:\nmain.infer()"],
    ["Rust", "thread 'main' panicked at src/main.rs:4:5:\nindex out of bounds"],
    ["C++", "Signal 11\n #0 0x00007f3a in infer () from libserver.so"],
  ])("of %s is seen", (_, text) => {
    expect(stackTraceIn(text)).toBeDefined();
  });

  test.each([
    '{"error":"unexpected token at line 1, column 5"}',
    "input INPUT0 at position 3 (of 4) is wrong",
    "Failed to look at model.js",
    'file "model.py" is not there',
    "Internal Server Error",
  ])("is not seen in %j", (text) => {
    expect(stackTraceIn(text)).toBeUndefined();
  });
});

describe("the id of a finding", () => {
  test("is read, and what is none is told apart", () => {
    expect(parseFuzzId("fuzz/v2-rest/hangs")).toEqual({ suite: "v2-rest", kind: "hangs" });
    for (const id of ["v2-rest/hangs", "fuzz/v2-rest/toString", "fuzz/v2-rest", "fuzz/v2-rest/hangs/x"])
      expect(parseFuzzId(id)).toBeUndefined();
  });
});

const TREE = readJson('{"inputs":[{"name":"a","shape":[1,2],"data":[[1,2]]}],"id":"x"}') as { value: JsonValue };
const NAMES = ["inputs", "shape", "data", "id", "nowhere"];

describe("changes", () => {
  test("of JSON always give a text and say what they did", () => {
    assert(
      property(jsonChange(NAMES, true), (change) => {
        const { tree, says } = changeJson(TREE.value, change);
        expect(says).not.toBe("");
        expect(tree === undefined ? "" : writeJson(tree)).toBeTypeOf("string");
        expect(writeJson(TREE.value)).toBe('{"inputs":[{"name":"a","shape":[1,2],"data":[[1,2]]}],"id":"x"}');
      }),
    );
  });

  test("of a named place stay there when what is beside it goes", () => {
    const change = {
      how: "replace",
      part: "shape",
      item: true,
      nth: 1,
      value: "[]",
      dimension: "-1",
      name: "",
    } as const;
    const text = (tree: string) => writeJson(changeJson((readJson(tree) as { value: JsonValue }).value, change).tree);
    expect(text('{"id":"x","inputs":[{"name":"a","shape":[1,2]}]}')).toBe(
      '{"id":"x","inputs":[{"name":"a","shape":[1,-1]}]}',
    );
    expect(text('{"inputs":[{"shape":[1,2]}]}')).toBe('{"inputs":[{"shape":[1,-1]}]}');
  });

  test("of bytes leave the given ones alone and differ from them", () => {
    assert(
      property(uint8Array({ minLength: 1, maxLength: 50 }), byteChange(), (bytes, change) => {
        const before = Uint8Array.from(bytes);
        expect(Buffer.compare(changeBytes(bytes, change).bytes, before)).not.toBe(0);
        expect(bytes).toEqual(before);
      }),
    );
  });

  test("of protobuf bytes are of a size that a server can take", () => {
    assert(
      property(uint8Array({ maxLength: 50 }), wireChange(false), (bytes, change) => {
        const changed = changeWire(bytes, change);
        expect(changed.bytes.length).toBeLessThan(bytes.length + 2000);
        expect(changed.says).not.toBe("");
      }),
    );
  });
});

describe("a spelling", () => {
  test("changes nothing of what a text means", () => {
    const values = fcArray(string({ unit: "binary", maxLength: 8 }), { maxLength: 4 });
    assert(
      property(values, spelling(), (texts, how) => {
        const value = new Map<string, JsonValue>([
          ["texts", texts],
          ["more", [true, null, TREE.value]],
        ]);
        const read = readJson(spell(value, how));
        expect(read.ok && writeJson((read.value as Map<string, JsonValue>).get("texts"))).toBe(JSON.stringify(texts));
      }),
    );
  });
});

describe("what asks for much memory", () => {
  test("is a shape of more elements than four million, in whatever JSON", () => {
    for (const text of [
      '{"shape":[2147483648]}',
      '{"shape":[1e9,',
      '"shape":[[100000],[100000]]',
      '{"shape":["99999999"]}',
      '"binary_data_size":1099511627776',
    ])
      expect(asksForLittle(text), text).toBe(false);
    for (const text of [
      '{"shape":[1000,-1000]}',
      '{"shape":[1,2],"data":[123456789]}',
      "",
      '{"shape":null}',
      '"binary_data_size":16',
    ])
      expect(asksForLittle(text), text).toBe(true);
  });

  test("is never missed for a plain shape", () => {
    assert(
      property(fcArray(bigInt(-(2n ** 40n), 2n ** 40n), { maxLength: 4 }), (shape) => {
        const elements = shape.reduce((product, size) => product * (size === 0n ? 1n : size < 0n ? -size : size), 1n);
        if (elements > 2n ** 22n) expect(asksForLittle(`{"shape":[${shape.join(",")}]}`)).toBe(false);
      }),
    );
  });
});
