import protobuf from "protobufjs";
import { assetText } from "../base/assets.ts";
import { messageOf } from "../base/errors.ts";

export type HealthMethod = "Check" | "List" | "Watch";

/** The path of a method of gRPC's health service. */
export function healthPath(method: HealthMethod): `/${string}` {
  return `/grpc.health.v1.Health/${method}`;
}

/** The numbers of the states that a service can be in. */
export const SERVING_STATUS = { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } as const;

/** The name of a state; a number that the protocol does not have is shown as it is. */
export function servingStatusName(status: number): string {
  return Object.entries(SERVING_STATUS).find(([, number]) => number === status)?.[0] ?? `status ${status}`;
}

/** The messages of gRPC's health service by their names in the .proto file. */
export interface HealthMessages {
  /** An empty name asks for the whole server. */
  readonly HealthCheckRequest: { readonly service: string };
  /** One of SERVING_STATUS, or whatever number came. */
  readonly HealthCheckResponse: { readonly status: number };
  readonly HealthListRequest: Readonly<Record<string, never>>;
  readonly HealthListResponse: { readonly statuses: Readonly<Record<string, { readonly status: number }>> };
}

export type HealthMessageName = keyof HealthMessages;

/** Protobuf bytes of a message. */
export function encodeHealth<Name extends HealthMessageName>(name: Name, value: HealthMessages[Name]): Uint8Array {
  return new Uint8Array(typeOf(name).encode(value).finish());
}

/** Reads a message: what is unset has its default, unknown fields are passed over. Throws an Error for bytes that are no such message. */
export function decodeHealth<Name extends HealthMessageName>(name: Name, bytes: Uint8Array): HealthMessages[Name] {
  const type = typeOf(name);
  try {
    return type.toObject(type.decode(bytes), { defaults: true }) as HealthMessages[Name];
  } catch (thrown) {
    throw new Error(`the ${bytes.length} bytes are no ${name}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

let root: protobuf.Root | undefined;

function typeOf(name: string): protobuf.Type {
  if (!root) {
    root = protobuf.parse(assetText("#protos/grpc_health.proto"), { keepCase: true }).root;
    root.resolveAll();
  }
  return root.lookupType(`grpc.health.v1.${name}`);
}
