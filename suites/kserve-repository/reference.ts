import { decodeRepository, encodeRepository, writeJson } from "#kit";
import type { GrpcReply, Handler, HttpReply, ReferenceRequest } from "../../src/reference/handler.ts";
import type { World } from "../../src/reference/world.ts";
import { endpointOf } from "./messages.ts";

type GrpcCall = Extract<ReferenceRequest, { protocol: "grpc" }>;

const NOT_FOUND = 5;
const UNAVAILABLE = 14;

/** KServe's model repository as the reference runtime speaks it: a model that is not loaded is not ready. */
export const reference: Handler = async (request, world) => {
  if (request.protocol === "grpc") return overGrpc(request, world);
  const { method, path } = request;
  const endpoint = endpointOf({ protocol: "http", method, path, headers: [] });
  if (endpoint === undefined) return undefined;
  if (endpoint === "list")
    return reply(200, { models: [...world.models.keys()].filter((name) => isLoaded(world, name)) });
  const name = decodeURIComponent(path.split("/")[endpoint === "ready" ? 3 : 4] ?? "");
  if (endpoint === "load") {
    if (!world.models.has(name)) return problem(503, `model ${name} cannot be loaded: there is no such model`);
    world.notReady.delete(name);
    return reply(200, { name, load: true });
  }
  if (!isLoaded(world, name)) return problem(404, `model ${name} is not loaded`);
  if (endpoint === "ready") return reply(200, { name, ready: true });
  world.notReady.add(name);
  return reply(200, { name, unload: true });
};

function overGrpc({ path, messages }: GrpcCall, world: World): GrpcReply | undefined {
  const endpoint = endpointOf({ protocol: "grpc", path, metadata: [], messages: [] });
  const bytes = messages[0] ?? new Uint8Array(0);
  if (endpoint === "RepositoryModelLoad") {
    const { model_name } = decodeRepository("RepositoryModelLoadRequest", bytes);
    if (!world.models.has(model_name)) return refusal(UNAVAILABLE, `model ${model_name} cannot be loaded`);
    world.notReady.delete(model_name);
    return ok(encodeRepository("RepositoryModelLoadResponse", { model_name, isLoaded: true }));
  }
  if (endpoint !== "RepositoryModelUnload") return undefined;
  const { model_name } = decodeRepository("RepositoryModelUnloadRequest", bytes);
  if (!isLoaded(world, model_name)) return refusal(NOT_FOUND, `model ${model_name} is not loaded`);
  world.notReady.add(model_name);
  return ok(encodeRepository("RepositoryModelUnloadResponse", { model_name, isUnloaded: true }));
}

function ok(message: Uint8Array): GrpcReply {
  return { protocol: "grpc", status: 0, messages: [message] };
}

function refusal(status: number, message: string): GrpcReply {
  return { protocol: "grpc", status, message, messages: [] };
}

function isLoaded({ models, notReady }: World, name: string): boolean {
  return models.has(name) && !notReady.has(name);
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
