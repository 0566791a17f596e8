import { describeAnswer, describeDifference, type Element, expect, given, type ObserveCheck, type Tensor } from "#kit";
import { type clauses, observe } from "../clauses.ts";
import { givenServes, infer, outputNamed, outputsOf, statusOf } from "../messages.ts";

interface Row {
  readonly slug: string;
  readonly clause: keyof typeof clauses;
  readonly title: string;
  readonly form: "typed" | "raw";
  readonly kills: ObserveCheck["kills"];
  /** By datatype: values that go through the identity model of that datatype. */
  readonly values: Readonly<Record<string, readonly Element[]>>;
}

/** RESOURCE_EXHAUSTED and UNAVAILABLE say nothing about the elements. */
const BUSY = new Set([8, 14]);

const utf8 = new TextEncoder();
const singles = [0.1, -0, 1e-45, 3.4028235e38, -2.5].map(Math.fround);
const doubles = [0.1, -0, 5e-324, 1.7976931348623157e308, 1 / 3];

const ROWS: readonly Row[] = [
  {
    slug: "bool-contents-round-trip",
    clause: "V2GRPC-INFER-06",
    title: "BOOL travels in bool_contents",
    form: "typed",
    kills: ["v2-grpc:inverts-booleans", "v2-grpc:wants-booleans-in-int-contents"],
    values: { BOOL: [true, false, true] },
  },
  {
    slug: "int-contents-round-trip",
    clause: "V2GRPC-INFER-07",
    title: "INT8, INT16 and INT32 travel in int_contents",
    form: "typed",
    kills: ["v2-grpc:int8-loses-its-sign"],
    values: { INT8: [-128, -1, 0, 127], INT16: [-32768, -1, 32767], INT32: [-2147483648, -1, 2147483647] },
  },
  {
    slug: "int64-contents-round-trip",
    clause: "V2GRPC-INFER-08",
    title: "INT64 travels in int64_contents",
    form: "typed",
    kills: ["v2-grpc:int64-through-a-double"],
    values: { INT64: [9007199254740993n, -(2n ** 62n) - 1n, 0n] },
  },
  {
    slug: "uint-contents-round-trip",
    clause: "V2GRPC-INFER-09",
    title: "UINT8, UINT16 and UINT32 travel in uint_contents",
    form: "typed",
    kills: ["v2-grpc:uint16-cut-to-eight-bits"],
    values: { UINT8: [0, 255], UINT16: [0, 65535], UINT32: [0, 4294967295] },
  },
  {
    slug: "uint64-contents-round-trip",
    clause: "V2GRPC-INFER-10",
    title: "UINT64 travels in uint64_contents",
    form: "typed",
    kills: ["v2-grpc:uint64-loses-its-top-bit"],
    values: { UINT64: [0n, 2n ** 63n, 2n ** 64n - 1n] },
  },
  {
    slug: "fp32-contents-round-trip",
    clause: "V2GRPC-INFER-11",
    title: "FP32 travels in fp32_contents",
    form: "typed",
    kills: ["v2-grpc:fp32-rounded"],
    values: { FP32: singles },
  },
  {
    slug: "fp64-contents-round-trip",
    clause: "V2GRPC-INFER-12",
    title: "FP64 travels in fp64_contents",
    form: "typed",
    kills: ["v2-grpc:fp64-narrowed"],
    values: { FP64: doubles },
  },
  {
    slug: "bytes-contents-round-trip",
    clause: "V2GRPC-INFER-13",
    title: "BYTES travels in bytes_contents, one element each",
    form: "typed",
    kills: ["v2-grpc:bytes-lose-their-last-byte"],
    values: { BYTES: ["a", "é", "日本", ""].map((text) => utf8.encode(text)) },
  },
  {
    slug: "non-finite-and-any-bytes-survive",
    clause: "V2GRPC-INFER-30",
    title: "Typed fields carry NaN, infinities, subnormals and bytes that are no text",
    form: "typed",
    kills: ["v2-grpc:nan-becomes-zero", "v2-grpc:bytes-lose-their-last-byte"],
    values: {
      FP32: [Number.NaN, Infinity, -Infinity, Math.fround(1e-45)],
      FP64: [Number.NaN, -Infinity, 5e-324],
      BYTES: [Uint8Array.of(0xff, 0x00, 0x80)],
    },
  },
  {
    slug: "raw-numbers-are-little-endian",
    clause: "V2GRPC-RAW-05",
    title: "Raw numbers are little-endian",
    form: "raw",
    kills: ["v2-grpc:raw-big-endian"],
    values: { INT32: [0x01020304, -2] },
  },
  {
    slug: "raw-booleans-are-bytes",
    clause: "V2GRPC-RAW-06",
    title: "A raw BOOL is one byte per element",
    form: "raw",
    kills: ["v2-grpc:inverts-booleans"],
    values: { BOOL: [true, false, true] },
  },
  {
    slug: "raw-bytes-have-lengths",
    clause: "V2GRPC-RAW-07",
    title: "Raw BYTES elements are each a four-byte length and the bytes",
    form: "raw",
    kills: ["v2-grpc:bytes-lose-their-last-byte"],
    values: { BYTES: [utf8.encode(""), Uint8Array.of(0xff, 0x00), utf8.encode("a")] },
  },
  {
    slug: "raw-fp16-round-trips",
    clause: "V2GRPC-RAW-08",
    title: "FP16 travels in raw form, bit for bit",
    form: "raw",
    kills: ["v2-grpc:halves-rounded"],
    values: { FP16: [1.5, -2, 65504, 2 ** -24] },
  },
  {
    slug: "raw-bf16-round-trips",
    clause: "V2GRPC-RAW-09",
    title: "BF16 travels in raw form, bit for bit",
    form: "raw",
    kills: ["v2-grpc:halves-rounded"],
    values: { BF16: [1.5, -2, 2 ** 100] },
  },
  {
    slug: "raw-numbers-round-trip",
    clause: "V2GRPC-RAW-10",
    title: "Every datatype travels in raw form at its size in the table",
    form: "raw",
    kills: [
      "v2-grpc:raw-big-endian",
      "v2-grpc:fp64-narrowed",
      "v2-grpc:int64-through-a-double",
      "v2-grpc:uint64-loses-its-top-bit",
      "v2-grpc:uint16-cut-to-eight-bits",
      "v2-grpc:fp32-rounded",
      "v2-grpc:wants-four-bytes-for-raw-uint8",
    ],
    values: {
      UINT8: [0, 7],
      INT8: [-5],
      INT16: [-2],
      UINT16: [40000],
      UINT32: [7],
      INT32: [7],
      INT64: [9007199254740993n],
      UINT64: [2n ** 63n],
      FP32: [Math.fround(0.1)],
      FP64: [0.1],
    },
  },
];

export default ROWS.map(
  ({ slug, values, form, ...row }): ObserveCheck =>
    observe({
      id: `v2-grpc/${slug}`,
      ...row,
      requires: Object.keys(values).map((datatype) => `model:identity_${datatype.toLowerCase()}`),
      async run(context) {
        await givenServes(context);
        for (const [datatype, elements] of Object.entries(values)) {
          const tensor: Tensor = { name: "INPUT0", datatype, shape: [1, elements.length], values: elements };
          const exchange = await context.send(infer(`identity_${datatype.toLowerCase()}`, [tensor], { form }));
          const code = statusOf(given, exchange);
          given.that(!BUSY.has(code), "a server with room for a call", describeAnswer(exchange));
          expect.that(code === 0, `${datatype} values are taken`, describeAnswer(exchange));
          const difference = describeDifference(outputNamed(given, outputsOf(given, exchange), "OUTPUT0"), tensor);
          expect.that(difference === undefined, `${datatype} values unchanged`, difference ?? "", "outputs/OUTPUT0");
        }
      },
    }),
);
