import { type CheckContext, describeAnswer, type Element, given, type ObserveCheck, skip, type Tensor } from "#kit";
import { observe } from "../clauses.ts";
import { FORMS, type Form } from "../forms.ts";
import { expectSame, formsOf, givenServes, isRefusal, type Result } from "../messages.ts";

interface Row {
  readonly slug: string;
  readonly title: string;
  readonly datatype: string;
  readonly values: readonly Element[];
  readonly forms: readonly Form["name"][];
  readonly kills: readonly string[];
}

const ALL = FORMS.map(({ name }) => name);
const WITHOUT_JSON: Row["forms"] = ["raw", "typed", "binary"];
const WITHOUT_TYPED: Row["forms"] = ["raw", "binary", "JSON"];
const SWAPPED = "v2-cross:binary-swaps-bytes";

const utf8 = new TextEncoder();
const SPECIALS = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0];
const limits = (bits: number): readonly number[] => [-(2 ** (bits - 1)), -1, 0, 2 ** (bits - 1) - 1];

const named = (datatype: string): Pick<Row, "slug" | "title" | "datatype"> => ({
  slug: `${datatype.toLowerCase()}-agrees`,
  title: `The same ${datatype} elements give the same result in every form that carries them`,
  datatype,
});

const ROWS: readonly Row[] = [
  { ...named("BOOL"), values: [true, false, true], forms: ALL, kills: ["v2-cross:typed-inverts-booleans"] },
  { ...named("INT8"), values: limits(8), forms: ALL, kills: ["v2-cross:typed-int8-loses-its-sign"] },
  { ...named("INT16"), values: limits(16), forms: ALL, kills: [SWAPPED] },
  { ...named("INT32"), values: limits(32), forms: ALL, kills: [SWAPPED] },
  {
    ...named("INT64"),
    values: [-(2n ** 63n), 2n ** 53n + 1n, 2n ** 63n - 1n],
    forms: ALL,
    kills: [SWAPPED, "v2-cross:json-integers-through-doubles"],
  },
  { ...named("UINT8"), values: [0, 127, 255], forms: ALL, kills: ["v2-cross:raw-uint8-of-seven-bits"] },
  { ...named("UINT16"), values: [0, 258, 65535], forms: ALL, kills: [SWAPPED] },
  { ...named("UINT32"), values: [0, 258, 4294967295], forms: ALL, kills: [SWAPPED] },
  {
    ...named("UINT64"),
    values: [0n, 2n ** 53n + 1n, 2n ** 64n - 1n],
    forms: ALL,
    kills: [SWAPPED, "v2-cross:json-integers-through-doubles"],
  },
  {
    ...named("FP16"),
    values: [1.5, -2, 65504, 2 ** -24],
    forms: WITHOUT_TYPED,
    kills: [SWAPPED, "v2-cross:raw-halves-rounded"],
  },
  {
    ...named("FP32"),
    values: [0.1, 1e-45, 3.4028235e38, -1 / 3].map(Math.fround),
    forms: ALL,
    kills: [SWAPPED, "v2-cross:json-rounds-fp32"],
  },
  {
    ...named("FP64"),
    values: [0.1, 5e-324, 1.7976931348623157e308, -1 / 3],
    forms: ALL,
    kills: [SWAPPED, "v2-cross:json-narrows-fp64"],
  },
  {
    ...named("BF16"),
    values: [1.5, -2, 2 ** 100, 1.0078125],
    forms: WITHOUT_TYPED,
    kills: [SWAPPED, "v2-cross:raw-halves-rounded"],
  },
  {
    ...named("BYTES"),
    values: ["", " a ", "é", "日本", '"\\\n'].map((text) => utf8.encode(text)),
    forms: ALL,
    kills: ["v2-cross:json-trims-text"],
  },
  {
    slug: "fp32-without-a-json-form-agrees",
    title: "NaN, the infinities and the sign of zero are the same in FP32 of every form that has them",
    datatype: "FP32",
    values: SPECIALS,
    forms: WITHOUT_JSON,
    kills: [SWAPPED, "v2-cross:raw-loses-the-sign-of-zero"],
  },
  {
    slug: "fp64-without-a-json-form-agrees",
    title: "NaN, the infinities and the sign of zero are the same in FP64 of every form that has them",
    datatype: "FP64",
    values: SPECIALS,
    forms: WITHOUT_JSON,
    kills: [SWAPPED, "v2-cross:raw-loses-the-sign-of-zero"],
  },
  {
    slug: "bytes-that-are-no-text-agree",
    title: "Bytes that are no UTF-8 text are the same in every form that has them",
    datatype: "BYTES",
    values: [Uint8Array.of(0xff, 0x00, 0x80), Uint8Array.of(0x00)],
    forms: WITHOUT_JSON,
    kills: ["v2-cross:typed-bytes-through-text"],
  },
];

/** Sends the elements in each form that takes them, and compares what comes back. */
async function compareForms(context: CheckContext, { datatype, values, forms }: Row): Promise<void> {
  await givenServes(context);
  const tensor: Tensor = { name: "INPUT0", datatype, shape: [1, values.length], values };
  let first: Result | undefined;
  let taken = 0;
  for (const form of formsOf(context).filter(({ name }) => forms.includes(name))) {
    const exchange = await context.send(form.request(`identity_${datatype.toLowerCase()}`, [tensor]));
    given.answered(exchange);
    // Whether a form must take these elements is for the suite of its binding to say.
    if (isRefusal(exchange)) {
      context.record(`${datatype} ${form.words}`, describeAnswer(exchange));
      continue;
    }
    const result: Result = { form, outputs: form.outputs(given, exchange) };
    given.that(result.outputs.length > 0, "an inference with outputs", "none");
    if (first) expectSame(result, first);
    first ??= result;
    taken += 1;
  }
  if (taken < 2) skip(`the target takes these ${datatype} elements in no two forms`);
}

export default ROWS.map(
  (row): ObserveCheck =>
    observe({
      id: `v2-cross/${row.slug}`,
      title: row.title,
      clause: "V2X-INFER-01",
      requires: [`model:identity_${row.datatype.toLowerCase()}`],
      kills: row.kills,
      run: (context) => compareForms(context, row),
    }),
);
