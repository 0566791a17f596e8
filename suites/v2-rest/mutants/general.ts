import { headerOf, writeJson } from "#kit";
import type { Mutant, ReferenceRequest } from "../../../src/reference/handler.ts";
import { jsonReply, mutant, onReply, onRequest, onSuccess, requestBody } from "./rewrite.ts";

const KNOWN_MEMBERS = new Set(["id", "parameters", "inputs", "outputs"]);

export const generalMutants: readonly Mutant[] = [
  onRequest("lower-cases-model-names", "lower-cases model names before it looks them up", (request) => ({
    ...request,
    path: request.path.replace(/^\/v2\/models\/[^/]+/, (prefix) => prefix.toLowerCase()),
  })),
  onReply("infer-as-text", "answers inference with a text that is not JSON", ({ endpoint, reply }) =>
    endpoint === "infer" && reply.status === 200
      ? {
          ...reply,
          headers: [["content-type", "text/plain"]],
          body: new TextEncoder().encode("{'outputs': [array([1.])]}"),
        }
      : undefined,
  ),
  onReply("json-as-text-plain", "sends JSON as text/plain", ({ endpoint, reply }) =>
    endpoint === "infer" ? { ...reply, headers: [["content-type", "text/plain"]] } : undefined,
  ),
  onReply("unrouted-versions", "lists versions but routes only the unversioned paths", ({ request }) =>
    request.path.includes("/versions/") ? jsonReply(404, { error: "no route" }) : undefined,
  ),
  onReply("refuses-unknown-members", "refuses members that it does not know", ({ endpoint, request }) => {
    const body = endpoint === "infer" ? requestBody(request) : undefined;
    const unknown = body && Object.keys(body).some((name) => !KNOWN_MEMBERS.has(name));
    return unknown ? jsonReply(400, { error: "unknown member" }) : undefined;
  }),
  mutant("infers-on-get", "runs inference on GET", (handler) => (request, world) => {
    const isGet = request.protocol === "http" && request.method === "GET" && request.path.endsWith("/infer");
    return handler(isGet ? { ...request, method: "POST" } : request, world);
  }),
  mutant(
    "catch-all",
    "answers 200 {} to any path",
    (handler) => async (request, world) => (await handler(request, world)) ?? jsonReply(200, {}),
  ),
  mutant(
    "dies-on-ragged-data",
    "dies when nested data disagrees with the shape",
    (handler) => async (request, world) => {
      const reply = await handler(request, world);
      return isRagged(request) ? { ...jsonReply(500, { error: "" }), fault: "die" } : reply;
    },
  ),
  mutant(
    "stops-serving-after-bad-json",
    "refuses every inference after one whose JSON was cut",
    (handler) => async (request, world) => {
      const reply = await handler(request, world);
      if (request.protocol !== "http" || reply?.protocol !== "http" || !request.path.endsWith("/infer")) return reply;
      if (world.memory.get("stuck")) return jsonReply(500, { error: "the worker is gone" });
      if (reply.status === 400 && !requestBody(request)) world.memory.set("stuck", true);
      return reply;
    },
  ),
  onlyUnderConcurrency(
    "shares-the-id",
    "keeps the last id in a shared variable and gives it to everyone",
    (handler) => async (request, world) => {
      const id =
        request.protocol === "http" && request.path.endsWith("/infer") ? requestBody(request)?.["id"] : undefined;
      if (id === undefined) return handler(request, world);
      world.memory.set("id", id);
      await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
      return handler(withId(request, world.memory.get("id")), world);
    },
  ),
  onSuccess(
    "forgets-metadata",
    "adds a platform suffix that counts the requests",
    "model-metadata",
    (body, { world }) => {
      const count = Number(world.memory.get("reads") ?? 0) + 1;
      world.memory.set("reads", count);
      return { ...body, platform: `${String(body["platform"])}_${count}` };
    },
  ),
  onReply("exact-content-type", "compares the content type by its exact text", ({ endpoint, request }) => {
    const type = headerOf(request.headers, "content-type");
    return endpoint === "infer" && type !== undefined && type !== "application/json"
      ? jsonReply(415, { error: `content type ${type}` })
      : undefined;
  }),
  onReply("chunked-body-is-empty", "reads a chunked body as an empty one", ({ endpoint, request }) =>
    endpoint === "infer" && request.framing === "chunked" ? jsonReply(400, { error: "the body is empty" }) : undefined,
  ),
  onReply("wants-a-length", "answers 411 to chunked bodies", ({ endpoint, request }) =>
    endpoint === "infer" && request.framing === "chunked" ? jsonReply(411, { error: "length required" }) : undefined,
  ),
  onRequest("accepts-trailing-text", "stops reading at the closing brace and ignores the rest", (request) => {
    const end = request.body.lastIndexOf("}".charCodeAt(0));
    return end < 0 ? request : { ...request, body: request.body.slice(0, end + 1) };
  }),
];

function withId(request: ReferenceRequest, id: unknown): ReferenceRequest {
  if (request.protocol !== "http") return request;
  return { ...request, body: new TextEncoder().encode(writeJson({ ...requestBody(request), id })) };
}

function isRagged(request: ReferenceRequest): boolean {
  if (request.protocol !== "http") return false;
  const inputs = requestBody(request)?.["inputs"];
  if (!Array.isArray(inputs)) return false;
  return inputs.some(
    ({ data }: { data: unknown }) =>
      Array.isArray(data) && new Set(data.map((row) => (Array.isArray(row) ? row.length : -1))).size > 1,
  );
}

/** Who shares an id depends on what else is in flight, so only the check about that is asked. */
function onlyUnderConcurrency(...definition: Parameters<typeof mutant>): Mutant {
  return { ...mutant(...definition), only: ["v2-rest/concurrent-inferences-do-not-mix"] };
}
