import { assert, double, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "../../src/target/index.ts";

const CODES = Array.from({ length: 0x10000 }, (_, code) => code);
const POSITIVE_INFINITY = { float16: 0x7c00, bfloat16: 0x7f80 };

/** The nearest code by search among all finite magnitudes, ties to the even code; values beyond all are infinite from half a step on. */
function nearest(value: number, decode: (code: number) => number, infinity: number): number {
  const magnitude = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  let low = 0;
  let high = infinity;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (decode(middle) <= magnitude) low = middle;
    else high = middle;
  }
  // The step above the largest finite number has the size of the one below it.
  const above = high === infinity ? 2 * decode(low) - decode(low - 1) : decode(high);
  const fromLow = magnitude - decode(low);
  const fromHigh = above - magnitude;
  const code = fromLow < fromHigh || (fromLow === fromHigh && low % 2 === 0) ? low : high;
  return sign | code;
}

describe.each([
  ["binary16", fromFloat16, toFloat16, POSITIVE_INFINITY.float16],
  ["bfloat16", fromBfloat16, toBfloat16, POSITIVE_INFINITY.bfloat16],
])("%s", (_name, decode, encode, infinity) => {
  test("survives a round trip, all 65536 codes", () => {
    const changed = CODES.filter((code) => {
      const value = decode(code);
      return Number.isNaN(value) ? !Number.isNaN(decode(encode(value))) : encode(value) !== code;
    });
    expect(changed).toEqual([]);
  });

  test("has NaN exactly where the exponent is full and the fraction is not zero", () => {
    expect(CODES.filter((code) => Number.isNaN(decode(code)) !== (code & 0x7fff) > infinity)).toEqual([]);
  });

  test("grows with its codes", () => {
    const finite = CODES.slice(0, infinity + 1);
    expect(finite.filter((code) => code > 0 && !(decode(code) > decode(code - 1)))).toEqual([]);
    expect(decode(infinity)).toBe(Infinity);
  });

  test("rounds half-way values to the even neighbour, and values beside them to the nearest", () => {
    const wrong = CODES.slice(0, infinity - 1).filter((code) => {
      const middle = (decode(code) + decode(code + 1)) / 2;
      const step = decode(code + 1) - decode(code);
      const even = code % 2 === 0 ? code : code + 1;
      return encode(middle) !== even || encode(middle - step / 8) !== code || encode(middle + step / 8) !== code + 1;
    });
    expect(wrong).toEqual([]);
  });

  test("rounds any single to the nearest code", () => {
    const range = decode(infinity - 1) * 1.1;
    const singles = double({ min: -range, max: range, noNaN: true }).map(Math.fround).filter(Number.isFinite);
    assert(
      property(singles, (value) => {
        expect(encode(value)).toBe(nearest(value, decode, infinity));
      }),
      { numRuns: 2000 },
    );
    const small = double({ min: -100, max: 100, noNaN: true }).map(Math.fround);
    assert(
      property(small, (value) => {
        expect(encode(value)).toBe(nearest(value, decode, infinity));
      }),
      { numRuns: 2000 },
    );
  });

  test("keeps the sign of zero, and takes infinities", () => {
    expect([encode(0), encode(-0), encode(Infinity), encode(-Infinity)]).toEqual([
      0,
      0x8000,
      infinity,
      0x8000 | infinity,
    ]);
    expect(Object.is(decode(0x8000), -0)).toBe(true);
  });
});

test("doubles between singles are rounded once", () => {
  // The nearest single lies half-way between two bfloat16 values, and from there ties would go down.
  expect(toBfloat16(1 + 2 ** -8 + 2 ** -40)).toBe(0x3f81);
  expect(toBfloat16(2 ** -134 * (1 + 2 ** -30))).toBe(1);
  expect(toBfloat16(Number.MAX_VALUE)).toBe(0x7f80);
  expect(toFloat16(1 + 2 ** -11 + 2 ** -50)).toBe(0x3c01);
  expect([toFloat16(Number.MIN_VALUE), toBfloat16(-Number.MIN_VALUE)]).toEqual([0, 0x8000]);
});

test("known numbers have their known codes", () => {
  expect([1, -2, 65504, 2 ** -24, 2 ** -14, 0.1].map(toFloat16)).toEqual([0x3c00, 0xc000, 0x7bff, 1, 0x0400, 0x2e66]);
  expect([1, -2, 3.140625, 0.1].map(toBfloat16)).toEqual([0x3f80, 0xc000, 0x4049, 0x3dcd]);
  expect([65519.99, 65520].map(toFloat16)).toEqual([0x7bff, 0x7c00]);
});
