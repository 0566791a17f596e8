import {
  DATATYPES,
  decodeMessage,
  type Encodable,
  elementCount,
  encodeMessage,
  fromRaw,
  type InferTensor,
  isDatatype,
  type ModelInferRequest,
  type ModelInferResponse,
  messageOf,
  type Tensor,
  tensorToContents,
  toRaw,
} from "#kit";
import type { GrpcReply, Handler } from "../../src/reference/handler.ts";
import type { ParameterValue, ReferenceModel, World } from "../../src/reference/world.ts";
import { endpointOf, type Method } from "./messages.ts";

const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const INTERNAL = 13;
const UNAVAILABLE = 14;

class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The Open Inference Protocol over gRPC as the reference runtime speaks it. */
export const reference: Handler = async (request, world) => {
  if (request.protocol !== "grpc") return undefined;
  const method = endpointOf({ protocol: "grpc", path: request.path, metadata: [], messages: [] });
  if (!method) return undefined;
  try {
    return {
      protocol: "grpc",
      status: 0,
      messages: [await answer(method, request.messages[0] ?? new Uint8Array(0), world)],
    };
  } catch (thrown) {
    if (thrown instanceof Refused) return problem(thrown.status, thrown.message);
    if (thrown instanceof Error && thrown.name === "ModelError") {
      return problem("fault" in thrown && thrown.fault === "client" ? INVALID_ARGUMENT : INTERNAL, thrown.message);
    }
    throw thrown;
  }
};

function problem(status: number, message: string): GrpcReply {
  return { protocol: "grpc", status, message, messages: [] };
}

async function answer(method: Method, bytes: Uint8Array, world: World): Promise<Uint8Array> {
  switch (method) {
    case "ServerLive":
      return encodeMessage("ServerLiveResponse", { live: world.live });
    case "ServerReady":
      return encodeMessage("ServerReadyResponse", { ready: world.live && world.notReady.size === 0 });
    case "ModelReady": {
      const { name, version } = decoded("ModelReadyRequest", bytes);
      const model = world.models.get(name);
      const known = model !== undefined && (version === "" || model.versions.includes(version));
      return encodeMessage("ModelReadyResponse", { ready: known && !world.notReady.has(name) });
    }
    case "ServerMetadata":
      return encodeMessage("ServerMetadataResponse", {
        name: world.serverName,
        version: world.serverVersion,
        extensions: world.extensions,
      });
    case "ModelMetadata": {
      const { name, version } = decoded("ModelMetadataRequest", bytes);
      const { versions, platform, inputs, outputs } = modelOf(world, name, version).model;
      return encodeMessage("ModelMetadataResponse", { name, versions, platform, inputs, outputs });
    }
    case "ModelInfer":
      return infer(decoded("ModelInferRequest", bytes), world);
  }
}

function decoded<Name extends "ModelReadyRequest" | "ModelMetadataRequest" | "ModelInferRequest">(
  name: Name,
  bytes: Uint8Array,
) {
  try {
    return decodeMessage(name, bytes);
  } catch (thrown) {
    throw new Refused(INVALID_ARGUMENT, messageOf(thrown));
  }
}

function modelOf(
  world: World,
  name: string,
  version: string,
): { readonly model: ReferenceModel; readonly version: string } {
  const model = world.models.get(name);
  if (!model) throw new Refused(NOT_FOUND, `there is no model ${name}`);
  if (version !== "" && !model.versions.includes(version))
    throw new Refused(NOT_FOUND, `model ${name} has no version ${version}`);
  return { model, version: version === "" ? (model.versions.at(-1) as string) : version };
}

async function infer(request: ModelInferRequest, world: World): Promise<Uint8Array> {
  const { model, version } = modelOf(world, request.model_name, request.model_version);
  if (world.notReady.has(model.name)) throw new Refused(UNAVAILABLE, `model ${model.name} is not ready`);
  const inputs = readInputs(request, model);
  const wanted = readRequestedOutputs(request, model);
  const produced = (await model.infer({ version, inputs, parameters: readParameters(request) })) as readonly Tensor[];
  const outputs = wanted.map((name) => produced.find((tensor) => tensor.name === name) as Tensor);
  const raw =
    request.raw_input_contents.length > 0 || outputs.some(({ datatype }) => datatype === "FP16" || datatype === "BF16");
  const response: Encodable<ModelInferResponse> = {
    model_name: model.name,
    model_version: version,
    id: request.id,
    outputs: outputs.map((tensor) => ({
      name: tensor.name,
      datatype: tensor.datatype,
      shape: tensor.shape,
      ...(!raw && { contents: tensorToContents(tensor) }),
    })),
    raw_output_contents: raw ? outputs.map(toRaw) : [],
  };
  return encodeMessage("ModelInferResponse", response);
}

