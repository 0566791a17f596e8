import {
  bitEqual,
  decodeMessage,
  FIXTURES,
  InfermarkError,
  messageOf,
  synthesise,
  type Tensor,
  takesBatches,
  tensorsFromInferResponse,
} from "#kit";
import type { EncodedRequest } from "../../src/load/engine.ts";
import type { Workload, WorkloadOptions } from "../../src/load/workload.ts";
import { infer } from "./messages.ts";

const expectedOutputs = new WeakMap<EncodedRequest, readonly Tensor[]>();

/** V2 inference with tensors in typed fields or as raw bytes. */
const workload = (form: "typed" | "raw"): Workload => ({
  protocol: "grpc",
  encoding: form,
  encode: (options) => Array.from({ length: options.count }, (_, index) => encodeOne(options, index, form)),
  cheap: (_request, { status, body }) => status === 0 && body.length > 0,
  full: (request, { body, id }) => whatIsWrong(request, body, id),
});

export const workloads: readonly Workload[] = [workload("raw"), workload("typed")];

function encodeOne({ model, batch, random }: WorkloadOptions, index: number, form: "typed" | "raw"): EncodedRequest {
  if (batch > 1 && !takesBatches(model)) {
    throw new InfermarkError(
      "USAGE",
      `model ${model.name} has no variable first dimension to put a batch of ${batch} into`,
      { hint: "use --batch 1 or another model" },
    );
  }
  const id = `load-${String(index).padStart(10, "0")}`;
  const tensors = synthesise(model, { random, batch, index });
  const { path, metadata, messages } = infer(model.name, tensors, { id, form });
  const body = messages[0] as Uint8Array;
  const request: EncodedRequest = {
    protocol: "grpc",
    method: "POST",
    path,
    headers: metadata,
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
  try {
    const answer = decodeMessage("ModelInferResponse", body);
    if (answer.id !== id) return `id "${answer.id}" for "${id}"`;
    const read = tensorsFromInferResponse(answer);
    if (!read.ok) return read.problem;
    if (read.tensors.length === 0) return "no outputs";
    return wrongValues(expectedOutputs.get(request), read.tensors);
  } catch (thrown) {
    return messageOf(thrown);
  }
}

function wrongValues(expected: readonly Tensor[] | undefined, actual: readonly Tensor[]): string | undefined {
  for (const tensor of expected ?? []) {
    const answered = actual.find(({ name }) => name === tensor.name);
    if (!answered) return `no output ${tensor.name}`;
    if (!bitEqual(answered, tensor)) return `output ${tensor.name} has wrong values`;
  }
  return undefined;
}
