import { type JsonValue, type RepositoryMethod, readJson, repositoryPath, TOGGLE, writeJson } from "#kit";
import type { GrpcReply, Handler, HttpReply, Mutant } from "../../src/reference/handler.ts";
import type { World } from "../../src/reference/world.ts";
import { type Endpoint, endpointOf } from "./messages.ts";

interface Scene {
  readonly endpoint: Endpoint | undefined;
  readonly world: World;
  readonly reply: HttpReply;
}

function onReply(id: string, does: string, tamper: (scene: Scene) => HttpReply | undefined): Mutant {
  const apply =
    (handler: Handler): Handler =>
    async (request, world) => {
      const reply = await handler(request, world);
      if (request.protocol !== "http" || reply?.protocol !== "http") return reply;
      const { method, path } = request;
      const endpoint = endpointOf({ protocol: "http", method, path, headers: [] });
      return tamper({ endpoint, world, reply }) ?? reply;
    };
  return { id: `kserve-repository:${id}`, does, apply };
}

/** Tampers with one endpoint, where it succeeds or where it refuses. */
function on(
  id: string,
  does: string,
  [endpoint, which]: readonly [Endpoint, "success" | "refusal"],
  tamper: (reply: HttpReply, world: World) => HttpReply | undefined,
): Mutant {
  return onReply(id, does, (scene) =>
    scene.endpoint === endpoint && scene.reply.status < 400 === (which === "success")
      ? tamper(scene.reply, scene.world)
      : undefined,
  );
}

/** A fault in the OK answers of a gRPC method. */
function onCall(
  id: string,
  does: string,
  method: RepositoryMethod,
  change: (world: World) => Partial<GrpcReply>,
): Mutant {
  const apply =
    (handler: Handler): Handler =>
    async (request, world) => {
      const reply = await handler(request, world);
      const own = reply?.protocol === "grpc" && reply.status === 0 && request.path === repositoryPath(method);
      return own ? { ...reply, ...change(world) } : reply;
    };
  return { id: `kserve-repository:${id}`, does, apply };
}

function json(status: number, value: unknown): HttpReply {
  return {
    protocol: "http",
    status,
    headers: [["content-type", "application/json"]],
    body: new TextEncoder().encode(writeJson(value)),
  };
}

/** Single faults of the reference runtime over KServe's model repository. */
export const mutants: readonly Mutant[] = [
  on("load-says-nothing", "answers load with an empty object", ["load", "success"], ({ status }) => json(status, {})),
  on("load-201", "answers load with 201", ["load", "success"], (reply) => ({ ...reply, status: 201 })),
  on("load-never-fails", "answers 200 where loading failed", ["load", "refusal"], () =>
    json(200, { name: "no-such-model", load: true }),
  ),
  on("failed-load-without-text", "answers a failed load without a body", ["load", "refusal"], ({ status }) => ({
    ...json(status, {}),
    body: new Uint8Array(0),
  })),
  on("failed-load-404", "answers 404 where loading failed", ["load", "refusal"], (reply) => ({
    ...reply,
    status: 404,
  })),
  on("unload-says-nothing", "answers unload with an empty object", ["unload", "success"], ({ status }) =>
    json(status, {}),
  ),
  on("unload-keeps-serving", "keeps a model that it says it unloaded", ["unload", "success"], (reply, world) => {
    world.notReady.delete(TOGGLE);
    return reply;
  }),
  on("unload-never-fails", "answers 200 for a model that was never loaded", ["unload", "refusal"], () =>
    json(200, { name: "no-such-model", unload: true }),
  ),
  on("failed-unload-without-text", "answers a failed unload under detail", ["unload", "refusal"], ({ status }) =>
    json(status, { detail: "no such model" }),
  ),
  on("failed-unload-500", "answers 500 where unloading failed", ["unload", "refusal"], (reply) => ({
    ...reply,
    status: 500,
  })),
  onCall("grpc-load-says-nothing", "answers a load over gRPC with an empty message", "RepositoryModelLoad", () => ({
    messages: [new Uint8Array(0)],
  })),
  onCall(
    "grpc-unload-says-nothing",
    "answers an unload over gRPC with an empty message",
    "RepositoryModelUnload",
    () => ({
      messages: [new Uint8Array(0)],
    }),
  ),
  onCall(
    "grpc-unload-keeps-serving",
    "keeps a model that it says it unloaded over gRPC",
    "RepositoryModelUnload",
    (world) => {
      world.notReady.delete(TOGGLE);
      return {};
    },
  ),
];

const legal = (each: Mutant): Mutant => ({ ...each, id: each.id.replace(":", "~") });

/** Deviations that KServe's own form leaves room for. */
export const variants: readonly Mutant[] = [
  onReply("extra-members", "adds a member to every object", ({ reply }) => {
    const read = readJson(reply.body);
    return read.ok && read.value instanceof Map
      ? json(reply.status, { ...Object.fromEntries(read.value as ReadonlyMap<string, JsonValue>), took: true })
      : undefined;
  }),
  onReply("chunked-answers", "sends bodies chunked", ({ reply }) => ({ ...reply, contentLength: "none" })),
  on("unloaded-is-503", "says 503 of a model that is not loaded", ["ready", "refusal"], (reply) => ({
    ...reply,
    status: 503,
  })),
  {
    id: "kserve-repository:rest-alone",
    does: "offers the repository over REST alone",
    apply:
      (handler: Handler): Handler =>
      async (request, world) =>
        request.protocol === "grpc" ? undefined : handler(request, world),
  },
  onReply("no-listing", "offers no listing", ({ endpoint }) =>
    endpoint === "list" ? json(404, { error: "not found" }) : undefined,
  ),
].map(legal);
