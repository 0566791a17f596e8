import { InfermarkError } from "../../../base/errors.ts";
import { authorityOf, headersOf, type LoadEndpoint } from "../../endpoint.ts";
import type { EncodedRequest } from "../../engine.ts";
import { endOfId } from "../serial.ts";
import { SharedTails } from "../shared-tails.ts";
import { DEFAULT_MAX_FRAME_BYTES, Flag, FRAME_HEADER_BYTES, FrameType } from "./constants.ts";
import { encodeField, encodeIndexed, type Field, StaticIndex } from "./hpack.ts";

/** A call with all of its bytes but stream ids and serial. Immutable. */
export interface GrpcCall {
  /** The header block. */
  readonly block: Buffer;
  /** The size of its fields as SETTINGS_MAX_HEADER_LIST_SIZE counts it (RFC 9113, section 6.5.2). */
  readonly listBytes: number;
  /** The message with its prefix, as far as it does not stand in `tail`. */
  readonly message: Buffer;
  /** The end of the message, in memory that it shares with others; empty when it shares none. */
  readonly tail: Uint8Array;
  /** The length of the message with its prefix. */
  readonly bytes: number;
  /** Both in one frame each, with 0 as stream id; absent when they are larger than that. */
  readonly frames?: Buffer;
  /** Where in `frames` the DATA frame begins. */
  readonly dataAt: number;
  /** Where in `message` the serial ends; 0 when there is none. */
  readonly serialEnd: number;
  /** Whether any number of messages answers it. */
  readonly streaming: boolean;
}

export const PREFIX_BYTES = 5;
const EMPTY = new Uint8Array(0);
const FIELD_OVERHEAD = 32;
const MOST_MESSAGE_BYTES = 0x7fff_ffff - PREFIX_BYTES;

/** All bytes of a call that can be known before the clock starts. Throws USAGE for metadata that cannot be sent. */
export function prepareCall(endpoint: LoadEndpoint, request: EncodedRequest, tails = new SharedTails()): GrpcCall {
  const { body } = request;
  const idEnd = endOfId(request);
  const fields = fieldsOf(endpoint, request);
  const block = Buffer.concat(fields.map(encode));
  const tail = tails.of(body, idEnd) ?? EMPTY;
  const message = frameMessage(body, tail.length);
  const small = block.length <= DEFAULT_MAX_FRAME_BYTES && PREFIX_BYTES + body.length <= DEFAULT_MAX_FRAME_BYTES;
  return {
    block,
    listBytes: fields.reduce((sum, [name, value]) => sum + name.length + value.length + FIELD_OVERHEAD, 0),
    message,
    tail,
    bytes: PREFIX_BYTES + body.length,
    ...(small && {
      frames: Buffer.concat([
        frameHeader(block.length, FrameType.headers, Flag.endHeaders),
        block,
        frameHeader(message.length, FrameType.data, Flag.endStream),
        message,
      ]),
    }),
    dataAt: FRAME_HEADER_BYTES + block.length,
    serialEnd: idEnd === 0 ? 0 : PREFIX_BYTES + idEnd,
    streaming: request.serverStreaming === true,
  };
}

function fieldsOf(endpoint: LoadEndpoint, request: EncodedRequest): readonly Field[] {
  const metadata = headersOf(endpoint, request).map(([name, value]) => [name.toLowerCase(), value] as const);
  for (const field of metadata) refuseUnsendable(field);
  const typed = metadata.some(([name]) => name === "content-type");
  return [
    [":method", "POST"],
    [":scheme", endpoint.tls ? "https" : "http"],
    [":path", request.path],
    [":authority", authorityOf(endpoint)],
    ...(typed ? [] : [["content-type", "application/grpc"] as const]),
    ["te", "trailers"],
    ...metadata.filter(([name]) => name !== "te"),
  ];
}

function refuseUnsendable([name, value]: Field): void {
  const problem = !/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)
    ? "is no name of metadata"
    : /^(?:connection|keep-alive|proxy-connection|transfer-encoding|upgrade|host)$/.test(name)
      ? "does not exist in HTTP/2"
      : /[^\t\x20-\x7e\x80-\xff]|^[ \t]|[ \t]$/.test(value)
        ? "has a value that cannot be sent"
        : undefined;
  if (problem !== undefined)
    throw new InfermarkError("USAGE", `the header ${JSON.stringify(name)} ${problem}`, {
      hint: "metadata has lower-case names and values of printable characters",
    });
}

const INDEXED: ReadonlyMap<string, number> = new Map([
  [":method POST", StaticIndex.methodPost],
  [":scheme http", StaticIndex.schemeHttp],
  [":scheme https", StaticIndex.schemeHttps],
]);
const NAME_INDEX: ReadonlyMap<string, number> = new Map([
  [":authority", StaticIndex.authority],
  [":path", StaticIndex.path],
  ["content-type", StaticIndex.contentType],
]);

function encode(field: Field): Buffer {
  const [name, value] = field;
  const index = INDEXED.get(`${name} ${value}`);
  return index === undefined ? encodeField(field, NAME_INDEX.get(name)) : encodeIndexed(index);
}

/** A message without its last `left` bytes, with its prefix: uncompressed, length in network order. */
function frameMessage(body: Uint8Array, left: number): Buffer {
  if (body.length > MOST_MESSAGE_BYTES)
    throw new InfermarkError("USAGE", `a message of ${body.length} bytes is too large`, {
      hint: "use smaller tensors",
    });
  const own = body.subarray(0, body.length - left);
  const framed = Buffer.alloc(PREFIX_BYTES + own.length);
  framed.writeUInt32BE(body.length, 1);
  framed.set(own, PREFIX_BYTES);
  return framed;
}

function frameHeader(length: number, type: number, flags: number): Buffer {
  return Buffer.from([length >> 16, length >> 8, length, type, flags, 0, 0, 0, 0]);
}
