import {
  decodeMessage,
  type Encodable,
  encodeMessage,
  frame,
  framedTensors,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  LENGTH_HEADER,
  listOf,
  memberOf,
  type OipMessages,
  readJson,
  splitAt,
  type Tensor,
  tensorsFromInferResponse,
  tensorToContents,
  tensorToJsonData,
  toRaw,
  writeJson,
} from "#kit";
import type { GrpcReply, Handler, HttpReply, Mutant, ReferenceRequest } from "../../../src/reference/handler.ts";
import type { World } from "../../../src/reference/world.ts";
import type { Form } from "../forms.ts";
import { endpointOf } from "../messages.ts";

export type HttpReferenceRequest = Extract<ReferenceRequest, { protocol: "http" }>;
type Method = "ServerReady" | "ModelReady" | "ServerMetadata" | "ModelMetadata" | "ModelInfer";
type RequestOf<M extends Method> = OipMessages[`${M}Request`];
type ResponseOf<M extends Method> = OipMessages[`${M}Response`];
/** A JSON object as a fault sees it. */
export type Body = Readonly<Record<string, JsonValue>>;

const utf8 = new TextEncoder();

/** A fault of any kind. */
export function mutant(id: string, does: string, apply: (handler: Handler) => Handler): Mutant {
  return { id: `v2-cross:${id}`, does, apply };
}

function endpoint(request: ReferenceRequest): string | undefined {
  const { path } = request;
  return request.protocol === "http"
    ? endpointOf({ protocol: "http", method: request.method, path, headers: [] })
    : endpointOf({ protocol: "grpc", path, metadata: [], messages: [] });
}

/** The form of an inference; undefined for any other request. */
export function formOf(request: ReferenceRequest): Form["name"] | undefined {
  if (request.protocol === "http") {
    if (endpoint(request) !== "infer") return undefined;
    return lengthOf(request.headers) === undefined ? "JSON" : "binary";
  }
  if (endpoint(request) !== "ModelInfer") return undefined;
  const { raw_input_contents: raw } = decodeMessage("ModelInferRequest", request.messages[0] ?? new Uint8Array(0));
  return raw.length > 0 ? "raw" : "typed";
}

function lengthOf(headers: HttpReply["headers"]): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === LENGTH_HEADER.toLowerCase())?.[1];
}

/** A fault in the outputs of inferences of some forms. */
export function onOutputs(
  id: string,
  does: string,
  forms: readonly Form["name"][],
  change: (outputs: readonly Tensor[], world: World) => readonly Tensor[],
): Mutant {
  return mutant(id, does, (handler) => async (request, world) => {
    const reply = await handler(request, world);
    const form = formOf(request);
    if (!reply || form === undefined || !forms.includes(form)) return reply;
    const changed = (outputs: readonly Tensor[]) => change(outputs, world);
    return reply.protocol === "http" ? withRestOutputs(reply, changed) : withGrpcOutputs(reply, changed);
  });
}

type Change = (outputs: readonly Tensor[]) => readonly Tensor[];

function withRestOutputs(reply: HttpReply, change: Change): HttpReply {
  const header = lengthOf(reply.headers);
  const split = splitAt(header, reply.body);
  if (reply.status !== 200 || "problem" in split) return reply;
  const read = framedTensors(listOf(split.json, "outputs"), split.rest);
  const tensors = change(read.map((each) => (each.read as { tensor: Tensor }).tensor));
  const blobs = header === undefined ? undefined : tensors.map(toRaw);
  const outputs = tensors.map((tensor, index) => ({
    name: tensor.name,
    shape: tensor.shape,
    datatype: tensor.datatype,
    ...(blobs ? { parameters: { binary_data_size: blobs[index]?.length } } : { data: tensorToJsonData(tensor) }),
  }));
  const { body, jsonLength } = frame({ ...membersOf(split.json), outputs }, blobs ?? []);
  const others = reply.headers.filter(([name]) => name.toLowerCase() !== LENGTH_HEADER.toLowerCase());
  return { ...reply, body, headers: blobs ? [...others, [LENGTH_HEADER, String(jsonLength)]] : others };
}

