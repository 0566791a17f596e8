import { type JsonObject, type JsonValue, readEventStream, readJson, writeEvent, writeJson } from "#kit";
import type { Handler, HttpReply, Mutant, ReferenceRequest } from "../../../src/reference/handler.ts";
import type { World } from "../../../src/reference/world.ts";
import { type Endpoint, endpointOf } from "../messages.ts";

export type HttpReferenceRequest = Extract<ReferenceRequest, { protocol: "http" }>;

/** A JSON object as a fault sees it: numbers as source text, so that a changed copy is easily made. */
export type Body = Readonly<Record<string, unknown>>;

export interface Scene {
  readonly endpoint: Endpoint;
  readonly request: HttpReferenceRequest;
  readonly reply: HttpReply;
}

function endpointFor(request: ReferenceRequest): Endpoint | undefined {
  if (request.protocol !== "http") return undefined;
  const { method, path } = request;
  return endpointOf({ protocol: "http", method, path, headers: [] });
}

/** A fault of any kind. */
export function mutant(id: string, does: string, apply: (handler: Handler) => Handler): Mutant {
  return { id: `v2-generate:${id}`, does, apply };
}

/** A fault that changes replies of one endpoint, or of both; undefined leaves the correct one. */
export function onReply(
  id: string,
  does: string,
  change: (scene: Scene) => HttpReply | undefined,
  only?: Endpoint,
): Mutant {
  return mutant(id, does, (handler) => async (request, world) => {
    const reply = await handler(request, world);
    const endpoint = endpointFor(request);
    if (request.protocol !== "http" || reply?.protocol !== "http" || endpoint === undefined) return reply;
    return only === undefined || only === endpoint ? (change({ endpoint, request, reply }) ?? reply) : reply;
  });
}

/** A fault in the object of an answer with text. */
export function onAnswer(id: string, does: string, change: (body: Body) => Body): Mutant {
  return onReply(
    id,
    does,
    ({ reply }) => (reply.status === 200 ? { ...reply, body: bytes(change(objectIn(reply.body) ?? {})) } : undefined),
    "generate",
  );
}

/** A fault in the objects of a stream with text. */
export function onEvents(id: string, does: string, change: (objects: readonly Body[]) => readonly Body[]): Mutant {
  return onReply(
    id,
    does,
    ({ reply }) => (reply.status === 200 ? withEvents(reply, change(objectsIn(reply)).map(writeJson)) : undefined),
    "generate_stream",
  );
}

/** A fault in how requests are read: their JSON is changed before the correct runtime sees it. */
export function onRequest(id: string, does: string, change: (body: Body) => Body, only?: Endpoint): Mutant {
  return mutant(id, does, (handler) => (request, world) => {
    const endpoint = endpointFor(request);
    const body = request.protocol === "http" ? objectIn(request.body) : undefined;
    if (request.protocol !== "http" || !body || endpoint === undefined) return handler(request, world);
    return handler(only && only !== endpoint ? request : { ...request, body: bytes(change(body)) }, world);
  });
}

/** A fault in what the model of text writes. */
export function onText(id: string, does: string, change: (written: string, prompt: string) => string): Mutant {
  return mutant(id, does, (handler) => (request, world) => handler(request, withModel(world, change)));
}

function withModel(world: World, change: (written: string, prompt: string) => string): World {
  const model = world.models.get("text");
  if (!model) return world;
  const infer: typeof model.infer = async (call) => {
    const [output] = await model.infer(call);
    if (!output) return [];
    const text = (value: unknown) => Buffer.from(value as Uint8Array).toString();
    const changed = change(text(output.values[0]), text(call.inputs[0]?.values[0]));
    return [{ ...output, values: [new TextEncoder().encode(changed)] }];
  };
  return { ...world, models: new Map([...world.models, ["text", { ...model, infer }]]) };
}

/** The JSON object in a body; undefined for anything else. */
export function objectIn(body: Uint8Array | string): Body | undefined {
  const read = readJson(body);
  return read.ok && read.value instanceof Map ? (plain(read.value) as Body) : undefined;
}

function plain(value: JsonValue): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...(value as JsonObject)].map(([name, member]) => [name, plain(member)]));
  return Array.isArray(value) ? (value as readonly JsonValue[]).map(plain) : value;
}

/** The objects in the events of a reply. */
export function objectsIn({ body }: HttpReply): readonly Body[] {
  const stream = readEventStream([{ atNs: 0, bytes: body }]);
  return stream.ok ? stream.events.map(({ data }) => objectIn(data) ?? {}) : [];
}

/** The reply with other events. */
export function withEvents(reply: HttpReply, datas: readonly string[]): HttpReply {
  const { cuts: _, ...rest } = reply;
  return { ...rest, contentLength: "none", body: new Uint8Array(Buffer.concat(datas.map(writeEvent))) };
}

/** A reply with other text in place of its body. */
export function withText(reply: HttpReply, change: (text: string) => string): HttpReply {
  const { cuts: _, ...rest } = reply;
  return { ...rest, contentLength: "none", body: new TextEncoder().encode(change(Buffer.from(reply.body).toString())) };
}

/** A copy without a member. */
export function without(body: Body, name: string): Body {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));
}

/** The object with a member of its details changed; without details it stays. */
export function withDetail(body: Body, change: (details: Body) => Body): Body {
  const { details } = body;
  return details === undefined ? body : { ...body, details: change(details as Body) };
}

/** A JSON reply of a fault. */
export function jsonReply(status: number, value: unknown): HttpReply {
  return { protocol: "http", status, headers: [["content-type", "application/json"]], body: bytes(value) };
}

function bytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(writeJson(value));
}
