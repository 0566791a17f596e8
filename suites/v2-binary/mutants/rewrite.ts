import { frame, JsonNumber, type JsonObject, type JsonValue, LENGTH_HEADER, splitAt, writeJson } from "#kit";
import type { Handler, HttpReply, Mutant, ReferenceRequest } from "../../../src/reference/handler.ts";
import type { World } from "../../../src/reference/world.ts";
import { endpointOf } from "../endpoints.ts";

export type HttpReferenceRequest = Extract<ReferenceRequest, { protocol: "http" }>;

/** A JSON object as a fault sees it: plain, numbers as source text, so that a changed copy is easily made. */
export type Body = Readonly<Record<string, unknown>>;

/** A body with the bytes after its JSON. */
export interface Parts {
  readonly json: Body;
  readonly rest: Uint8Array;
}

/** A fault of any kind. */
export function mutant(id: string, does: string, apply: (handler: Handler) => Handler): Mutant {
  return { id: `v2-binary:${id}`, does, apply };
}

/** The length header of a request or a reply. */
export function headerIn(message: { readonly headers: HttpReply["headers"] }): string | undefined {
  return message.headers.find(([name]) => name.toLowerCase() === LENGTH_HEADER.toLowerCase())?.[1];
}

/** A message with another length header, or without one. */
export function withHeader<M extends { readonly headers: HttpReply["headers"] }>(message: M, value?: string): M {
  const others = message.headers.filter(([name]) => name.toLowerCase() !== LENGTH_HEADER.toLowerCase());
  // Lower case is what the reference runtime gets requests in, and what HTTP does not tell from any other.
  return { ...message, headers: value === undefined ? others : [...others, [LENGTH_HEADER.toLowerCase(), value]] };
}

/** A fault that changes inference requests before the correct runtime sees them; undefined leaves them alone. */
export function onRequest(
  id: string,
  does: string,
  change: (request: HttpReferenceRequest) => HttpReferenceRequest | undefined,
): Mutant {
  return mutant(id, does, (handler) => (request, world) => {
    const { path, protocol } = request;
    const isInfer = protocol === "http" && endpointOf({ protocol, method: "POST", path, headers: [] }) === "infer";
    return handler(isInfer ? (change(request) ?? request) : request, world);
  });
}

/** A fault in how the JSON and the bytes of requests are read. */
export function onParts(id: string, does: string, change: (parts: Parts) => Parts | undefined): Mutant {
  return onRequest(id, does, (request) => {
    const header = headerIn(request);
    const parts = partsOf(header, request.body);
    const changed = parts && change(parts);
    if (!changed) return undefined;
    const { body, jsonLength } = frame(changed.json, [changed.rest]);
    return header === undefined ? { ...request, body } : withHeader({ ...request, body }, String(jsonLength));
  });
}

/** A fault that changes replies of this binding; undefined leaves the correct one. */
export function onReply(
  id: string,
  does: string,
  change: (scene: { reply: HttpReply; request: HttpReferenceRequest; world: World }) => HttpReply | undefined,
): Mutant {
  return mutant(id, does, (handler) => async (request, world) => {
    const reply = await handler(request, world);
    if (request.protocol !== "http" || reply?.protocol !== "http") return reply;
    return change({ reply, request, world }) ?? reply;
  });
}

/** A fault in the JSON and the bytes of binary answers. */
export function onBinaryAnswer(id: string, does: string, change: (parts: Parts) => Parts | undefined): Mutant {
  return onReply(id, does, ({ reply }) => {
    const parts = partsIn(reply);
    const changed = parts && change(parts);
    return changed && withParts(reply, changed);
  });
}

/** The JSON and the bytes of a binary answer; undefined for any other. */
export function partsIn(reply: HttpReply): Parts | undefined {
  const header = headerIn(reply);
  return header === undefined || reply.status !== 200 ? undefined : partsOf(header, reply.body);
}

/** The reply with other JSON and bytes. */
export function withParts(reply: HttpReply, { json, rest }: Parts): HttpReply {
  const { body, jsonLength } = frame(json, [rest]);
  return withHeader({ ...reply, body }, String(jsonLength));
}

function partsOf(header: string | undefined, body: Uint8Array): Parts | undefined {
  const split = splitAt(header, body);
  return "problem" in split || !(split.json instanceof Map)
    ? undefined
    : { json: plainObjects(split.json) as Body, rest: split.rest };
}

function plainObjects(value: JsonValue): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...(value as JsonObject)].map(([name, member]) => [name, plainObjects(member)]));
  return Array.isArray(value) ? (value as readonly JsonValue[]).map(plainObjects) : value;
}

/** The members of one of a body's lists; none where it is no list of objects. */
export function membersOf(body: Body, list: "inputs" | "outputs"): readonly Body[] {
  const members = body[list];
  return Array.isArray(members) && members.every(isObject) ? members : [];
}

function isObject(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
}

/** The body with each member of one of its lists changed. */
export function mapMembers(body: Body, list: "inputs" | "outputs", change: (member: Body) => Body): Body {
  const members = membersOf(body, list);
  return members.length > 0 ? { ...body, [list]: members.map(change) } : body;
}

/** The parameters of a request, an input or an output. */
export function parametersOf(owner: Body): Body {
  const { parameters } = owner;
  return isObject(parameters) ? parameters : {};
}

/** The owner with a parameter set, or taken away. */
export function withParameter(owner: Body, name: string, value: unknown): Body {
  const { [name]: _, ...others } = parametersOf(owner);
  return { ...owner, parameters: value === undefined ? others : { ...others, [name]: value } };
}

/** A copy without a member. */
export function without(body: Body, name: string): Body {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));
}

/** The bytes that a tensor declares, where it does with an unsigned integer. */
export function sizeIn(tensor: Body): number | undefined {
  const size = parametersOf(tensor)["binary_data_size"];
  return size instanceof JsonNumber && /^\d+$/.test(size.text) ? Number(size.text) : undefined;
}

/** Each binary tensor with its bytes; undefined where the sizes do not add up. */
export function blobsOf(
  parts: Parts,
  list: "inputs" | "outputs",
): readonly (readonly [Body, Uint8Array])[] | undefined {
  let at = 0;
  const pairs: [Body, Uint8Array][] = [];
  for (const member of membersOf(parts.json, list)) {
    const size = sizeIn(member);
    if (size === undefined) continue;
    pairs.push([member, parts.rest.subarray(at, at + size)]);
    at += size;
  }
  return at === parts.rest.length ? pairs : undefined;
}

/** The parts with the bytes of each binary tensor changed, and their sizes with them. */
export function mapBlobs(
  parts: Parts,
  list: "inputs" | "outputs",
  change: (blob: Uint8Array, tensor: Body) => Uint8Array | undefined,
): Parts | undefined {
  const pairs = blobsOf(parts, list);
  if (!pairs) return undefined;
  const changed = new Map(pairs.map(([tensor, blob]) => [tensor, change(Uint8Array.from(blob), tensor) ?? blob]));
  return {
    json: mapMembers(parts.json, list, (tensor) => {
      const blob = changed.get(tensor);
      return blob ? withParameter(tensor, "binary_data_size", blob.length) : tensor;
    }),
    rest: new Uint8Array(Buffer.concat([...changed.values()])),
  };
}

/** A JSON reply of a fault. */
export function jsonReply(status: number, value: unknown): HttpReply {
  return {
    protocol: "http",
    status,
    headers: [["content-type", "application/json"]],
    body: new TextEncoder().encode(writeJson(value)),
  };
}
