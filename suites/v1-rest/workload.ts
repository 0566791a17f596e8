import {
  bitEqual,
  FIXTURES,
  InfermarkError,
  JsonNumber,
  type JsonValue,
  nest,
  readJson,
  synthesise,
  type Tensor,
  takesBatches,
  tensorFromJson,
  tensorToJsonData,
} from "#kit";
import type { EncodedRequest } from "../../src/load/engine.ts";
import type { Workload, WorkloadOptions } from "../../src/load/workload.ts";
import { modelPath, post } from "./messages.ts";

const expectedPredictions = new WeakMap<EncodedRequest, Tensor>();

/** V1 predictions, one instance per row. */
const json: Workload = {
  protocol: "http",
  encoding: "json",
  encode: (options) => Array.from({ length: options.count }, (_, index) => encodeOne(options, index)),
  // V1 has no id; an answer is cheaply right when it has a body of plausible length.
  cheap: (request, { status, body }) => status === 200 && body.length >= request.inferences * 2,
  full: (request, { body }) => whatIsWrong(request, body),
};

export const workloads: readonly Workload[] = [json];

function encodeOne({ model, batch, random }: WorkloadOptions, index: number): EncodedRequest {
  const [input, ...more] = model.inputs;
  if (!input || more.length > 0) {
    throw new InfermarkError("USAGE", `V1 carries one input, and model ${model.name} has ${model.inputs.length}`, {
      hint: "load it through V2, or choose another --model",
    });
  }
  if (batch > 1 && !takesBatches(model)) {
    throw new InfermarkError(
      "USAGE",
      `model ${model.name} has no variable first dimension to put a batch of ${batch} into`,
      { hint: "use --batch 1 or another model" },
    );
  }
  const [tensor] = synthesise(model, { random, batch, index }) as [Tensor];
  const { path, headers, body } = post(modelPath(model.name, "predict"), {
    instances: nest(tensor.shape, tensorToJsonData(tensor)),
  });
  const request: EncodedRequest = {
    protocol: "http",
    method: "POST",
    path,
    headers,
    body: body as Uint8Array,
    inferences: tensor.shape[0] ?? 1,
  };
  const [expected] = (model.fixture ? FIXTURES.get(model.name)?.expected([tensor]) : undefined) ?? [];
  if (expected) expectedPredictions.set(request, expected);
  return request;
}

function whatIsWrong(request: EncodedRequest, bytes: Uint8Array): string | undefined {
  const read = readJson(bytes);
  if (!read.ok) return `not JSON: ${read.problem}`;
  const predictions =
    read.value instanceof Map ? (read.value as ReadonlyMap<string, JsonValue>).get("predictions") : undefined;
  if (!Array.isArray(predictions)) return "no predictions";
  if (predictions.length !== request.inferences)
    return `${predictions.length} predictions for ${request.inferences} instances`;
  const expected = expectedPredictions.get(request);
  if (!expected) return undefined;
  const { name, datatype, shape } = expected;
  const members = new Map<string, JsonValue>([
    ["name", name],
    ["datatype", datatype],
    ["shape", shape.map((size) => new JsonNumber(String(size)))],
    ["data", predictions as readonly JsonValue[]],
  ]);
  const answered = tensorFromJson(members);
  if (!answered.ok) return answered.problem;
  return bitEqual(answered.tensor, expected) ? undefined : "predictions have wrong values";
}
