import { gunzipSync, inflateSync } from "node:zlib";
import { messageOf } from "../base/errors.ts";
import { oncePer } from "../base/once-per.ts";
import { bodyOf, type Exchange, type Headers, headerOf } from "./exchange.ts";
import { type GrpcFrame, readFrames } from "./grpc-frames.ts";

/** The names of gRPC's status codes; the index is the code. */
export const GRPC_CODES = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

export type GrpcCodeName = (typeof GRPC_CODES)[number];

/** What a gRPC exchange says: a status with its messages, or why it is no proper gRPC answer. */
export type GrpcOutcome =
  | {
      readonly ok: true;
      /** 0 to 16; 0 is OK. */
      readonly code: number;
      readonly codeName: GrpcCodeName;
      /** `grpc-message`, percent-decoded; empty when absent. */
      readonly message: string;
      readonly messages: readonly Uint8Array[];
    }
  | { readonly ok: false; readonly problem: string };

/** Larger messages than this are not decompressed. */
const MAX_INFLATED_BYTES = 256 * 1024 * 1024;

/** Reads an exchange as the gRPC protocol over HTTP/2 defines it. */
export const grpcOutcome: (exchange: Exchange) => GrpcOutcome = oncePer(readOutcome);

function readOutcome(exchange: Exchange): GrpcOutcome {
  const { head, failure, trailers } = exchange;
  if (failure) return problem(`no answer (${failure.code}): ${failure.message}`);
  if (!head) return problem("no answer");
  if (head.status !== 200) return problem(`HTTP status ${head.status} where gRPC has 200`);
  const contentType = headerOf(head.headers, "content-type");
  if (contentType === undefined) return problem("no content-type");
  if (!/^application\/grpc(?:$|[+;])/i.test(contentType)) return problem(`content-type "${contentType}" is not gRPC's`);
  const status = readStatus(trailers);
  if (typeof status === "string") return problem(status);
  const messages = readMessages(exchange, head.headers);
  if (typeof messages === "string") return problem(messages);
  return {
    ok: true,
    code: status.code,
    codeName: status.codeName,
    message: percentDecode(headerOf(trailers, "grpc-message") ?? ""),
    messages,
  };
}

function problem(text: string): GrpcOutcome {
  return { ok: false, problem: text };
}

function readStatus(
  trailers: Headers | undefined,
): { readonly code: number; readonly codeName: GrpcCodeName } | string {
  if (!trailers) return "no trailers, so no grpc-status";
  const [status, ...more] = trailers.filter(([name]) => name.toLowerCase() === "grpc-status").map(([, value]) => value);
  if (status === undefined) return "no grpc-status in the trailers";
  if (more.length > 0) return "more than one grpc-status";
  const codeName = /^(?:0|[1-9]\d?)$/.test(status) ? GRPC_CODES[Number(status)] : undefined;
  return codeName ? { code: Number(status), codeName } : `grpc-status "${status}" is none of gRPC's codes`;
}

function readMessages(exchange: Exchange, headers: Headers): readonly Uint8Array[] | string {
  const { frames, left } = readFrames(bodyOf(exchange));
  if (left > 0) return `the last ${left} bytes of the body are not a complete message`;
  const encoding = headerOf(headers, "grpc-encoding") ?? "identity";
  const messages: Uint8Array[] = [];
  for (const frame of frames) {
    const message = frame.flag === 0 ? frame.message : inflate(exchange, frame, encoding);
    if (typeof message === "string") return message;
    messages.push(message);
  }
  return messages;
}

function inflate(exchange: Exchange, frame: GrpcFrame, encoding: string): Uint8Array | string {
  if (frame.flag !== 1) return `a message has the compressed flag ${frame.flag}`;
  if (encoding === "identity") return "a message is marked as compressed, but grpc-encoding names no compression";
  if (!offered(exchange).includes(encoding))
    return `a message is compressed with ${encoding}, which the request did not accept`;
  const decompress = { gzip: gunzipSync, deflate: inflateSync }[encoding];
  if (!decompress) return `a message is compressed with ${encoding}, which is not known here`;
  try {
    return new Uint8Array(decompress(frame.message, { maxOutputLength: MAX_INFLATED_BYTES }));
  } catch (thrown) {
    return `a message is not valid ${encoding}: ${messageOf(thrown)}`;
  }
}

function offered({ request }: Exchange): readonly string[] {
  if (request.protocol !== "grpc") return [];
  return (headerOf(request.metadata, "grpc-accept-encoding") ?? "").split(",").map((each) => each.trim());
}

/** gRPC has receivers keep what is not a valid escape as it is. */
function percentDecode(text: string): string {
  if (!text.includes("%")) return text;
  const bytes = Buffer.from(text, "latin1");
  const decoded: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const escape = /^%[0-9a-fA-F]{2}$/.test(text.slice(i, i + 3));
    decoded.push(escape ? Number.parseInt(text.slice(i + 1, i + 3), 16) : (bytes[i] as number));
    if (escape) i += 2;
  }
  return Buffer.from(decoded).toString("utf8");
}
