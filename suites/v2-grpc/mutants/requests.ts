import { encodeMessage, type InferTensor, type ModelInferRequest } from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import { onReply, onRequest, onResponse, requestMessage, status } from "./rewrite.ts";

const countOf = ({ shape }: InferTensor) => shape.reduce((product, size) => product * Number(size), 1);
const NAMES = ["INPUT0", "INPUT1"];

function mapInputs(
  message: ModelInferRequest,
  change: (input: InferTensor, index: number) => object,
): ModelInferRequest {
  return { ...message, inputs: message.inputs.map((input, index) => ({ ...input, ...change(input, index) })) };
}

/** The contents with one field replaced. */
function withField(field: string, values: readonly unknown[]): object {
  return { contents: { [field]: values } };
}

function fillMissing(message: ModelInferRequest): ModelInferRequest {
  if (message.model_name !== "addsub" || message.raw_input_contents.length > 0) return message;
  const missing = NAMES.filter((name) => !message.inputs.some((input) => input.name === name));
  const zeros = missing.map((name) => ({
    name,
    datatype: "INT32",
    shape: [1n, 4n],
    parameters: {},
    ...withField("int_contents", [0, 0, 0, 0]),
  }));
  return { ...message, inputs: [...message.inputs, ...(zeros as unknown as InferTensor[])] };
}

function reinterpreted(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setInt32(0, value);
  return view.getFloat32(0);
}

/** The first model of the reference that has versions to choose from, as the checks find it. */
const VERSIONED = "identity_fp32";

function echo(model: string, input: InferTensor): Uint8Array {
  return encodeMessage("ModelInferResponse", { model_name: model, outputs: [{ ...input, name: "OUTPUT0" }] });
}

const isDuplicate = (names: readonly { readonly name: string }[]) =>
  new Set(names.map(({ name }) => name)).size < names.length;

const dropped = { ...status(13, ""), fault: "drop" } as const;

