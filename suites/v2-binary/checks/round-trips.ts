import { bitEqual, describeDifference, type Element, expect, given, type ObserveCheck, type Tensor } from "#kit";
import { type clauses, observe } from "../clauses.ts";
import { answerOf, inBinary, infer, inJson, output, outputNamed, tensorOf } from "../messages.ts";

/** How a tensor goes in and comes out. */
type Way = "binary to JSON" | "JSON to binary" | "binary to binary";

interface Row {
  readonly slug: string;
  readonly clause: keyof typeof clauses;
  readonly title: string;
  readonly kills: readonly string[];
  /** Identity models by datatype, the elements to send through each and the ways to send them. */
  readonly values: Readonly<Record<string, readonly Element[]>>;
  readonly ways: readonly Way[];
}

const utf8 = new TextEncoder();
const FLOATS = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0];
const ASYMMETRIC: Row["values"] = {
  INT16: [-2, 0x0102],
  UINT16: [0x0102],
  INT32: [0x01020304, -2],
  UINT32: [0x01020304],
  INT64: [0x01020304050607n],
  UINT64: [0x01020304050607n],
  FP32: [1.5, Math.fround(0.1)],
  FP64: [1.5, 0.1],
};

const ROWS: readonly Row[] = [
  {
    slug: "binary-inputs-are-little-endian",
    clause: "BIN-02",
    title: "Numbers of a binary input are read as little-endian",
    kills: ["v2-binary:reads-unsigned-big-endian"],
    values: ASYMMETRIC,
    ways: ["binary to JSON"],
  },
  {
    slug: "binary-outputs-are-little-endian",
    clause: "BIN-02",
    title: "Numbers of a binary output are written as little-endian",
    kills: ["v2-binary:writes-unsigned-big-endian"],
    values: ASYMMETRIC,
    ways: ["JSON to binary"],
  },
  {
    slug: "integers-keep-their-limits",
    clause: "BIN-02",
    title: "Integers of every size come back the same at their limits",
    kills: [
      "v2-binary:integers-through-doubles",
      "v2-binary:bytes-of-seven-bits",
      "v2-binary:reads-unsigned-big-endian",
      "v2-binary:writes-unsigned-big-endian",
    ],
    values: {
      INT8: [-128, 127, -1],
      UINT8: [0, 255, 128],
      INT16: [-32768, 32767],
      UINT16: [0, 65535],
      INT32: [-(2 ** 31), 2 ** 31 - 1],
      UINT32: [0, 2 ** 32 - 1],
      INT64: [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n],
      UINT64: [0n, 2n ** 64n - 1n, 2n ** 53n + 1n],
    },
    ways: ["binary to binary"],
  },
  {
    slug: "booleans-are-one-byte",
    clause: "BIN-03",
    title: "A binary BOOL is one byte, 1 for true and 0 for false",
    kills: ["v2-binary:booleans-as-digits"],
    values: { BOOL: [true, false, true] },
    ways: ["binary to JSON", "JSON to binary"],
  },
  {
    slug: "bytes-elements-have-lengths",
    clause: "BIN-04",
    title: "A binary BYTES element is a four-byte little-endian length and its bytes",
    kills: ["v2-binary:bytes-lengths-big-endian"],
    values: { BYTES: [utf8.encode(""), utf8.encode("日本"), utf8.encode("a\u0000b")] },
    ways: ["binary to JSON", "JSON to binary"],
  },
  {
    slug: "bytes-elements-hold-any-bytes",
    clause: "BIN-04",
    title: "A binary BYTES element holds any bytes or none",
    kills: ["v2-binary:bytes-through-text", "v2-binary:bytes-lengths-big-endian"],
    values: {
      BYTES: [new Uint8Array(0), Uint8Array.of(0xff, 0x00), Uint8Array.from({ length: 256 }, (_, byte) => byte)],
    },
    ways: ["binary to binary"],
  },
  {
    slug: "non-finite-floats-survive",
    clause: "BIN-25",
    title: "NaN, the infinities and negative zero survive in binary form",
    kills: ["v2-binary:nan-as-zero"],
    values: { FP32: FLOATS, FP64: FLOATS },
    ways: ["binary to binary"],
  },
  {
    slug: "smallest-floats-survive",
    clause: "BIN-25",
    title: "Subnormal floats and the largest ones survive in binary form",
    kills: ["v2-binary:flushes-subnormals"],
    values: {
      FP32: [2 ** -149, -(2 ** -149), 2 ** -126, (2 - 2 ** -23) * 2 ** 127],
      FP64: [Number.MIN_VALUE, -Number.MIN_VALUE, 2 ** -1022, Number.MAX_VALUE],
    },
    ways: ["binary to binary"],
  },
  {
    slug: "bf16-survives",
    clause: "BIN-02",
    title: "BF16 comes back bit for bit",
    kills: ["v2-binary:halves-rounded"],
    values: { BF16: [1.5, -0, 1.0078125, 2 ** 100, 2 ** -126, Number.NEGATIVE_INFINITY] },
    ways: ["binary to binary"],
  },
];

export default ROWS.map(
  ({ slug, values, ways, ...row }): ObserveCheck =>
    observe({
      id: `v2-binary/${slug}`,
      ...row,
      requires: Object.keys(values).map((datatype) => `model:identity_${datatype.toLowerCase()}`),
      async run(context) {
        for (const [datatype, elements] of Object.entries(values)) {
          const tensor: Tensor = { name: "INPUT0", datatype, shape: [1, elements.length], values: elements };
          for (const way of ways) {
            const input = way === "JSON to binary" ? inJson(tensor) : inBinary(tensor);
            const outputs = [output("OUTPUT0", way !== "binary to JSON")];
            const exchange = await context.send(infer(`identity_${datatype.toLowerCase()}`, [input], { outputs }));
            const answered = outputNamed(given, answerOf(given, exchange), "OUTPUT0");
            given.that(way === "binary to JSON" || answered.blob, "a binary output", "JSON", "outputs/OUTPUT0");
            const echoed = tensorOf(expect, answered);
            expect.that(
              bitEqual(echoed, tensor),
              `${datatype} values unchanged`,
              `${describeDifference(echoed, tensor)}, from ${way}`,
              "outputs/OUTPUT0",
            );
          }
        }
      },
    }),
);
