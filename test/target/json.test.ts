import { anything, array, assert, bigInt, constantFrom, integer, json, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import {
  JsonNumber,
  type JsonObject,
  readJson,
  toBigInt,
  toNumber,
  toPlain,
  writeJson,
} from "../../src/target/index.ts";

/** Texts that are nearly JSON: its tokens in any order. */
const tokens = array(
  constantFrom(
    ..."{ } [ ] : , true false null 0 -0 01 1. .5 1e5 1E+05 -1 - + 1e 0x1 NaN Infinity".split(" "),
    '"a"',
    '"',
    '"\\u00e9"',
    '"\\x"',
    '"\\u12"',
    '"\t"',
    " ",
    "\n",
    "\u00a0",
    "\ufeff",
    "//",
    "'a'",
  ),
  { maxLength: 8 },
).map((parts) => parts.join(""));

/** What JSON.parse says, in a form that can be compared; objects without a prototype. */
function parsed(text: string): { readonly ok: boolean; readonly value?: unknown } {
  try {
    return { ok: true, value: withoutPrototypes(JSON.parse(text)) };
  } catch {
    return { ok: false };
  }
}

function withoutPrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototypes);
  if (typeof value !== "object" || value === null) return value;
  return Object.assign(
    Object.create(null),
    Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutPrototypes(member)])),
  );
}

function ours(text: string) {
  const read = readJson(text);
  return read.ok ? { ok: true, value: toPlain(read.value) } : { ok: false };
}

describe("reading JSON", () => {
  test("gives what JSON.parse gives for every valid text", () => {
    assert(
      property(json(), (text) => {
        expect(ours(text)).toEqual(parsed(text));
      }),
    );
  });

  test("accepts and rejects the texts that JSON.parse accepts and rejects", () => {
    assert(
      property(tokens, (text) => {
        expect(ours(text)).toEqual(parsed(text));
      }),
      { numRuns: 3000 },
    );
  });

  test("agrees with JSON.parse about valid texts with one character changed", () => {
    assert(
      property(json(), string({ minLength: 1, maxLength: 1 }), (text, character) => {
        const at = Math.floor(text.length / 2);
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        expect(ours(changed)).toEqual(parsed(changed));
      }),
      { numRuns: 1000 },
    );
  });

  test("gives the same from bytes and from text", () => {
    assert(
      property(json(), (text) => {
        expect(readJson(new TextEncoder().encode(text))).toEqual(readJson(text));
      }),
    );
  });

  test("keeps numbers as they are written", () => {
    const read = readJson("[9007199254740993, -0, 1e2, 1.10]");
    expect(read.ok && (read.value as readonly JsonNumber[]).map(({ text }) => text)).toEqual([
      "9007199254740993",
      "-0",
      "1e2",
      "1.10",
    ]);
  });

  test("keeps member names that objects treat specially", () => {
    const read = readJson('{"__proto__": 1, "constructor": 2}');
    expect(read.ok && [...(read.value as JsonObject).keys()]).toEqual(["__proto__", "constructor"]);
  });

  test("takes the last of members with the same name, and says where there are more", () => {
    const read = readJson('{"a":1,"b":[{"x/y":1},{"x/y":1,"x/y":2}],"a":{"k":1,"k":2},"m~":1,"m~":3}');
    expect(read.ok && writeJson(read.value)).toBe('{"a":{"k":2},"b":[{"x/y":1},{"x/y":2}],"m~":3}');
    expect(read.ok && read.duplicates).toEqual(["/b/1/x~1y", "/a", "/a/k", "/m~0"]);
  });

  test("takes NaN and infinities only when asked to", () => {
    expect(readJson("[NaN, -Infinity]").ok).toBe(false);
    const read = readJson("[NaN, Infinity, -Infinity]", { nonFinite: true });
    expect(read.ok && toPlain(read.value)).toEqual([Number.NaN, Infinity, -Infinity]);
  });

  test.each([
    ["bytes that are no UTF-8", Uint8Array.of(0x22, 0xff, 0x22), /not UTF-8/],
    ["a byte order mark", Uint8Array.of(0xef, 0xbb, 0xbf, 0x31), /at character 0/],
    ["nothing", "", /expected a value at character 0, found the end/],
    ["endless nesting", "[".repeat(100_000), /at most 512 levels/],
  ])("tells what is wrong with %s", (_what, source, problem) => {
    expect(readJson(source)).toMatchObject({ ok: false, problem: expect.stringMatching(problem) });
  });
});

describe("JSON numbers", () => {
  test("are integers however they are spelled", () => {
    assert(
      property(bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), integer({ min: 0, max: 30 }), (value, shift) => {
        const scaled = value * 10n ** BigInt(shift);
        expect(toBigInt(new JsonNumber(String(value)))).toBe(value);
        expect(toBigInt(new JsonNumber(`${value}e${shift}`))).toBe(scaled);
        expect(toBigInt(new JsonNumber(`${scaled}.000E-${shift}`))).toBe(value);
      }),
    );
  });

  test.each([
    ["-0", 0n],
    ["0.000e5", 0n],
    ["0e999999999", 0n],
    ["1.5e1", 15n],
    ["18446744073709551615.0", 2n ** 64n - 1n],
    ["0.5", undefined],
    ["15e-2", undefined],
    ["1e-400", undefined],
    ["1e999999999", undefined],
    ["NaN", undefined],
    ["-Infinity", undefined],
  ])("%s as an integer is %s", (text, value) => {
    expect(toBigInt(new JsonNumber(text))).toBe(value);
  });

  test("are doubles, tokens included", () => {
    expect(["-0", "1e400", "0.1", "NaN", "-Infinity"].map((text) => toNumber(new JsonNumber(text)))).toEqual([
      -0,
      Infinity,
      0.1,
      Number.NaN,
      -Infinity,
    ]);
  });
});

describe("writing JSON", () => {
  test("writes back what was read, apart from white space and escapes", () => {
    assert(
      property(json(), (text) => {
        const read = readJson(text);
        expect(read.ok && JSON.parse(writeJson(read.value))).toEqual(JSON.parse(text));
        expect(read.ok && readJson(writeJson(read.value))).toEqual(read);
      }),
    );
  });

  test("writes plain values as JSON.stringify would, where that is without loss", () => {
    const values = anything({ withBigInt: false, maxDepth: 3 }).map(
      (value) => JSON.parse(JSON.stringify(value) ?? "null") as unknown,
    );
    assert(
      property(values, (value) => {
        expect(writeJson(value)).toBe(JSON.stringify(value));
      }),
    );
  });

  test("writes what JSON.stringify loses", () => {
    expect(writeJson({ a: 2n ** 64n, b: -0, c: new JsonNumber("1.50"), d: undefined, e: [Number.NaN] })).toBe(
      '{"a":18446744073709551616,"b":-0,"c":1.50,"e":[NaN]}',
    );
  });
});
