import { describeDifference, type Encodable, expect, given, type InferTensorContents, type Tensor } from "#kit";
import { observe, refuse } from "../clauses.ts";
import { A, addsub, B, rawWith, warnsWhenRight } from "../known-requests.ts";
import { answerOf, infer, inferWith, outputNamed, outputsOf, refusesClientFault } from "../messages.ts";

const utf8 = new TextEncoder();
const WORDS: Tensor = {
  name: "INPUT0",
  datatype: "BYTES",
  shape: [1, 2],
  values: [utf8.encode("one"), utf8.encode("two")],
};

/** The four bytes before the last element say one more than there is. */
function overrun(raw: readonly Uint8Array[]): readonly Uint8Array[] {
  return raw.map((entry) => {
    const copy = entry.slice();
    const at = copy.length - 7;
    copy[at] = (copy[at] as number) + 1;
    return copy;
  });
}

const overruns = refuse({
  id: "v2-grpc/raw-bytes-stay-within-their-entry",
  title: "A raw BYTES element whose length runs beyond the entry is refused",
  clause: "V2GRPC-RAW-07",
  requires: ["model:identity_bytes"],
  kills: ["v2-grpc:cuts-bytes-that-overrun"],
  control: () => infer("identity_bytes", [WORDS], { form: "raw" }),
  defects: [
    { name: "a length beyond the entry", request: () => rawWith(overrun, "identity_bytes", [WORDS]) },
    {
      name: "a length that is cut off",
      request: () => rawWith((raw) => raw.map((entry) => entry.slice(0, 9)), "identity_bytes", [WORDS]),
    },
  ],
  accept: refusesClientFault,
});

const mixedForms = refuse({
  id: "v2-grpc/one-raw-and-one-typed-input-are-not-mixed-up",
  title: "A request with one raw and one typed input is refused",
  clause: "V2GRPC-RAW-04",
  requires: ["model:addsub"],
  kills: ["v2-grpc:zero-for-typed-beside-raw"],
  control: () => addsub("raw"),
  defects: [
    {
      name: "INPUT0 typed, INPUT1 raw",
      request: () =>
        inferWith("addsub", [A, B], (message) => ({
          ...message,
          inputs: (message.inputs ?? []).map((input, index) =>
            index === 0 ? input : { ...input, contents: undefined },
          ),
          raw_input_contents: infer32(B),
        })),
    },
  ],
  accept: warnsWhenRight("raw and typed inputs in one request are accepted"),
});

function infer32({ values }: Tensor): readonly Uint8Array[] {
  return [new Uint8Array(new Int32Array(values.map(Number)).buffer)];
}

const typedHalf = (
  datatype: "FP16" | "BF16",
  clause: "V2GRPC-RAW-08" | "V2GRPC-RAW-09",
  kills: Parameters<typeof refuse>[0]["kills"],
) => {
  const model = `identity_${datatype.toLowerCase()}`;
  const tensor: Tensor = { name: "INPUT0", datatype, shape: [1, 2], values: [1.5, -2] };
  const contents: Encodable<InferTensorContents> = { fp32_contents: [1.5, -2] };
  return refuse({
    id: `v2-grpc/typed-${datatype.toLowerCase()}-is-refused`,
    title: `${datatype} elements in a typed field are refused`,
    clause,
    requires: [`model:${model}`],
    kills,
    control: () => infer(model, [tensor], { form: "raw" }),
    defects: [
      {
        name: `fp32_contents for ${datatype}`,
        request: () =>
          inferWith(model, [tensor], (message) => ({
            ...message,
            inputs: (message.inputs ?? []).map((input) => ({ ...input, contents })),
            raw_input_contents: [],
          })),
      },
    ],
    accept: warnsWhenRight(`${datatype} is accepted in fp32_contents`),
  });
};

const order = observe({
  id: "v2-grpc/raw-contents-are-in-the-order-of-outputs",
  title: "Raw contents, where used, are in the order of the outputs",
  clause: "V2GRPC-RESP-04",
  requires: ["model:two_out"],
  kills: ["v2-grpc:raw-entries-reversed"],
  async run(context) {
    const tensor: Tensor = { name: "INPUT0", datatype: "FP32", shape: [2, 2], values: [0.5, 1.5, 2.5, 3.5] };
    const exchange = await context.send(infer("two_out", [tensor], { form: "raw" }));
    const outputs = outputsOf(given, exchange);
    const form = answerOf(given, "ModelInfer", exchange).raw_output_contents.length > 0 ? "raw" : "typed";
    context.record("form of the response", form);
    const rows = outputNamed(given, outputs, "OUTPUT1");
    given.equal(rows.shape, [2]);
    const difference = describeDifference(outputNamed(given, outputs, "OUTPUT0"), tensor);
    // A typed response has no order to keep.
    expect.that(
      form === "typed" || difference === undefined,
      "the data of OUTPUT0",
      difference ?? "",
      "raw_output_contents",
    );
  },
});

export default [
  overruns,
  mixedForms,
  typedHalf("FP16", "V2GRPC-RAW-08", ["v2-grpc:fp16-typed-becomes-garbage"]),
  typedHalf("BF16", "V2GRPC-RAW-09", [{ mutant: "v2-grpc:takes-bf16-typed", as: "warn" }]),
  order,
];
