import {
  decodeHealth,
  decodeMessage,
  decodeRepository,
  encodeHealth,
  encodeMessage,
  encodeRepository,
  type HealthMessageName,
} from "../target/index.ts";

const INFERENCE = {
  ServerLive: "ServerLiveRequest",
  ServerReady: "ServerReadyRequest",
  ModelReady: "ModelReadyRequest",
  ServerMetadata: "ServerMetadataRequest",
  ModelMetadata: "ModelMetadataRequest",
  ModelInfer: "ModelInferRequest",
} as const;

const HEALTH: Readonly<Record<string, HealthMessageName>> = {
  Check: "HealthCheckRequest",
  Watch: "HealthCheckRequest",
  List: "HealthListRequest",
};

/** A request message as grpcurl takes it; undefined where proto3 JSON cannot stand for exactly these bytes. */
export function decodeRequest(
  path: string,
  message: Uint8Array,
): { readonly json: unknown; readonly proto: string } | undefined {
  try {
    const read = readInference(path, message) ?? readRepository(path, message) ?? readHealth(path, message);
    if (!read || Buffer.compare(read.again, message) !== 0) return undefined;
    return { json: protoJson(read.decoded), proto: read.proto };
  } catch {
    // Bytes that are no such message are what some checks send on purpose.
    return undefined;
  }
}

/** A request message, read and written again. */
interface Reading {
  readonly decoded: unknown;
  readonly again: Uint8Array;
  readonly proto: string;
}

function readInference(path: string, message: Uint8Array): Reading | undefined {
  const method = /^\/inference\.GRPCInferenceService\/(\w+)$/.exec(path)?.[1];
  const type = method === undefined ? undefined : INFERENCE[method as keyof typeof INFERENCE];
  if (type === undefined) return undefined;
  const decoded = decodeMessage(type, message);
  return { decoded, again: encodeMessage(type, decoded as never), proto: "open_inference_grpc.proto" };
}

function readRepository(path: string, message: Uint8Array): Reading | undefined {
  const method = /^\/inference\.GRPCInferenceService\/(RepositoryModel(?:Load|Unload))$/.exec(path)?.[1];
  if (method === undefined) return undefined;
  const type = `${method as "RepositoryModelLoad" | "RepositoryModelUnload"}Request` as const;
  const decoded = decodeRepository(type, message);
  return { decoded, again: encodeRepository(type, decoded), proto: "kserve_repository.proto" };
}

function readHealth(path: string, message: Uint8Array): Reading | undefined {
  const type = HEALTH[/^\/grpc\.health\.v1\.Health\/(\w+)$/.exec(path)?.[1] ?? ""];
  if (type === undefined) return undefined;
  const decoded = decodeHealth(type, message);
  return { decoded, again: encodeHealth(type, decoded), proto: "grpc_health.proto" };
}

function protoJson(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  // proto3 JSON takes floats as text too, and JSON.stringify would drop the sign of zero.
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
    return Object.is(value, -0) ? "-0" : String(value);
  if (Array.isArray(value)) return value.map(protoJson);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([name, member]) => !isDefault(name, member));
  return Object.fromEntries(members.map(([name, member]) => [name, protoJson(member)]));
}

/** What proto3 JSON leaves out. An empty `contents` is a message that is there, which some checks send on purpose. */
function isDefault(name: string, member: unknown): boolean {
  if (member === undefined || member === "" || (Array.isArray(member) && member.length === 0)) return true;
  return name === "parameters" && Object.keys(member as object).length === 0;
}
