import { decodeHealth, encodeHealth, encodeMessage, grpcPath, SERVING_STATUS } from "#kit";
import type { GrpcReply, Handler } from "../../src/reference/handler.ts";
import type { World } from "../../src/reference/world.ts";
import { endpointOf } from "./messages.ts";

const NOT_FOUND = 5;
const SERVICES: readonly string[] = ["", "inference.GRPCInferenceService"];

/** gRPC's health service as the reference runtime speaks it, with the readiness of the inference service that it agrees with. */
export const reference: Handler = async (request, world) => {
  if (request.protocol !== "grpc") return undefined;
  const { path } = request;
  if (path === grpcPath("ServerReady")) return ok(encodeMessage("ServerReadyResponse", { ready: isReady(world) }));
  const method = endpointOf({ protocol: "grpc", path, metadata: [], messages: [] });
  if (method === undefined) return undefined;
  const status = isReady(world) ? SERVING_STATUS.SERVING : SERVING_STATUS.NOT_SERVING;
  if (method === "List")
    return ok(
      encodeHealth("HealthListResponse", { statuses: Object.fromEntries(SERVICES.map((name) => [name, { status }])) }),
    );
  const { service } = decodeHealth("HealthCheckRequest", request.messages[0] ?? new Uint8Array(0));
  const known = SERVICES.includes(service);
  if (method === "Watch")
    return {
      ...ok(encodeHealth("HealthCheckResponse", { status: known ? status : SERVING_STATUS.SERVICE_UNKNOWN })),
      open: true,
    };
  return known
    ? ok(encodeHealth("HealthCheckResponse", { status }))
    : { protocol: "grpc", status: NOT_FOUND, message: `there is no service ${service}`, messages: [] };
};

function isReady({ live, notReady }: World): boolean {
  return live && notReady.size === 0;
}

function ok(message: Uint8Array): GrpcReply {
  return { protocol: "grpc", status: 0, messages: [message] };
}