export const requestMutants: readonly Mutant[] = [
  onReply(
    "dies-on-empty-tensors",
    "drops the connection on a tensor of size zero or rank zero",
    ({ method, request }) => {
      const inputs = method === "ModelInfer" ? requestMessage("ModelInfer", request).inputs : [];
      return inputs.some(({ shape }) => shape.length === 0 || shape.includes(0n)) ? dropped : undefined;
    },
  ),
  onReply("dies-on-impossible-shapes", "allocates by the shape it is told and dies", ({ method, request }) => {
    const inputs = method === "ModelInfer" ? requestMessage("ModelInfer", request).inputs : [];
    return inputs.some(({ shape }) => shape.some((size) => size > 1_000_000_000n)) ? dropped : undefined;
  }),
  onReply("dies-on-empty-parameters", "drops the connection on a parameter without a value", ({ method, request }) => {
    const parameters = method === "ModelInfer" ? requestMessage("ModelInfer", request).parameters : {};
    return Object.values(parameters).some((value) => Object.values(value).every((member) => member === undefined))
      ? dropped
      : undefined;
  }),
  onReply(
    "wants-a-version-for-readiness",
    "refuses ModelReady without a version on models that have one",
    ({ method, request, world }) => {
      if (method !== "ModelReady") return undefined;
      const { name, version } = requestMessage("ModelReady", request);
      return version === "" && world.models.has(name) ? status(3, "version is empty") : undefined;
    },
  ),
  onRequest(
    "ignores-a-second-field",
    "reads the right contents field and ignores a second one",
    "ModelInfer",
    (message) =>
      mapInputs(message, ({ datatype, contents }) => {
        const floats = contents?.fp32_contents ?? [];
        return datatype === "FP32" && floats.length > 0 ? withField("fp32_contents", floats) : {};
      }),
  ),
  onRequest("any-name-is-the-first-model", "routes unknown model names to one model", "ModelInfer", (message) =>
    message.model_name === "" || message.model_name === "no-such-model"
      ? { ...message, model_name: "identity_fp32" }
      : message,
  ),
  onRequest("infer-ignores-the-version", "runs the latest version whatever was asked", "ModelInfer", (message) => ({
    ...message,
    model_version: "",
  })),
  onReply(
    "wants-a-version",
    "refuses inference without a version on models that have two",
    ({ method, request, world }) => {
      if (method !== "ModelInfer") return undefined;
      const { model_name: name, model_version: version } = requestMessage("ModelInfer", request);
      const known = world.models.get(name);
      return version === "" && known !== undefined && name === VERSIONED
        ? status(3, "model_version is empty")
        : undefined;
    },
  ),
  onRequest("pads-short-contents", "fills short contents up with zeros", "ModelInfer", (message) =>
    mapInputs(message, (input) => {
      const values = input.contents?.fp32_contents ?? [];
      return values.length > 0 && values.length === countOf(input) - 1
        ? withField("fp32_contents", [...values, 0])
        : {};
    }),
  ),
  onRequest("takes-int-contents-for-floats", "takes int_contents for an FP32 tensor", "ModelInfer", (message) =>
    mapInputs(message, ({ datatype, contents }) =>
      datatype === "FP32" && (contents?.int_contents.length ?? 0) > 0
        ? withField("fp32_contents", contents?.int_contents ?? [])
        : {},
    ),
  ),
  onRequest("zero-fills-missing-contents", "takes zeros for contents that are missing", "ModelInfer", (message) =>
    message.raw_input_contents.length > 0
      ? message
      : mapInputs(message, (input) =>
          input.datatype === "FP32" &&
          (input.contents?.fp32_contents.length ?? 0) === 0 &&
          (input.contents?.int_contents.length ?? 0) === 0
            ? withField(
                "fp32_contents",
                Array.from({ length: countOf(input) }, () => 0),
              )
            : {},
        ),
  ),
  onReply(
    "unknown-output-as-nothing",
    "answers a request for an unknown output with OK and nothing",
    ({ method, request }) => {
      const asked = method === "ModelInfer" ? requestMessage("ModelInfer", request).outputs : [];
      return asked.some(({ name }) => name === "no_such_output")
        ? { ...status(0, ""), messages: [new Uint8Array(0)] }
        : undefined;
    },
  ),
  onRequest("zero-fills-missing-inputs", "takes zeros for inputs that are missing", "ModelInfer", fillMissing),
  onRequest("unknown-datatype-is-fp32", "takes an unknown datatype for FP32", "ModelInfer", (message) =>
    mapInputs(message, ({ datatype }) => (datatype === "FLOAT99" || datatype === "" ? { datatype: "FP32" } : {})),
  ),
  onRequest("reinterprets-integers", "takes INT32 data for FP32 by reinterpreting the bits", "ModelInfer", (message) =>
    message.model_name === "identity_fp32"
      ? mapInputs(message, ({ datatype, contents }) =>
          datatype === "INT32"
            ? { datatype: "FP32", ...withField("fp32_contents", (contents?.int_contents ?? []).map(reinterpreted)) }
            : {},
        )
      : message,
  ),
  onReply("echoes-minus-one", "accepts a dimension of -1 and sends it back", ({ method, request, reply }) => {
    if (method !== "ModelInfer" || reply.status === 0) return undefined;
    const { inputs, model_name: name } = requestMessage("ModelInfer", request);
    const [input] = inputs;
    if (input?.shape[0] !== -1n) return undefined;
    return { ...status(0, ""), messages: [echo(name, input)] };
  }),
  onRequest("wraps-int8", "wraps values that an INT8 cannot hold", "ModelInfer", (message) =>
    mapInputs(message, ({ datatype, contents }) =>
      datatype === "INT8" && (contents?.int_contents ?? []).some((value) => value > 127)
        ? withField(
            "int_contents",
            (contents?.int_contents ?? []).map((value) => (value << 24) >> 24),
          )
        : {},
    ),
  ),
  onReply("echoes-int8-beyond-its-range", "sends an INT8 of 300 back", ({ method, request, reply }) => {
    if (method !== "ModelInfer" || reply.status === 0) return undefined;
    const { inputs, model_name: name } = requestMessage("ModelInfer", request);
    const [input] = inputs;
    const beyond = input?.datatype === "INT8" && input.contents?.int_contents.includes(300);
    return beyond ? { ...status(0, ""), messages: [echo(name, input)] } : undefined;
  }),
  onReply("dies-on-repeated-names", "drops the connection on repeated names", ({ method, request }) => {
    if (method !== "ModelInfer") return undefined;
    const { inputs, outputs } = requestMessage("ModelInfer", request);
    return isDuplicate(inputs) || isDuplicate(outputs) ? { ...status(13, ""), fault: "drop" } : undefined;
  }),
  onRequest(
    "last-raw-entry-for-the-rest",
    "uses the last raw entry for every remaining input",
    "ModelInfer",
    (message) => {
      const { inputs, raw_input_contents: raw } = message;
      const last = raw.at(-1);
      return last && raw.length < inputs.length
        ? { ...message, raw_input_contents: inputs.map((_, index) => raw[index] ?? last) }
        : message;
    },
  ),
  onRequest("cuts-long-raw-data", "cuts raw data down to its shape", "ModelInfer", (message) => ({
    ...message,
    raw_input_contents: message.raw_input_contents.map((entry, index) => {
      const input = message.inputs[index];
      return input?.datatype === "FP32" && entry.length === countOf(input) * 4 + 4 ? entry.slice(0, -4) : entry;
    }),
  })),
  onRequest(
    "prefers-raw-contents",
    "silently prefers raw contents where both forms are given",
    "ModelInfer",
    (message) =>
      message.raw_input_contents.length > 0 ? mapInputs(message, () => ({ contents: undefined })) : message,
  ),
  onRequest("binds-by-position", "binds typed inputs by position", "ModelInfer", (message) =>
    message.model_name === "addsub" && message.inputs.length === 2 && message.raw_input_contents.length === 0
      ? mapInputs(message, (_, index) => ({ name: NAMES[index] }))
      : message,
  ),
  onRequest("pairs-raw-by-sorted-name", "sorts inputs by name before it pairs raw entries", "ModelInfer", (message) =>
    message.raw_input_contents.length === 2
      ? { ...message, inputs: message.inputs.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }
      : message,
  ),
  onReply("refuses-boolean-parameters", "refuses parameters that are booleans", ({ method, request }) => {
    const parameters = method === "ModelInfer" ? requestMessage("ModelInfer", request).parameters : {};
    return Object.values(parameters).some((value) => value.bool_param !== undefined)
      ? status(3, "a parameter is a boolean")
      : undefined;
  }),
  onRequest("column-major", "reads tensors of two dimensions column by column", "ModelInfer", (message) =>
    message.model_name === "rowsum"
      ? mapInputs(message, ({ contents }) => {
          const values = contents?.fp32_contents ?? [];
          return withField(
            "fp32_contents",
            values.map((_, i) => values[(i % 2) * 3 + Math.floor(i / 2)]),
          );
        })
      : message,
  ),
  onResponse(
    "always-the-first-output",
    "answers with the first output's name whichever is asked for",
    "ModelInfer",
    (response, { outputs }) =>
      outputs.length === 1 && outputs[0]?.name === "OUTPUT1"
        ? { ...response, outputs: response.outputs.map((output) => ({ ...output, name: "OUTPUT0" })) }
        : response,
  ),
  onRequest("ignores-requested-outputs", "returns all outputs whatever is asked for", "ModelInfer", (message) =>
    message.outputs.length === 1 && message.outputs[0]?.name === "OUTPUT1" ? { ...message, outputs: [] } : message,
  ),
];
