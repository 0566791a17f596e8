import { type InferTensor, type ModelInferRequest, toRaw } from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import { onReply, onRequest, onResponse, requestMessage, status } from "./rewrite.ts";

const countOf = ({ shape }: InferTensor) => shape.reduce((product, size) => product * Number(size), 1);

function mapInputs(
  message: ModelInferRequest,
  change: (input: InferTensor, index: number) => object,
): ModelInferRequest {
  return { ...message, inputs: message.inputs.map((input, index) => ({ ...input, ...change(input, index) })) };
}

const floats = (values: readonly number[]): object => ({ contents: { fp32_contents: values } });

/** The inputs of addsub with those it does not know handled by `change`; other messages as they are. */
function onAddsub(
  message: ModelInferRequest,
  change: (known: readonly InferTensor[], unknown: readonly InferTensor[]) => readonly object[],
): ModelInferRequest {
  const known = message.inputs.filter(({ name }) => name === "INPUT0" || name === "INPUT1");
  const unknown = message.inputs.filter((input) => !known.includes(input));
  if (message.model_name !== "addsub" || unknown.length === 0) return message;
  return { ...message, inputs: change(known, unknown) as readonly InferTensor[] };
}

/** Raw BYTES with a length that runs beyond the entry cut down to what is there. */
function cutToEntry(raw: Uint8Array): Uint8Array {
  const copy = raw.slice();
  const view = new DataView(copy.buffer);
  for (let at = 0; at + 4 <= copy.length; at += 4 + view.getUint32(at, true))
    view.setUint32(at, Math.min(view.getUint32(at, true), copy.length - at - 4), true);
  return copy;
}

/** FP16 or BF16 inputs in fp32_contents turned into raw form by `values`. */
function halvesFromFloats(
  id: string,
  does: string,
  datatype: "FP16" | "BF16",
  values: (sent: readonly number[]) => readonly number[],
): Mutant {
  return onRequest(id, does, "ModelInfer", (message) => {
    const [input] = message.inputs;
    if (input?.datatype !== datatype || !input.contents) return message;
    const shape = input.shape.map(Number);
    const raw = toRaw({ name: input.name, datatype, shape, values: values(input.contents.fp32_contents) });
    return { ...mapInputs(message, () => ({ contents: undefined })), raw_input_contents: [raw] };
  });
}

