import { type Accept, describeAnswer, describeDifference, expect, type Tensor, tensorToJsonData, toRaw } from "#kit";
import { refuse } from "../clauses.ts";
import { answerOf, inBinary, infer, outputNamed, refusesClientFault, tensorOf, withBlob } from "../messages.ts";

const TENSOR: Tensor = { name: "INPUT0", datatype: "FP32", shape: [1, 2], values: [1.5, -2.25] };
const OTHER: Tensor = { ...TENSOR, values: [7, 8] };
const RAW = toRaw(TENSOR);
const MODEL = "identity_fp32";
const requires = [`model:${MODEL}`];
const utf8 = new TextEncoder();

const longer = (bytes: number) => new Uint8Array(Buffer.concat([RAW, Buffer.alloc(bytes)]));
const ofLength = (name: string, blob: Uint8Array) => ({ name, request: () => infer(MODEL, [withBlob(TENSOR, blob)]) });
const declaring = (name: string, size: unknown) => ({
  name,
  request: () => infer(MODEL, [withBlob(TENSOR, RAW, size)]),
});

/** What a server made of a request that it did not refuse. */
function outputOf(answer: Parameters<Accept>[0]): Tensor {
  return tensorOf(expect, outputNamed(expect, answerOf(expect, answer), "OUTPUT0"));
}

/** A size in text can only mean one thing, so taking it warns where the values are right. */
const acceptsText: Accept = (answer, scene) => {
  if (answer.head?.status !== 200) return refusesClientFault(answer, scene);
  const difference = describeDifference(outputOf(answer), TENSOR);
  expect.that(difference === undefined, "a refusal, or the values that were sent", difference ?? "");
  scene.context.warn("accepts an invalid request: binary_data_size as text");
};

/** Either of the two contents may be chosen with a warning; anything else is invented. */
const acceptsEither: Accept = (answer, scene) => {
  if (answer.head?.status !== 200) return refusesClientFault(answer, scene);
  const answered = outputOf(answer);
  const chosen = [TENSOR, OTHER].some((each) => describeDifference(answered, each) === undefined);
  expect.that(chosen, "a refusal, or one of the two contents", `other values (${describeAnswer(answer)})`);
  scene.context.warn("accepts an invalid request: an input with both data and binary_data_size");
};

const both = infer(MODEL, [{ json: { ...withBlob(TENSOR, RAW).json, data: tensorToJsonData(OTHER) }, blob: RAW }]);

const TEXTS: Tensor = {
  name: "INPUT0",
  datatype: "BYTES",
  shape: [1, 2],
  values: [utf8.encode("ab"), utf8.encode("c")],
};
const framed = (...lengths: readonly (readonly [length: number, text: string])[]) =>
  new Uint8Array(
    Buffer.concat(lengths.flatMap(([length, text]) => [Buffer.from([length, 0, 0, 0]), Buffer.from(text)])),
  );
const framing = (name: string, blob: Uint8Array) => ({
  name,
  request: () => infer("identity_bytes", [withBlob(TEXTS, blob)]),
});

export default [
  refuse({
    id: "v2-binary/size-must-fit-the-shape",
    title: "binary_data_size other than what shape and datatype call for is refused",
    clause: "BIN-16",
    requires,
    kills: ["v2-binary:bends-blobs-to-the-shape"],
    control: () => infer(MODEL, [inBinary(TENSOR)]),
    defects: [
      ofLength("one byte less", RAW.slice(0, -1)),
      ofLength("one byte more", longer(1)),
      ofLength("one element less", RAW.slice(0, -4)),
      ofLength("one element more", longer(4)),
    ],
    accept: refusesClientFault,
  }),
  refuse({
    id: "v2-binary/size-must-be-an-integer",
    title: "binary_data_size that is fractional or negative is refused",
    clause: "BIN-21",
    requires,
    kills: ["v2-binary:rounds-sizes", { mutant: "v2-binary:sizes-from-text", as: "warn" }],
    control: () => infer(MODEL, [inBinary(TENSOR)]),
    defects: [
      declaring("a fraction", 8.5),
      declaring("a negative number", -8),
      { ...declaring("text", "8"), accept: acceptsText },
    ],
    accept: refusesClientFault,
  }),
  refuse({
    id: "v2-binary/data-beside-binary-data-is-refused",
    title: "An input with data and binary_data_size at once is refused",
    clause: "BIN-20",
    requires,
    kills: [
      { mutant: "v2-binary:takes-data-before-bytes", as: "warn" },
      { mutant: "v2-binary:takes-bytes-before-data", as: "warn" },
    ],
    control: () => infer(MODEL, [inBinary(TENSOR)]),
    defects: [{ name: "both", request: () => both }],
    accept: acceptsEither,
  }),
  refuse({
    id: "v2-binary/bytes-framing-must-fit",
    title: "BYTES whose lengths overrun their bytes, or whose number is not that of the shape, are refused",
    clause: "BIN-31",
    requires: ["model:identity_bytes"],
    kills: ["v2-binary:mends-bytes-elements"],
    control: () => infer("identity_bytes", [inBinary(TEXTS)]),
    defects: [
      framing("a length that overruns", framed([2, "ab"], [200, "c"])),
      framing("one element less", framed([2, "ab"])),
      framing("one element more", framed([2, "ab"], [1, "c"], [1, "d"])),
    ],
    accept: refusesClientFault,
  }),
];
