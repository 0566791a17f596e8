import { type JsonValue, readJson, writeJson } from "#kit";
import type { Handler, HttpReply, Mutant, ReferenceRequest } from "../../../src/reference/handler.ts";
import type { World } from "../../../src/reference/world.ts";
import { type Endpoint, endpointOf } from "../endpoints.ts";

export type HttpReferenceRequest = Extract<ReferenceRequest, { protocol: "http" }>;

/** One exchange of the reference runtime that a fault may tamper with. */
export interface Scene {
  readonly request: HttpReferenceRequest;
  readonly endpoint: Endpoint | undefined;
  readonly world: World;
  /** The correct reply. */
  readonly reply: HttpReply;
}

const utf8 = new TextEncoder();

/** The endpoint kind that a request goes to. */
export function endpointFor(request: HttpReferenceRequest): Endpoint | undefined {
  return endpointOf({ protocol: "http", method: request.method, path: request.path, headers: [] });
}

/** A fault that changes requests before the correct runtime sees them. */
export function onRequest(
  id: string,
  does: string,
  change: (request: HttpReferenceRequest) => HttpReferenceRequest,
): Mutant {
  return {
    id: `v2-rest:${id}`,
    does,
    apply: (handler) => (request, world) => handler(request.protocol === "http" ? change(request) : request, world),
  };
}

/** A fault that changes replies; undefined leaves the correct one. */
export function onReply(
  id: string,
  does: string,
  change: (scene: Scene) => HttpReply | undefined | Promise<HttpReply | undefined>,
): Mutant {
  return mutant(id, does, (handler) => async (request, world) => {
    const reply = await handler(request, world);
    if (request.protocol !== "http" || reply?.protocol !== "http") return reply;
    return (await change({ request, endpoint: endpointFor(request), world, reply })) ?? reply;
  });
}

/** A fault of any kind. */
export function mutant(id: string, does: string, apply: (handler: Handler) => Handler): Mutant {
  return { id: `v2-rest:${id}`, does, apply };
}

/** A fault in the JSON of successful answers of one endpoint. */
export function onSuccess(
  id: string,
  does: string,
  endpoint: Endpoint,
  change: (body: Body, scene: Scene) => unknown,
): Mutant {
  return onReply(id, does, async (scene) => {
    if (scene.endpoint !== endpoint || scene.reply.status !== 200) return undefined;
    return { ...scene.reply, body: utf8.encode(writeJson(await change(plainBody(scene.reply.body), scene))) };
  });
}

/** A fault in how inference requests are read: the request's JSON is changed before the correct runtime sees it. */
export function onInferJson(
  id: string,
  does: string,
  change: (body: Body, request: HttpReferenceRequest) => unknown,
): Mutant {
  return onRequest(id, does, (request) => {
    if (endpointFor(request) !== "infer" || request.method !== "POST") return request;
    const body = requestBody(request);
    return body ? { ...request, body: utf8.encode(writeJson(change(body, request))) } : request;
  });
}

/** The request's JSON object; undefined when its body is anything else. */
export function requestBody(request: HttpReferenceRequest): Body | undefined {
  const read = readJson(request.body);
  return read.ok && read.value instanceof Map ? plainBody(request.body) : undefined;
}

/** A JSON object as a fault sees it: plain, numbers as source text, so that a changed copy is easily made. */
export type Body = Readonly<Record<string, unknown>>;

function plainBody(body: Uint8Array): Body {
  const read = readJson(body, { nonFinite: true });
  if (!read.ok) throw new Error(`a fault was given a body that is not JSON: ${read.problem}`);
  return plainObjects(read.value) as Body;
}

function plainObjects(value: JsonValue): unknown {
  if (value instanceof Map) {
    return Object.fromEntries(
      [...(value as ReadonlyMap<string, JsonValue>)].map(([name, member]) => [name, plainObjects(member)]),
    );
  }
  return Array.isArray(value) ? (value as readonly JsonValue[]).map(plainObjects) : value;
}

/** The body with each member of one of its lists changed. */
export function mapMembers(
  body: Body,
  list: "inputs" | "outputs",
  change: (member: Body, index: number) => unknown,
): Body {
  const members = body[list];
  return Array.isArray(members) ? { ...body, [list]: (members as Body[]).map(change) } : body;
}

/** A copy without a member. */
export function without(body: Body, name: string): Body {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));
}

/** A JSON reply of a fault. */
export function jsonReply(status: number, value: unknown): HttpReply {
  return {
    protocol: "http",
    status,
    headers: [["content-type", "application/json"]],
    body: utf8.encode(writeJson(value)),
  };
}
