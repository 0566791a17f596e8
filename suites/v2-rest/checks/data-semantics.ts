import {
  type CheckContext,
  type Datatype,
  describeAnswer,
  describeDifference,
  type Element,
  type Exchange,
  expect,
  given,
  type HttpRequest,
  nest,
  type ObserveCheck,
  ordinaryElement,
  type Tensor,
  tensorToJsonData,
} from "#kit";
import { type clauses, observe } from "../clauses.ts";
import { infer, inferBody, inferBytes, needs, outputNamed, outputsOf, subject, tensorsFor } from "../messages.ts";

interface Row {
  readonly slug: string;
  readonly clause: keyof typeof clauses;
  readonly title: string;
  readonly kills: ObserveCheck["kills"];
  /** Refusing the values only warns; changing them still fails. */
  readonly refusalWarns?: true;
  /** By datatype: values that go through the identity model of that datatype. */
  readonly values: Readonly<Record<string, readonly Element[]>>;
}

const utf8 = new TextEncoder();
const limits = (bits: number, signed: boolean) =>
  signed ? [-(2 ** (bits - 1)), -1, 0, 1, 2 ** (bits - 1) - 1] : [0, 1, 2 ** bits - 1];

/** Values that survive an identity model, exactly. */
const ROUND_TRIPS: readonly Row[] = [
  {
    slug: "bool-round-trips",
    clause: "V2REST-DATA-11",
    title: "BOOL elements come back as they were sent",
    kills: ["v2-rest:inverts-booleans"],
    values: { BOOL: [true, false, true] },
  },
  {
    slug: "small-integers-round-trip",
    clause: "V2REST-DATA-12",
    title: "Integers of 8, 16 and 32 bits come back exactly at their limits",
    kills: ["v2-rest:int8-as-uint8"],
    values: {
      INT8: limits(8, true),
      INT16: limits(16, true),
      INT32: limits(32, true),
      UINT8: limits(8, false),
      UINT16: limits(16, false),
      UINT32: limits(32, false),
    },
  },
  {
    slug: "large-integers-round-trip",
    clause: "V2REST-DATA-13",
    title: "64-bit integers come back exactly, beyond 2^53 too",
    kills: ["v2-rest:integers-through-doubles"],
    refusalWarns: true,
    values: {
      INT64: [9007199254740993n, -(2n ** 63n), 2n ** 63n - 1n],
      UINT64: [9007199254740993n, 0n, 2n ** 64n - 1n],
    },
  },
  {
    slug: "single-floats-round-trip",
    clause: "V2REST-DATA-15",
    title: "FP32 values come back to the nearest single",
    kills: ["v2-rest:six-significant-digits"],
    values: { FP32: [0.1, 1e-45, 3.4028235e38, 16777217, 1.0000001].map(Math.fround) },
  },
  {
    slug: "double-floats-round-trip",
    clause: "V2REST-DATA-16",
    title: "FP64 values come back exactly",
    kills: ["v2-rest:narrows-doubles", "v2-rest:six-significant-digits"],
    values: { FP64: [0.1, 1 / 3, 5e-324, 1.7976931348623157e308] },
  },
  {
    slug: "text-round-trips",
    clause: "V2REST-DATA-18",
    title: "BYTES elements are JSON strings and come back as the same text",
    kills: ["v2-rest:bytes-as-base64"],
    values: { BYTES: ["a", "é", "日本", "😀", "tab\t", 'quote"'].map((text) => utf8.encode(text)) },
  },
];

const roundTrip = ({ slug, values, refusalWarns, ...row }: Row): ObserveCheck =>
  observe({
    id: `v2-rest/${slug}`,
    ...row,
    requires: Object.keys(values).map((datatype) => `model:identity_${datatype.toLowerCase()}`),
    async run(context) {
      for (const [datatype, elements] of Object.entries(values) as [Datatype, readonly Element[]][]) {
        const model = `identity_${datatype.toLowerCase()}`;
        const ordinary: Tensor = { name: "INPUT0", datatype, shape: [1, 1], values: [ordinaryElement(datatype)] };
        outputNamed(given, outputsOf(given, await context.send(infer(model, inferBody([ordinary])))), "OUTPUT0");
        // The model takes ordinary values, so a refusal is about these.
        const tensor: Tensor = { ...ordinary, shape: [1, elements.length], values: elements };
        const exchange = await context.send(infer(model, inferBody([tensor])));
        if (refusalWarns && (exchange.head?.status ?? 0) >= 400)
          context.warn(`${datatype} values are refused: ${describeAnswer(exchange)}`);
        else judgeUnchanged(exchange, tensor);
      }
    },
  });

function judgeUnchanged(exchange: Exchange, tensor: Tensor): void {
  expect.status(exchange, 200);
  const output = outputNamed(given, outputsOf(given, exchange, { anyRange: true }), "OUTPUT0");
  const difference = describeDifference(output, tensor);
  expect.that(
    difference === undefined,
    `${tensor.datatype} values unchanged`,
    difference ?? "",
    "/outputs/OUTPUT0/data",
  );
}

