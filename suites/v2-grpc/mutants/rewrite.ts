import { decodeMessage, type Encodable, encodeMessage, headerOf, type OipMessages } from "#kit";
import type { GrpcReply, Handler, Mutant, ReferenceRequest } from "../../../src/reference/handler.ts";
import type { World } from "../../../src/reference/world.ts";
import { endpointOf, type Method } from "../messages.ts";

export type GrpcReferenceRequest = Extract<ReferenceRequest, { protocol: "grpc" }>;
type RequestOf<M extends Method> = OipMessages[`${M}Request`];
type ResponseOf<M extends Method> = OipMessages[`${M}Response`];

/** One call of the reference runtime that a fault may tamper with. */
export interface Scene {
  readonly request: GrpcReferenceRequest;
  readonly method: Method | undefined;
  readonly world: World;
  readonly reply: GrpcReply;
}

export function methodOf({ path }: GrpcReferenceRequest): Method | undefined {
  return endpointOf({ protocol: "grpc", path, metadata: [], messages: [] });
}

/** A fault of any kind. */
export function mutant(id: string, does: string, apply: (handler: Handler) => Handler): Mutant {
  return { id: `v2-grpc:${id}`, does, apply };
}

/** A fault that changes replies; undefined leaves the correct one. */
export function onReply(id: string, does: string, change: (scene: Scene) => GrpcReply | undefined): Mutant {
  return mutant(id, does, (handler) => async (request, world) => {
    const reply = await handler(request, world);
    if (request.protocol !== "grpc" || reply?.protocol !== "grpc") return reply;
    return change({ request, method: methodOf(request), world, reply }) ?? reply;
  });
}

/** A fault in the messages of OK answers of one method. */
export function onResponse<M extends Method>(
  id: string,
  does: string,
  method: M,
  change: (response: ResponseOf<M>, request: RequestOf<M>, world: World) => Encodable<ResponseOf<M>>,
): Mutant {
  return onReply(id, does, ({ request, method: called, world, reply }) => {
    if (called !== method || reply.status !== 0) return undefined;
    const response = decodeMessage(`${method}Response`, reply.messages[0] ?? new Uint8Array(0)) as ResponseOf<M>;
    const changed = change(response, requestMessage(method, request), world);
    return { ...reply, messages: [encodeMessage(`${method}Response`, changed as never)] };
  });
}

/** A fault in how requests of one method are read: the message is changed before the correct runtime sees it. */
export function onRequest<M extends Method>(
  id: string,
  does: string,
  method: M,
  change: (message: RequestOf<M>) => Encodable<RequestOf<M>>,
): Mutant {
  return mutant(id, does, (handler) => (request, world) => {
    if (request.protocol !== "grpc" || methodOf(request) !== method) return handler(request, world);
    const message = encodeMessage(`${method}Request`, change(requestMessage(method, request)) as never);
    return handler({ ...request, messages: [message] }, world);
  });
}

/** The request message of a call of `method`. */
export function requestMessage<M extends Method>(method: M, request: GrpcReferenceRequest): RequestOf<M> {
  return decodeMessage(`${method}Request`, request.messages[0] ?? new Uint8Array(0)) as RequestOf<M>;
}

/** A reply without a message. */
export function status(code: number, message: string): GrpcReply {
  return { protocol: "grpc", status: code, message, messages: [] };
}

/** A value of the request's metadata. */
export function metadataValue(request: GrpcReferenceRequest, name: string): string | undefined {
  return headerOf(request.headers, name);
}
