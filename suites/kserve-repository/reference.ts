import { writeJson } from "#kit";
import type { Handler, HttpReply } from "../../src/reference/handler.ts";
import type { World } from "../../src/reference/world.ts";
import { endpointOf } from "./messages.ts";

/** KServe's model repository as the reference runtime speaks it: a model that is not loaded is not ready. */
export const reference: Handler = async (request, world) => {
  if (request.protocol !== "http") return undefined;
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