const rowMajor = observe({
  id: "v2-rest/elements-are-in-row-major-order",
  title: "Elements are in row-major order",
  clause: "V2REST-DATA-01",
  requires: ["model:rowsum", "model:identity_fp32"],
  kills: ["v2-rest:transposes-nested-data", "v2-rest:column-major", "v2-rest:rows-reversed"],
  async run(context) {
    const tensor: Tensor = { name: "INPUT0", datatype: "FP32", shape: [2, 3], values: [1, 2, 4, 8, 16, 32] };
    const [input] = inferBody([tensor]).inputs;
    const exchange = await context.send(
      infer("rowsum", { inputs: [{ ...input, data: nest(tensor.shape, tensorToJsonData(tensor)) }] }),
    );
    const sums = outputNamed(given, outputsOf(given, exchange), "OUTPUT0");
    given.equal(sums.shape, [2]);
    expect.equal(sums.values.map(Number), [7, 56], "/outputs/OUTPUT0/data");
    const same = outputNamed(
      given,
      outputsOf(given, await context.send(infer("identity_fp32", inferBody([tensor])))),
      "OUTPUT0",
    );
    given.equal(same.shape, tensor.shape);
    expect.equal(same.values, tensor.values, "/outputs/OUTPUT0/data");
  },
});

const FORMS: Tensor = { name: "INPUT0", datatype: "FP32", shape: [2, 3], values: [1, 2, 3, 4, 5, 6] };

/** The same request with its data flat, and nested like their shapes. */
function bothForms(context: CheckContext): { readonly flat: HttpRequest; readonly nested: HttpRequest } {
  const about = subject(context, "identity_fp32");
  const body = inferBody(tensorsFor(context, about, [FORMS], 2));
  needs(
    body.inputs.some(({ shape }) => shape.length > 1),
    "an input of rank two",
  );
  const inputs = body.inputs.map((input) => ({ ...input, data: nest(input.shape, input.data as readonly never[]) }));
  return { flat: infer(about.model.name, body), nested: infer(about.model.name, { ...body, inputs }) };
}

const acceptsForm = (form: "nested" | "flat", clause: "V2REST-DATA-03" | "V2REST-DATA-04"): ObserveCheck =>
  observe({
    id: `v2-rest/${form}-data-is-accepted`,
    title: `Data may be ${form === "nested" ? "nested like its shape" : "one flat list"}`,
    clause,
    kills: [`v2-rest:refuses-${form}-data`],
    async run(context) {
      const forms = bothForms(context);
      // The other form is accepted, so that a refusal is about the form.
      given.status(await context.send(form === "nested" ? forms.flat : forms.nested), 200);
      const exchange = await context.send(forms[form]);
      expect.status(exchange, 200);
      given.that(outputsOf(given, exchange).length > 0, "an output", "none");
    },
  });

const sameTensor = observe({
  id: "v2-rest/nested-and-flat-data-mean-the-same",
  title: "Nested and flat data are the same tensor",
  clause: "V2REST-DATA-05",
  kills: ["v2-rest:transposes-nested-data"],
  async run(context) {
    const { flat, nested } = bothForms(context);
    const [once, ...more] = await inTurn(context, subject(context, "identity_fp32").known ? [flat] : [flat, flat]);
    given.that(once && once.length > 0, "outputs", "none");
    for (const again of more) given.equal(again.map(valuesOf), once.map(valuesOf));
    const [fromNested = []] = await inTurn(context, [nested]);
    for (const output of once)
      expect.equal(
        valuesOf(outputNamed(given, fromNested, output.name)),
        valuesOf(output),
        `/outputs/${output.name}/data`,
      );
  },
});

const valuesOf = ({ values }: Tensor) => values.map((value) => (value instanceof Uint8Array ? [...value] : value));

async function inTurn(
  context: CheckContext,
  requests: readonly HttpRequest[],
): Promise<readonly (readonly Tensor[])[]> {
  const outputs: (readonly Tensor[])[] = [];
  for (const request of requests) outputs.push(outputsOf(given, await context.send(request)));
  return outputs;
}

const numberSpellings = observe({
  id: "v2-rest/all-json-numbers-are-accepted",
  title: "Exponents, negative zero and integers are accepted as float elements",
  clause: "V2REST-DATA-21",
  requires: ["model:identity_fp32"],
  kills: ["v2-rest:refuses-integers-for-floats"],
  async run(context) {
    given.status(await context.send(infer("identity_fp32", inferBody([FORMS]))), 200);
    const body = new TextEncoder().encode(
      '{"inputs":[{"name":"INPUT0","datatype":"FP32","shape":[1,4],"data":[1,1e2,-0,1E-2]}]}',
    );
    const exchange = await context.send(inferBytes("identity_fp32", body));
    expect.status(exchange, 200);
    const output = outputNamed(given, outputsOf(given, exchange), "OUTPUT0");
    given.equal(output.values.map(Number).map(Math.abs), [1, 100, 0, Math.fround(0.01)]);
  },
});

export default [
  rowMajor,
  acceptsForm("nested", "V2REST-DATA-03"),
  acceptsForm("flat", "V2REST-DATA-04"),
  sameTensor,
  ...ROUND_TRIPS.map(roundTrip),
  numberSpellings,
];
