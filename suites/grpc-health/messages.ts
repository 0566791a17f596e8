import {
  type CheckContext,
  decodeHealth,
  decodeMessage,
  describeAnswer,
  type Exchange,
  encodeHealth,
  encodeMessage,
  type GrpcRequest,
  given,
  grpcOutcome,
  grpcPath,
  type HealthMessageName,
  type HealthMessages,
  type HealthMethod,
  healthPath,
  type Judge,
  messageOf,
  SERVING_STATUS,
  servingStatusName,
  type WireRequest,
} from "#kit";

export const UNIMPLEMENTED = 12;

/** A service that no server has. */
export const NO_SUCH_SERVICE = "no.such.Service";

/** The method of the health service that a request calls. */
export function endpointOf(request: WireRequest): HealthMethod | undefined {
  if (request.protocol !== "grpc") return undefined;
  return /^\/grpc\.health\.v1\.Health\/(Check|List|Watch)$/.exec(request.path)?.[1] as HealthMethod | undefined;
}

function call(path: `/${string}`, message: Uint8Array): GrpcRequest {
  return { protocol: "grpc", path, metadata: [], messages: [message] };
}

/** Check of a service; of the whole server where none is named. */
export function check(service = ""): GrpcRequest {
  return call(healthPath("Check"), encodeHealth("HealthCheckRequest", { service }));
}

/** Watch of a service; of the whole server where none is named. */
export function watch(service = ""): GrpcRequest {
  return call(healthPath("Watch"), encodeHealth("HealthCheckRequest", { service }));
}

/** List of all services. */
export function list(): GrpcRequest {
  return call(healthPath("List"), encodeHealth("HealthListRequest", {}));
}

/** The message of that name in these bytes. */
export function read<Name extends HealthMessageName>(
  judge: Judge,
  name: Name,
  bytes: Uint8Array,
): HealthMessages[Name] {
  try {
    return decodeHealth(name, bytes);
  } catch (thrown) {
    judge.that(false, `a ${name}`, messageOf(thrown));
    throw thrown;
  }
}

/** The name of the state that an OK answer to Check tells. */
export function statusNameOf(judge: Judge, exchange: Exchange): string {
  return servingStatusName(read(judge, "HealthCheckResponse", judge.message(exchange)).status);
}

/** Presupposes that Check is there and says SERVING. */
export async function givenServing(context: CheckContext): Promise<void> {
  given.equal(statusNameOf(given, await context.send(check())), "SERVING", "status");
}

/** Presupposes that the inference service next to this one says that the server is ready. */
export async function givenServerReady(context: CheckContext): Promise<void> {
  const exchange = await context.send(call(grpcPath("ServerReady"), encodeMessage("ServerReadyRequest", {})));
  const bytes = given.message(exchange);
  let ready: boolean | undefined;
  try {
    ({ ready } = decodeMessage("ServerReadyResponse", bytes));
  } catch (thrown) {
    given.that(false, "a ServerReadyResponse", messageOf(thrown));
  }
  given.equal(ready, true, "ready");
}

/** Whether the target says that it has no such method. */
export function isUnimplemented(exchange: Exchange): boolean {
  const outcome = grpcOutcome(exchange);
  return outcome.ok && outcome.code === UNIMPLEMENTED;
}

/** The gRPC status of a proper answer, else presupposed. */
export function codeOf(exchange: Exchange): number {
  const outcome = grpcOutcome(exchange);
  given.that(outcome.ok, "a gRPC status", describeAnswer(exchange));
  return outcome.code;
}

/** OK that tells a state; a server that answers OK to everything has not succeeded. */
export function succeeded(exchange: Exchange): boolean {
  const outcome = grpcOutcome(exchange);
  const [message] = outcome.ok && outcome.code === 0 ? outcome.messages : [];
  if (!message || message.length === 0) return false;
  if (endpointOf(exchange.request) !== "Check") return true;
  try {
    return decodeHealth("HealthCheckResponse", message).status !== SERVING_STATUS.UNKNOWN;
  } catch {
    // Bytes that are no response are no success; the check that is about them says so.
    return false;
  }
}
