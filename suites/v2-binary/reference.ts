import {
  DATATYPES,
  frame,
  isDatatype,
  LENGTH_HEADER,
  listOf,
  memberOf,
  readJson,
  splitAt,
  type Tensor,
  tensorToJsonData,
  toRaw,
  writeJson,
} from "#kit";
import type { Handler, HttpReply, ReferenceRequest } from "../../src/reference/handler.ts";
import type { ReferenceModel, World } from "../../src/reference/world.ts";
import { endpointOf } from "./endpoints.ts";
import { type BinaryCall, readBinaryRequest } from "./reference-request.ts";

type HttpRequest = Extract<ReferenceRequest, { protocol: "http" }>;

/**
 * The binary tensor data extension as the reference runtime speaks it: inferences that carry binary tensors or say in
 * which form they want their outputs. All other requests are left to the JSON binding.
 */
export const reference: Handler = async (request, world) => {
  if (request.protocol !== "http" || request.method !== "POST" || !isInfer(request)) return undefined;
  const header = request.headers.find(([name]) => name === LENGTH_HEADER.toLowerCase())?.[1];
  if (header === undefined && !asksAboutForm(request.body)) return undefined;
  const [, , , name = "", , version] = (request.path.split("?")[0] ?? "").split("/").map(decodeURIComponent);
  const model = world.models.get(name);
  // What the path names is told apart by the JSON binding, which answers for both.
  if (!model || (version !== undefined && !model.versions.includes(version))) return undefined;
  return infer(request, header, world, model, version ?? (model.versions.at(-1) as string));
};

function isInfer({ method, path }: HttpRequest): boolean {
  return endpointOf({ protocol: "http", method, path: path.split("?")[0] ?? "", headers: [] }) === "infer";
}

function asksAboutForm(body: Uint8Array): boolean {
  const read = readJson(body);
  if (!read.ok) return false;
  const says = (owner: Parameters<typeof memberOf>[0], parameter: string) =>
    memberOf(memberOf(owner, "parameters"), parameter) !== undefined;
  return (
    says(read.value, "binary_data_output") ||
    listOf(read.value, "outputs").some((output) => says(output, "binary_data"))
  );
}

async function infer(
  request: HttpRequest,
  header: string | undefined,
  world: World,
  model: ReferenceModel,
  version: string,
): Promise<HttpReply> {
  if (world.notReady.has(model.name)) return problem(503, `model ${model.name} is not ready`);
  const split = header === "0" ? rawRequest(request.body, model) : splitAt(header, request.body);
  if ("problem" in split) return problem(400, split.problem);
  const call = readBinaryRequest(split.json, split.rest, model);
  if (!call.ok) return problem(400, call.problem);
  try {
    const produced = await model.infer({ version, inputs: call.value.inputs, parameters: call.value.parameters });
    return answer(model, version, call.value, produced);
  } catch (thrown) {
    if (!isModelError(thrown)) throw thrown;
    return problem(thrown.fault === "client" ? 400 : 500, thrown.message);
  }
}

/** A header of 0 says that the body is the data of the one input, in whose shape at most one size is open. */
function rawRequest(body: Uint8Array, { name, inputs }: ReferenceModel): ReturnType<typeof splitAt> {
  const [spec, ...others] = inputs;
  const width = spec && isDatatype(spec.datatype) ? DATATYPES[spec.datatype].size : 0;
  // BYTES have no width: what one element of them is would be a guess.
  if (!spec || width === 0 || others.length > 0 || spec.shape.filter((size) => size === -1).length > 1)
    return { problem: `the body alone does not tell the inputs of model ${name}` };
  const fixed = spec.shape.reduce((product, size) => (size === -1 ? product : product * size), width);
  const shape = spec.shape.map((size) => (size === -1 ? body.length / fixed : size));
  const input = { name: spec.name, datatype: spec.datatype, shape, parameters: { binary_data_size: body.length } };
  const json = readJson(Buffer.from(writeJson({ inputs: [input], parameters: { binary_data_output: true } })));
  if (!json.ok) throw new Error(json.problem);
  return { json: json.value, rest: body };
}

/** Told by name, because a suite imports only types of the reference runtime. */
function isModelError(thrown: unknown): thrown is Error & { fault: "client" | "server" } {
  return thrown instanceof Error && thrown.name === "ModelError";
}

function answer(model: ReferenceModel, version: string, call: BinaryCall, produced: readonly Tensor[]): HttpReply {
  const blobs: Uint8Array[] = [];
  const outputs = call.outputs.map(({ name, binary }) => {
    const tensor = produced.find((each) => each.name === name) as Tensor;
    const described = { name, shape: tensor.shape, datatype: tensor.datatype };
    if (!binary) return { ...described, data: tensorToJsonData(tensor) };
    const blob = toRaw(tensor);
    blobs.push(blob);
    return { ...described, parameters: { binary_data_size: blob.length } };
  });
  const id = call.id === undefined ? {} : { id: call.id };
  const json = { model_name: model.name, model_version: version, ...id, outputs };
  if (blobs.length === 0) return reply(200, json);
  const { body, jsonLength } = frame(json, blobs);
  return {
    protocol: "http",
    status: 200,
    headers: [
      ["content-type", "application/octet-stream"],
      [LENGTH_HEADER, String(jsonLength)],
    ],
    body,
  };
}

function reply(status: number, value: unknown): HttpReply {
  return {
    protocol: "http",
    status,
    headers: [["content-type", "application/json"]],
    body: new TextEncoder().encode(writeJson(value)),
  };
}

function problem(status: number, error: string): HttpReply {
  return reply(status, { error });
}
