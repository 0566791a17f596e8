import { decodeHealth, encodeHealth, type HealthMethod, SERVING_STATUS } from "#kit";
import type { GrpcReply, Handler, Mutant, ReferenceRequest } from "../../src/reference/handler.ts";
import type { World } from "../../src/reference/world.ts";
import { endpointOf } from "./messages.ts";

interface Scene {
  readonly method: HealthMethod | undefined;
  /** The service that Check and Watch are asked for. */
  readonly service: string;
  readonly world: World;
  readonly reply: GrpcReply;
}

const NOT_FOUND = 5;
const INVALID_ARGUMENT = 3;
const UNIMPLEMENTED = 12;
/** More often than any other check asks while this one repeats itself. */
const WORN_OUT_AFTER = 15;

function onReply(id: string, does: string, change: (scene: Scene) => GrpcReply | undefined): Mutant {
  const apply =
    (handler: Handler): Handler =>
    async (request, world) => {
      const reply = await handler(request, world);
      if (request.protocol !== "grpc" || reply?.protocol !== "grpc") return reply;
      return change({ ...called(request), world, reply }) ?? reply;
    };
  return { id: `grpc-health:${id}`, does, apply };
}

function called({
  path,
  messages,
}: Extract<ReferenceRequest, { protocol: "grpc" }>): Pick<Scene, "method" | "service"> {
  const method = endpointOf({ protocol: "grpc", path, metadata: [], messages: [] });
  const asks = method === "Check" || method === "Watch";
  const service = asks ? decodeHealth("HealthCheckRequest", messages[0] ?? new Uint8Array(0)).service : "";
  return { method, service };
}

function state(status: number): GrpcReply {
  return { protocol: "grpc", status: 0, messages: [encodeHealth("HealthCheckResponse", { status })] };
}

function refused(status: number): GrpcReply {
  return { protocol: "grpc", status, message: "no", messages: [] };
}

function listing(names: readonly string[]): GrpcReply {
  const statuses = Object.fromEntries(names.map((name) => [name, { status: SERVING_STATUS.SERVING }]));
  return { protocol: "grpc", status: 0, messages: [encodeHealth("HealthListResponse", { statuses })] };
}

const isUnknown = ({ reply }: Scene) => reply.status === NOT_FOUND;

/** Single faults of the reference runtime over gRPC's health service. */
export const mutants: readonly Mutant[] = [
  onReply("says-unknown", "leaves the status of Check at UNKNOWN", ({ method, reply }) =>
    method === "Check" && reply.status === 0 ? state(SERVING_STATUS.UNKNOWN) : undefined,
  ),
  onReply("unknown-service-is-not-serving", "says NOT_SERVING of a service that does not exist", (scene) =>
    isUnknown(scene) ? state(SERVING_STATUS.NOT_SERVING) : undefined,
  ),
  onReply("unknown-service-is-invalid", "refuses a service that does not exist with INVALID_ARGUMENT", (scene) =>
    isUnknown(scene) ? refused(INVALID_ARGUMENT) : undefined,
  ),
  onReply("ignores-the-service", "answers Check for the whole server whatever the name", (scene) =>
    isUnknown(scene) ? state(SERVING_STATUS.SERVING) : undefined,
  ),
  onReply("wears-out", `says NOT_SERVING from the Check number ${WORN_OUT_AFTER} on`, ({ method, world, reply }) => {
    if (method !== "Check" || reply.status !== 0) return undefined;
    const asked = Number(world.memory.get("checks") ?? 0) + 1;
    world.memory.set("checks", asked);
    return asked >= WORN_OUT_AFTER ? state(SERVING_STATUS.NOT_SERVING) : undefined;
  }),
  onReply("watch-ends-after-one-message", "ends Watch after its first message", ({ method, service, reply }) =>
    method === "Watch" && service === "" ? { protocol: "grpc", status: 0, messages: reply.messages } : undefined,
  ),
  onReply(
    "watch-waits-for-a-change",
    "sends nothing on Watch before something changes",
    ({ method, service, reply }) => (method === "Watch" && service === "" ? { ...reply, messages: [] } : undefined),
  ),
  onReply("watch-refuses-unknown-services", "ends Watch of an unknown service with NOT_FOUND", ({ method, service }) =>
    method === "Watch" && service !== "" ? refused(NOT_FOUND) : undefined,
  ),
  onReply("watch-says-not-serving", "says NOT_SERVING on Watch of an unknown service", ({ method, service }) =>
    method === "Watch" && service !== "" ? { ...state(SERVING_STATUS.NOT_SERVING), open: true } : undefined,
  ),
  onReply("lists-nothing", "lists no service", ({ method }) => (method === "List" ? listing([]) : undefined)),
  onReply("lists-without-limit", "lists 101 services", ({ method }) =>
    method === "List" ? listing(Array.from({ length: 101 }, (_, index) => `service-${index}`)) : undefined,
  ),
];

const legal = (each: Mutant): Mutant => ({ ...each, id: each.id.replace(":", "~") });

/** Deviations that the protocol allows. */
export const variants: readonly Mutant[] = [
  onReply("check-alone", "offers Check alone", ({ method }) =>
    method === "List" || method === "Watch" ? refused(UNIMPLEMENTED) : undefined,
  ),
  onReply("too-many-to-list", "has more than 100 services and refuses List", ({ method }) =>
    method === "List" ? refused(8) : undefined,
  ),
  onReply("lists-only-the-server", "lists the whole server alone", ({ method }) =>
    method === "List" ? listing([""]) : undefined,
  ),
  onReply("watch-repeats-itself", "sends the status twice on Watch", ({ method, reply }) =>
    method === "Watch" ? { ...reply, messages: [...reply.messages, ...reply.messages] } : undefined,
  ),
  onReply("knows-models-as-services", "tells the health of models by their names", ({ service, world, reply }) =>
    world.models.has(service) && reply.status === NOT_FOUND ? state(SERVING_STATUS.SERVING) : undefined,
  ),
].map(legal);