export const edgeFormMutants: readonly Mutant[] = [
  onRequest(
    "cuts-bytes-that-overrun",
    "cuts raw BYTES elements to what is left of the entry",
    "ModelInfer",
    (message) =>
      message.inputs[0]?.datatype === "BYTES"
        ? { ...message, raw_input_contents: message.raw_input_contents.map(cutToEntry) }
        : message,
  ),
  onRequest("zero-for-typed-beside-raw", "reads zeros for a typed input beside a raw one", "ModelInfer", (message) => {
    const { inputs, raw_input_contents: raw } = message;
    if (raw.length !== 1 || inputs.length !== 2 || !inputs[0]?.contents) return message;
    return {
      ...mapInputs(message, () => ({ contents: undefined })),
      raw_input_contents: [new Uint8Array(raw[0]?.length ?? 0), ...raw],
    };
  }),
  onRequest("takes-two-forms-that-agree", "accepts raw and typed contents that agree", "ModelInfer", (message) => {
    const [input] = message.inputs;
    const [raw] = message.raw_input_contents;
    if (input?.datatype !== "FP32" || !input.contents || !raw) return message;
    const { name, datatype } = input;
    const typed = toRaw({ name, datatype, shape: input.shape.map(Number), values: input.contents.fp32_contents });
    return Buffer.compare(typed, raw) === 0 ? mapInputs(message, () => ({ contents: undefined })) : message;
  }),
  halvesFromFloats("fp16-typed-becomes-garbage", "reads FP16 from fp32_contents as zeros", "FP16", (sent) =>
    sent.map(() => 0),
  ),
  halvesFromFloats("takes-bf16-typed", "takes BF16 from fp32_contents", "BF16", (sent) => sent),
  onResponse(
    "raw-entries-reversed",
    "sends raw entries in the reverse order of the outputs",
    "ModelInfer",
    (response) =>
      response.outputs.length === 2 && response.outputs[0]?.datatype !== response.outputs[1]?.datatype
        ? { ...response, raw_output_contents: response.raw_output_contents.toReversed() }
        : response,
  ),
  onRequest("spreads-one-value", "spreads a single element over the shape", "ModelInfer", (message) =>
    mapInputs(message, (input) => {
      const [value, ...more] = input.contents?.fp32_contents ?? [];
      return value !== undefined && more.length === 0 && countOf(input) === 4
        ? floats(Array.from({ length: 4 }, () => value))
        : {};
    }),
  ),
  onRequest("drops-surplus-elements", "cuts tensors of a fixed shape down to it", "ModelInfer", (message) =>
    message.model_name === "fixed22"
      ? mapInputs(message, ({ shape, contents }) =>
          shape.length === 2 ? { shape: [2n, 2n], ...floats((contents?.fp32_contents ?? []).slice(0, 4)) } : {},
        )
      : message,
  ),
  onRequest("zero-fills-for-renamed-inputs", "takes zeros for an input of another name", "ModelInfer", (message) =>
    onAddsub(message, (known, unknown) =>
      known.length === 1
        ? [
            ...known,
            ...unknown.map((input) => ({ ...input, name: "INPUT1", contents: { int_contents: [0, 0, 0, 0] } })),
          ]
        : [...known, ...unknown],
    ),
  ),
  onRequest("ignores-surplus-inputs", "ignores inputs that the model does not have", "ModelInfer", (message) =>
    onAddsub(message, (known, unknown) => (known.length === 2 ? known : [...known, ...unknown])),
  ),
  onRequest("upper-cases-datatypes", "upper-cases datatypes before it looks at them", "ModelInfer", (message) =>
    mapInputs(message, ({ datatype }) => ({ datatype: datatype.toUpperCase() })),
  ),
  onReply(
    "no-outputs-for-no-inputs",
    "answers a request without inputs with no outputs",
    ({ method, request, reply }) => {
      if (method !== "ModelInfer" || reply.status === 0) return undefined;
      return requestMessage("ModelInfer", request).inputs.length === 0
        ? { ...status(0, ""), messages: [new Uint8Array(0)] }
        : undefined;
    },
  ),
  onReply("wants-booleans-in-int-contents", "reads int_contents for BOOL", ({ method, request }) => {
    const inputs = method === "ModelInfer" ? requestMessage("ModelInfer", request).inputs : [];
    return inputs.some(({ datatype, contents }) => datatype === "BOOL" && contents !== undefined)
      ? status(3, "int_contents is empty")
      : undefined;
  }),
  onReply("wants-four-bytes-for-raw-uint8", "expects four bytes for a raw UINT8", ({ method, request }) => {
    if (method !== "ModelInfer") return undefined;
    const { inputs, raw_input_contents: raw } = requestMessage("ModelInfer", request);
    const short = inputs.some(
      (input, index) => input.datatype === "UINT8" && (raw[index]?.length ?? 1000) < 4 * countOf(input),
    );
    return short ? status(3, "raw contents are too short") : undefined;
  }),
  onResponse("typed-elements-get-lost", "loses the last element of INT64 contents", "ModelInfer", (response) => ({
    ...response,
    outputs: response.outputs.map((output) =>
      output.datatype === "INT64" && output.contents
        ? { ...output, contents: { int64_contents: output.contents.int64_contents.slice(0, -1) } }
        : output,
    ),
  })),
  onReply("refuses-parameters-of-inputs", "refuses parameters on inputs", ({ method, request }) => {
    const inputs = method === "ModelInfer" ? requestMessage("ModelInfer", request).inputs : [];
    return inputs.some(({ parameters }) => Object.keys(parameters).length > 0)
      ? status(3, "an input has parameters")
      : undefined;
  }),
  onReply("refuses-unknown-parameters", "refuses every parameter that it does not know", ({ method, request }) => {
    if (method !== "ModelInfer") return undefined;
    const { parameters, inputs, outputs } = requestMessage("ModelInfer", request);
    const given = [parameters, ...[...inputs, ...outputs].map((each) => each.parameters)];
    return given.some((each) => "suite_probe" in each) ? status(3, "unknown parameter") : undefined;
  }),
];