function readRequestedOutputs({ outputs }: ModelInferRequest, model: ReferenceModel): readonly string[] {
  const names = outputs.map(({ name }) => name);
  const unknown = names.find((name) => !model.outputs.some((spec) => spec.name === name));
  if (unknown !== undefined) throw new Refused(INVALID_ARGUMENT, `model ${model.name} has no output ${unknown}`);
  if (new Set(names).size < names.length) throw new Refused(INVALID_ARGUMENT, "an output is requested twice");
  return names.length > 0 ? names : model.outputs.map(({ name }) => name);
}

function readParameters({ parameters }: ModelInferRequest): Readonly<Record<string, ParameterValue>> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => {
      const chosen = Object.values(value).find((member) => member !== undefined) as ParameterValue | undefined;
      return chosen === undefined ? [] : [[name, chosen] as const];
    }),
  );
}

function readInputs(request: ModelInferRequest, model: ReferenceModel): readonly Tensor[] {
  const { inputs, raw_input_contents: raw } = request;
  const isRaw = raw.length > 0;
  if (isRaw && inputs.some(({ contents }) => contents !== undefined))
    throw new Refused(INVALID_ARGUMENT, "raw and typed contents are combined");
  if (isRaw && raw.length !== inputs.length)
    throw new Refused(INVALID_ARGUMENT, `${raw.length} raw contents for ${inputs.length} inputs`);
  const given = new Map<string, Tensor>();
  for (const [index, input] of inputs.entries()) {
    if (given.has(input.name)) throw new Refused(INVALID_ARGUMENT, `input ${input.name} is given twice`);
    given.set(input.name, readInput(input, isRaw ? raw[index] : undefined, model));
  }
  return model.inputs.map(({ name }) => {
    const tensor = given.get(name);
    if (!tensor) throw new Refused(INVALID_ARGUMENT, `input ${name} is missing`);
    return tensor;
  });
}

function readInput(input: InferTensor, raw: Uint8Array | undefined, model: ReferenceModel): Tensor {
  const spec = model.inputs.find(({ name }) => name === input.name);
  if (!spec) throw new Refused(INVALID_ARGUMENT, `model ${model.name} has no input ${input.name}`);
  if (input.datatype !== spec.datatype)
    throw new Refused(INVALID_ARGUMENT, `input ${input.name} must have datatype ${spec.datatype}`);
  const shape = input.shape.map(Number);
  const fits =
    shape.length === spec.shape.length &&
    shape.every((size, axis) => size >= 0 && (spec.shape[axis] === -1 || spec.shape[axis] === size));
  if (!fits)
    throw new Refused(
      INVALID_ARGUMENT,
      `input ${input.name} has shape [${shape.join(",")}], the model takes [${spec.shape.join(",")}]`,
    );
  if (!Number.isSafeInteger(elementCount(shape)))
    throw new Refused(INVALID_ARGUMENT, `input ${input.name} has more elements than any message`);
  const tensor = { name: input.name, datatype: input.datatype, shape };
  if (raw === undefined) return typedInput(input, tensor);
  const read = fromRaw(tensor, raw);
  if (!read.ok) throw new Refused(INVALID_ARGUMENT, `input ${input.name}: ${read.problem}`);
  return read.tensor;
}

function typedInput({ contents }: InferTensor, { name, datatype, shape }: Omit<Tensor, "values">): Tensor {
  const info = isDatatype(datatype) ? DATATYPES[datatype] : undefined;
  const field = info?.contents;
  if (info === undefined || field === undefined)
    throw new Refused(INVALID_ARGUMENT, `input ${name}: ${datatype} travels in raw form only`);
  const filled = Object.entries(contents ?? {}).filter(([, values]) => (values as readonly unknown[]).length > 0);
  const stray = filled.find(([other]) => other !== field);
  if (stray)
    throw new Refused(INVALID_ARGUMENT, `input ${name}: ${datatype} elements belong into ${field}, not ${stray[0]}`);
  const values = (filled[0]?.[1] ?? []) as Tensor["values"];
  if (values.length !== elementCount(shape))
    throw new Refused(INVALID_ARGUMENT, `input ${name} has ${values.length} elements for shape [${shape.join(",")}]`);
  const { min, max } = info;
  const outside =
    min !== undefined &&
    max !== undefined &&
    values.some((value) => BigInt(value as number) < min || BigInt(value as number) > max);
  if (outside) throw new Refused(INVALID_ARGUMENT, `input ${name} has an element outside the range of ${datatype}`);
  return { name, datatype, shape, values };
}
