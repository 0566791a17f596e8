import {
  bitEqual,
  FIXTURES,
  framedTensors,
  InfermarkError,
  type JsonValue,
  listOf,
  memberOf,
  readJson,
  synthesise,
  type Tensor,
  takesBatches,
} from "#kit";
import type { EncodedRequest } from "../../src/load/engine.ts";
import type { Workload, WorkloadOptions } from "../../src/load/workload.ts";
import { inBinary, infer } from "./messages.ts";

const expectedOutputs = new WeakMap<EncodedRequest, readonly Tensor[]>();

/** V2 inference with every tensor, in and out, as binary data after the JSON. */
const binary: Workload = {
  protocol: "http",
  encoding: "binary",
  encode: (options) => Array.from({ length: options.count }, (_, index) => encodeOne(options, index)),
  cheap: (_request, { status, body }) => status === 200 && body.length > 0,
  full: (request, { body, id }) => whatIsWrong(request, body, id),
};

export const workloads: readonly Workload[] = [binary];

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
  const parameters = { binary_data_output: true };
  const { path, headers, ...rest } = infer(model.name, tensors.map(inBinary), { id, parameters });
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
  const split = splitWithoutHeader(body);
  if (!split) return "no JSON before the blobs";
  if (memberOf(split.json, "id") !== id) return `another id than ${id}`;
  const outputs = framedTensors(listOf(split.json, "outputs"), split.rest);
  if (outputs.length === 0) return "no outputs";
  for (const { read } of outputs) if (!read.ok) return read.problem;
  for (const tensor of expectedOutputs.get(request) ?? []) {
    const answered = outputs.find(({ name }) => name === tensor.name)?.read;
    if (!answered?.ok) return `no output ${tensor.name}`;
    if (!bitEqual(answered.tensor, tensor)) return `output ${tensor.name} has wrong values`;
  }
  return undefined;
}

/** Where the JSON ends: an answer under load comes without its headers, so the braces are counted. */
function splitWithoutHeader(body: Uint8Array): { json: JsonValue; rest: Uint8Array } | undefined {
  const end = endOfObject(body);
  if (end === undefined) return undefined;
  const read = readJson(body.subarray(0, end));
  return read.ok ? { json: read.value, rest: body.subarray(end) } : undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

function endOfObject(body: Uint8Array): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (inString && byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) inString = !inString;
    else if (inString) continue;
    else if (byte === OPEN) depth += 1;
    else if (byte === CLOSE && --depth === 0) return at + 1;
  }
  return undefined;
}
