import { type Arbitrary, array, constantFrom, nat, record } from "fast-check";
import type { Encodable, InferTensor, InferTensorContents, ModelInferRequest } from "#kit";

type Message = Encodable<ModelInferRequest>;
type Input = Encodable<InferTensor>;

/** One change of an inference request whose message stays a message. */
export interface MessageChange {
  readonly how: keyof typeof EDITS;
  readonly shape: readonly bigint[];
  readonly text: string;
  readonly number: number;
}

const TEXTS = [
  "",
  "x",
  "FP32",
  "INT64",
  "BYTES",
  "fp32",
  "INPUT1",
  "OUTPUT1",
  "\u0000",
  "\r\nx: y",
  "ä€😀",
  "1",
  "-1",
  "x".repeat(5000),
];
const SIZES = [-1n, 0n, 1n, 2n, 3n, 1000n, -1000n];
const HUGE_SIZES = [2n ** 31n, 2n ** 32n, 2n ** 40n, 2n ** 62n, -(2n ** 63n)];

export function messageChange(dangerous: boolean): Arbitrary<MessageChange> {
  return record({
    how: constantFrom(...(Object.keys(EDITS) as (keyof typeof EDITS)[])),
    shape: array(constantFrom(...SIZES, ...(dangerous ? HUGE_SIZES : [])), { maxLength: 4 }),
    text: constantFrom(...TEXTS),
    number: nat({ max: 15 }),
  });
}

/** The changed message, and what was done to it in words. */
export function changeMessage(
  message: Message,
  change: MessageChange,
): { readonly message: Message; readonly says: string } {
  return EDITS[change.how](message, change);
}

type Edit = (
  message: Message,
  change: Omit<MessageChange, "how">,
) => { readonly message: Message; readonly says: string };

function onInput(
  says: (change: Omit<MessageChange, "how">) => string,
  edit: (input: Input, change: Omit<MessageChange, "how">) => Input,
): Edit {
  return (message, change) => ({
    message: {
      ...message,
      inputs: (message.inputs ?? []).map((input, index) => (index === 0 ? edit(input, change) : input)),
    },
    says: says(change),
  });
}

function onRaw(
  says: string,
  edit: (raw: readonly Uint8Array[], change: Omit<MessageChange, "how">) => readonly Uint8Array[],
): Edit {
  return (message, change) => ({
    message: { ...message, raw_input_contents: edit(message.raw_input_contents ?? [], change) },
    says,
  });
}

const quoted = (text: string) => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

const FIELDS: readonly Encodable<InferTensorContents>[] = [
  {},
  { fp32_contents: [1] },
  { fp64_contents: [Number.NaN] },
  { int_contents: [1, 2] },
  { int64_contents: [-1n] },
  { uint_contents: [1] },
  { uint64_contents: [1n] },
  { bool_contents: [true] },
  { bytes_contents: [new Uint8Array(0), Uint8Array.of(0xff)] },
  { fp32_contents: [1], int_contents: [1] },
];

const PARAMETERS = [
  {},
  { double_param: 1.5 },
  { uint64_param: 2n ** 64n - 1n },
  { int64_param: -(2n ** 63n) },
  { string_param: "\u0000" },
];

const EDITS = {
  shape: onInput(
    ({ shape }) => `shape [${shape.join(",")}]`,
    (input, { shape }) => ({ ...input, shape }),
  ),
  datatype: onInput(
    ({ text }) => `datatype ${quoted(text)}`,
    (input, { text }) => ({ ...input, datatype: text }),
  ),
  inputName: onInput(
    ({ text }) => `input name ${quoted(text)}`,
    (input, { text }) => ({ ...input, name: text }),
  ),
  contents: onInput(
    ({ number }) => `contents in ${Object.keys(FIELDS[number % FIELDS.length] ?? {}).join(" and ") || "no field"}`,
    (input, { number }) => ({ ...input, contents: FIELDS[number % FIELDS.length] }),
  ),
  noContents: onInput(
    () => "no contents",
    (input) => ({ ...input, contents: undefined }),
  ),
  parameters: onInput(
    ({ number }) =>
      `an input parameter ${Object.keys(PARAMETERS[number % PARAMETERS.length] ?? {})[0] ?? "without value"}`,
    (input, { number, text }) => ({ ...input, parameters: { [text]: PARAMETERS[number % PARAMETERS.length] ?? {} } }),
  ),
  noInputs: (message) => ({ message: { ...message, inputs: [] }, says: "no inputs" }),
  inputTwice: (message) => ({
    message: { ...message, inputs: [...(message.inputs ?? []), ...(message.inputs ?? [])] },
    says: "every input twice",
  }),
  rawMissing: onRaw("one raw entry too few", (raw) => raw.slice(1)),
  rawSurplus: onRaw("a raw entry too many", (raw, { number }) => [...raw, new Uint8Array(number)]),
  rawCut: onRaw("a raw entry cut short", ([first, ...rest], { number }) => [
    (first ?? new Uint8Array(0)).subarray(0, number),
    ...rest,
  ]),
  model: (message, { text }) => ({ message: { ...message, model_name: text }, says: `model ${quoted(text)}` }),
  version: (message, { text }) => ({ message: { ...message, model_version: text }, says: `version ${quoted(text)}` }),
  id: (message, { text }) => ({ message: { ...message, id: text }, says: `id ${quoted(text)}` }),
  output: (message, { text }) => ({
    message: { ...message, outputs: [{ name: text }, { name: text }] },
    says: `output ${quoted(text)} twice`,
  }),
} as const satisfies Record<string, Edit>;
