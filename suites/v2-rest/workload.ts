import {
  bitEqual,
  FIXTURES,
  InfermarkError,
  type JsonValue,
  readJson,
  synthesise,
  type Tensor,
  takesBatches,
  tensorFromJson,
} from "#kit";
import type { EncodedRequest } from "../../src/load/engine.ts";
import type { Workload, WorkloadOptions } from "../../src/load/workload.ts";
import { infer, inferBody } from "./messages.ts";

const expectedOutputs = new WeakMap<EncodedRequest, readonly Tensor[]>();

/** V2 inference with JSON tensors. */
const json: Workload = {
  protocol: "http",
  encoding: "json",
  encode: (options) => Array.from({ length: options.count }, (_, index) => encodeOne(options, index)),
  cheap: (_request, { status, body }) => status === 200 && body.length > 0,
  full: (request, { body, id }) => whatIsWrong(request, body, id),
};

export const workloads: readonly Workload[] = [json];

function encodeOne({ model, batch, random }: WorkloadOptions, index: number): EncodedRequest {
  if (batch > 1 && !takesBatches(model)) {
    throw new InfermarkError(
      "USAGE",
      `model ${model.name} has no variable first dimension to put a batch of ${batch} into`,
      { hint: "use --batch 1 or another model" },
    );
  }
  const id = `load-${String(index).padStart(10, "0")}`;
  const tensors = synthesise(model, { random, batch, index });
  const { path, headers, ...rest } = infer(model.name, inferBody(tensors, { id }));
  const body = rest.body as Uint8Array;
  const request: EncodedRequest = {
    protocol: "http",
    method: "POST",
    path,
    headers,
    body,
    inferences: batch,
    id,
    idAt: Buffer.from(body).indexOf(id),
  };
  const expected = model.fixture ? FIXTURES.get(model.name)?.expected(tensors) : undefined;
  if (expected) expectedOutputs.set(request, expected);
  return request;
}

function whatIsWrong(request: EncodedRequest, body: Uint8Array, id = request.id): string | undefined {
  const read = readJson(body);
  if (!read.ok) return `not JSON: ${read.problem}`;
  if (!(read.value instanceof Map)) return "not a JSON object";
  const answer = read.value as ReadonlyMap<string, JsonValue>;
  if (answer.get("id") !== id) return `id ${JSON.stringify(answer.get("id"))} for ${id}`;
  const outputs = answer.get("outputs");
  if (!Array.isArray(outputs) || outputs.length === 0) return "no outputs";
  const tensors = (outputs as JsonValue[]).map((output) => tensorFromJson(output));
  const broken = tensors.find((tensor) => !tensor.ok);
  if (broken && !broken.ok) return broken.problem;
  return wrongValues(
    expectedOutputs.get(request),
    tensors.flatMap((tensor) => (tensor.ok ? [tensor.tensor] : [])),
  );
}

function wrongValues(expected: readonly Tensor[] | undefined, actual: readonly Tensor[]): string | undefined {
  for (const tensor of expected ?? []) {
    const answered = actual.find(({ name }) => name === tensor.name);
    if (!answered) return `no output ${tensor.name}`;
    if (!bitEqual(answered, tensor)) return `output ${tensor.name} has wrong values`;
  }
  return undefined;
}
