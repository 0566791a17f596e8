import { readJson, type Tensor, tensorToJsonData, writeJson } from "#kit";
import type { Handler, HttpReply, ReferenceRequest } from "../../src/reference/handler.ts";
import type { ReferenceModel, World } from "../../src/reference/world.ts";
import { type InferCall, readInferRequest } from "./reference-request.ts";

type HttpRequest = Extract<ReferenceRequest, { protocol: "http" }>;

/** The Open Inference Protocol over REST as the reference runtime speaks it. */
export const reference: Handler = async (request, world) => {
  if (request.protocol !== "http") return undefined;
  const segments = (request.path.split("?")[0] ?? "").split("/").slice(1).map(decodeURIComponent);
  if (segments[0] !== "v2") return undefined;
  const [, area, ...rest] = segments;
  if (area === undefined) return onGet(request, () => reply(200, serverMetadata(world)));
  if (area === "health" && rest.length === 1) return health(request, world, rest[0]);
  if (area === "models" && rest.length > 0) return modelRoute(request, world, rest);
  return undefined;
};

function onGet(request: HttpRequest, answer: () => HttpReply): HttpReply {
  return request.method === "GET" ? answer() : problem(405, `${request.method} is not allowed here`);
}

function health(request: HttpRequest, world: World, probe: string | undefined): HttpReply | undefined {
  if (probe === "live") return onGet(request, () => reply(world.live ? 200 : 503, { live: world.live }));
  const ready = world.live && world.notReady.size === 0;
  if (probe === "ready") return onGet(request, () => reply(ready ? 200 : 503, { ready }));
  return undefined;
}

function serverMetadata(world: World) {
  return { name: world.serverName, version: world.serverVersion, extensions: world.extensions };
}

async function modelRoute(
  request: HttpRequest,
  world: World,
  segments: readonly string[],
): Promise<HttpReply | undefined> {
  const [name = "", ...tail] = segments;
  const versioned = tail[0] === "versions" && tail.length >= 2;
  const version = versioned ? tail[1] : undefined;
  const [action, ...surplus] = versioned ? tail.slice(2) : tail;
  if (surplus.length > 0 || !["ready", "infer", undefined].includes(action)) return undefined;
  const model = world.models.get(name);
  if (!model) return problem(404, `there is no model ${name}`);
  if (version !== undefined && !model.versions.includes(version))
    return problem(404, `model ${name} has no version ${version}`);
  if (action === undefined) return onGet(request, () => reply(200, modelMetadata(model)));
  if (action === "ready") return onGet(request, () => modelReady(world, model));
  if (request.method !== "POST") return problem(405, `${request.method} is not allowed here`);
  return infer(request, world, model, version ?? (model.versions.at(-1) as string));
}

function modelReady(world: World, model: ReferenceModel): HttpReply {
  const ready = !world.notReady.has(model.name);
  return reply(ready ? 200 : 503, { name: model.name, ready });
}

function modelMetadata({ name, versions, platform, inputs, outputs }: ReferenceModel) {
  return { name, versions, platform, inputs, outputs };
}

async function infer(request: HttpRequest, world: World, model: ReferenceModel, version: string): Promise<HttpReply> {
  if (world.notReady.has(model.name)) return problem(503, `model ${model.name} is not ready`);
  const contentType = headerValue(request, "content-type")?.split(";")[0]?.trim().toLowerCase();
  if (contentType !== undefined && contentType !== "application/json")
    return problem(415, `content type ${contentType} is not supported`);
  const read = readJson(request.body);
  if (!read.ok) return problem(400, `the body is not JSON: ${read.problem}`);
  const call = readInferRequest(read.value, model);
  if (!call.ok) return problem(400, call.problem);
  try {
    const produced = await model.infer({ version, inputs: call.value.inputs, parameters: call.value.parameters });
    return reply(200, responseBody(model, version, call.value, produced));
  } catch (thrown) {
    if (!isModelError(thrown)) throw thrown;
    return problem(thrown.fault === "client" ? 400 : 500, thrown.message);
  }
}

/** Told by name, because a suite imports only types of the reference runtime. */
function isModelError(thrown: unknown): thrown is Error & { fault: "client" | "server" } {
  return thrown instanceof Error && thrown.name === "ModelError";
}

function responseBody(model: ReferenceModel, version: string, call: InferCall, produced: readonly Tensor[]) {
  const wanted = call.outputs ?? produced.map((tensor) => tensor.name);
  const outputs = wanted.map((name) => {
    const { shape, datatype, ...rest } = produced.find((tensor) => tensor.name === name) as Tensor;
    return { name, shape, datatype, data: tensorToJsonData({ name, shape, datatype, values: rest.values }) };
  });
  return { model_name: model.name, model_version: version, ...(call.id !== undefined && { id: call.id }), outputs };
}

function headerValue(request: HttpRequest, name: string): string | undefined {
  return request.headers.find(([key]) => key === name)?.[1];
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