function withGrpcOutputs(reply: GrpcReply, change: Change): GrpcReply {
  if (reply.status !== 0) return reply;
  const message = decodeMessage("ModelInferResponse", reply.messages[0] ?? new Uint8Array(0));
  const read = tensorsFromInferResponse(message);
  if (!read.ok) return reply;
  const raw = message.raw_output_contents.length > 0;
  const tensors = change(read.tensors);
  const outputs = tensors.map((tensor) => ({
    name: tensor.name,
    datatype: tensor.datatype,
    shape: tensor.shape,
    ...(!raw && { contents: tensorToContents(tensor) }),
  }));
  const raw_output_contents = raw ? tensors.map(toRaw) : [];
  return { ...reply, messages: [encodeMessage("ModelInferResponse", { ...message, outputs, raw_output_contents })] };
}

/** The members of an object, numbers as source text. */
export function membersOf(value: JsonValue | undefined): Body {
  return value instanceof Map ? Object.fromEntries(value as JsonObject) : {};
}

/** A copy without a member. */
export function without(body: Body, name: string): Body {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));
}

/** A fault in the JSON of inferences over REST, in one form alone; what is not JSON is left as it is. */
export function onInferJson(
  id: string,
  does: string,
  form: "JSON" | "binary",
  change: (json: Body, rest: Uint8Array, world: World) => { readonly json: unknown; readonly rest?: Uint8Array },
): Mutant {
  return mutant(id, does, (handler) => async (request, world) => {
    if (request.protocol !== "http" || formOf(request) !== form) return handler(request, world);
    const split = splitAt(lengthOf(request.headers), request.body);
    if ("problem" in split) return handler(request, world);
    const { json, rest = split.rest } = change(membersOf(split.json), split.rest, world);
    const { body, jsonLength } = frame(json, [rest]);
    const others = request.headers.filter(([name]) => name !== LENGTH_HEADER.toLowerCase());
    const headers: HttpReply["headers"] =
      form === "JSON" ? others : [...others, [LENGTH_HEADER.toLowerCase(), String(jsonLength)]];
    return handler({ ...request, headers, body }, world);
  });
}

/** A fault in how calls of one method are read. */
export function onRequest<M extends Method>(
  id: string,
  does: string,
  method: M,
  change: (message: RequestOf<M>, world: World) => Encodable<RequestOf<M>>,
): Mutant {
  return mutant(id, does, (handler) => async (request, world) => {
    if (request.protocol !== "grpc" || endpoint(request) !== method) return handler(request, world);
    const message = decodeMessage(`${method}Request`, request.messages[0] ?? new Uint8Array(0)) as RequestOf<M>;
    const bytes = encodeMessage(`${method}Request`, change(message, world) as never);
    return handler({ ...request, messages: [bytes] }, world);
  });
}

/** A fault in the messages of OK answers of one method. */
export function onResponse<M extends Method>(
  id: string,
  does: string,
  method: M,
  change: (response: ResponseOf<M>) => Encodable<ResponseOf<M>>,
): Mutant {
  return mutant(id, does, (handler) => async (request, world) => {
    const reply = await handler(request, world);
    if (reply?.protocol !== "grpc" || endpoint(request) !== method || reply.status !== 0) return reply;
    const response = decodeMessage(`${method}Response`, reply.messages[0] ?? new Uint8Array(0)) as ResponseOf<M>;
    return { ...reply, messages: [encodeMessage(`${method}Response`, change(response) as never)] };
  });
}

/** A fault in the JSON objects of good answers over REST whose path fits. */
export function onObject(id: string, does: string, path: RegExp, change: (body: Body) => unknown): Mutant {
  return mutant(id, does, (handler) => async (request, world) => {
    const reply = await handler(request, world);
    if (reply?.protocol !== "http" || reply.status !== 200 || !path.test(request.path)) return reply;
    const read = readJson(reply.body);
    return read.ok ? { ...reply, body: utf8.encode(writeJson(change(membersOf(read.value)))) } : reply;
  });
}

/** The bytes that an input declares. */
export function sizeIn(tensor: JsonValue): number | undefined {
  const size = memberOf(memberOf(tensor, "parameters"), "binary_data_size");
  return size instanceof JsonNumber ? Number(size.text) : undefined;
}

/** A legal variant in place of a fault. */
export function legal(each: Mutant): Mutant {
  return { ...each, id: each.id.replace(":", "~") };
}
