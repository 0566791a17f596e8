import Long from "long";
import protobuf from "protobufjs";
import { assetText } from "../base/assets.ts";
import { messageOf } from "../base/errors.ts";
import type { Encodable, OipMessageName, OipMessages } from "./oip-messages.ts";

export type OipMethod = "ServerLive" | "ServerReady" | "ModelReady" | "ServerMetadata" | "ModelMetadata" | "ModelInfer";

/** The path of a method of the Open Inference Protocol's gRPC service. */
export function grpcPath(method: OipMethod): `/${string}` {
  return `/inference.GRPCInferenceService/${method}`;
}

/** Protobuf bytes of a message. Throws for a value that its field cannot hold. */
export function encodeMessage<Name extends OipMessageName>(
  name: Name,
  value: Encodable<OipMessages[Name]>,
): Uint8Array {
  const type = typeOf(name);
  return new Uint8Array(type.encode(toWire(type, value)).finish());
}

/**
 * Reads a message: what is unset has its default, unset submessages are absent, unknown fields are passed over.
 * Throws an Error for bytes that are no such message.
 */
export function decodeMessage<Name extends OipMessageName>(name: Name, bytes: Uint8Array): OipMessages[Name] {
  const type = typeOf(name);
  try {
    return read(name, type, bytes) as unknown as OipMessages[Name];
  } catch (thrown) {
    throw new Error(`the ${bytes.length} bytes are no ${name}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

type Plain = Readonly<Record<string, unknown>>;
type Convert = (field: protobuf.Field, value: unknown) => unknown;

const CONTESTED_FIELD = 6;
let root: protobuf.Root | undefined;

function typeOf(name: string): protobuf.Type {
  if (!root) {
    // Left to itself it may not find the package, and would read 64-bit integers as numbers without a word.
    protobuf.util.Long = Long;
    protobuf.configure();
    root = protobuf.parse(assetText("#protos/open_inference_grpc.proto"), { keepCase: true }).root;
    root.resolveAll();
  }
  return root.lookupType(`inference.${name}`);
}

function read(name: OipMessageName, type: protobuf.Type, bytes: Uint8Array): Plain {
  if (name !== "ModelMetadataResponse") return fromWire(type, type.decode(bytes));
  const kept = withoutField(bytes, CONTESTED_FIELD);
  return { ...fromWire(type, type.decode(kept)), hasField6: kept.length < bytes.length };
}

/** The top-level fields of a message but those of one number. */
function withoutField(bytes: Uint8Array, number: number): Uint8Array {
  const reader = protobuf.Reader.create(bytes);
  const kept: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    reader.skipType(tag & 7);
    if (tag >>> 3 !== number) kept.push(bytes.subarray(start, reader.pos));
  }
  return new Uint8Array(Buffer.concat(kept));
}

function fromWire(type: protobuf.Type, message: object): Plain {
  const plain: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    const value = (message as Plain)[field.name];
    const present = Object.hasOwn(message, field.name);
    if (field instanceof protobuf.MapField) plain[field.name] = mapEntries(field, value as Plain, elementFromWire);
    else if (field.repeated)
      plain[field.name] = (value as readonly unknown[]).map((each) => elementFromWire(field, each));
    else if (present || (field.partOf === null && !(field.resolvedType instanceof protobuf.Type)))
      plain[field.name] = elementFromWire(field, value);
  }
  return plain;
}

const elementFromWire: Convert = (field, value) => {
  if (field.resolvedType instanceof protobuf.Type) return fromWire(field.resolvedType, value as object);
  if (field.type === "bytes") return new Uint8Array(value as ArrayLike<number>);
  if (!isLong(field)) return value;
  return Long.isLong(value) ? value.toBigInt() : BigInt(value as number);
};

function toWire(type: protobuf.Type, plain: Plain): Plain {
  const message: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    const value = plain[field.name];
    if (value === undefined) continue;
    if (field instanceof protobuf.MapField) message[field.name] = mapEntries(field, value as Plain, elementToWire);
    else if (field.repeated)
      message[field.name] = (value as readonly unknown[]).map((each) => elementToWire(field, each));
    else message[field.name] = elementToWire(field, value);
  }
  return message;
}

const elementToWire: Convert = (field, value) => {
  if (field.resolvedType instanceof protobuf.Type) return toWire(field.resolvedType, value as Plain);
  if (!isLong(field)) return value;
  const integer = BigInt(value as bigint | number);
  const unsigned = field.type === "uint64";
  if ((unsigned ? BigInt.asUintN(64, integer) : BigInt.asIntN(64, integer)) !== integer)
    throw new RangeError(`${integer} does not fit ${field.type} ${field.name}`);
  return Long.fromString(integer.toString(), unsigned);
};

function mapEntries(field: protobuf.Field, entries: Plain, convert: Convert): Plain {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, convert(field, value)]));
}

function isLong(field: protobuf.Field): boolean {
  return field.type === "int64" || field.type === "uint64";
}
