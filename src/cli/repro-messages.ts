import { decodeMessage, encodeMessage } from "../target/index.ts";

const REQUESTS = {
  ServerLive: "ServerLiveRequest",
  ServerReady: "ServerReadyRequest",
  ModelReady: "ModelReadyRequest",
  ServerMetadata: "ServerMetadataRequest",
  ModelMetadata: "ModelMetadataRequest",
  ModelInfer: "ModelInferRequest",
} as const;

/** A request message as grpcurl takes it; undefined where proto3 JSON cannot stand for exactly these bytes. */
export function decodeRequest(
  path: string,
  message: Uint8Array,
): { readonly json: unknown; readonly proto: string } | undefined {
  const method = /^\/inference\.GRPCInferenceService\/(\w+)$/.exec(path)?.[1];
  const type = method === undefined ? undefined : REQUESTS[method as keyof typeof REQUESTS];
  if (type === undefined) return undefined;
  try {
    const decoded = decodeMessage(type, message);
    if (Buffer.compare(encodeMessage(type, decoded as never), message) !== 0) return undefined;
    return { json: protoJson(decoded), proto: "open_inference_grpc.proto" };
  } catch {
    // Bytes that are no such message are what some checks send on purpose.
    return undefined;
  }
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
