import type { Field } from "./hpack.ts";

/** What the fields of one header block say, as the head of a response, as its trailers, or as both in one. */
export interface ResponseFields {
  /** Why no response may have these fields (RFC 9113, section 8); absent when it may. */
  readonly malformed?: string;
  /** 0 without `:status`, as in trailers. */
  readonly status: number;
  /** -1 when absent. */
  readonly contentLength: number;
  readonly contentType?: string;
  /** Whether the content type is gRPC's. */
  readonly grpc: boolean;
  /** 0 to 16, or why there is none. */
  readonly grpcStatus: number | string;
  /** `grpc-message`, percent-decoded: UTF-8. */
  readonly grpcMessage: Buffer;
}

const CODES = 17;
const NO_MESSAGE = Buffer.alloc(0);
const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const VALUE = /^(?![ \t])[^\0-\x08\x0a-\x1f\x7f]*(?<![ \t])$/;

/**
 * Judges and reads the fields of a header block. Fields with names or values of characters that none has are passed over, as
 * nghttp2 does and with it most clients, where RFC 9113, section 8.2.1, would have the response refused.
 */
export function readResponseFields(all: readonly Field[]): ResponseFields {
  const malformed = problemOf(all);
  const fields = all.filter(([name, value]) => name.startsWith(":") || (NAME.test(name) && VALUE.test(value)));
  const status = valuesOf(fields, ":status")[0];
  const length = valuesOf(fields, "content-length")[0];
  const contentType = valuesOf(fields, "content-type")[0];
  const message = valuesOf(fields, "grpc-message")[0];
  return {
    ...(malformed !== undefined && { malformed }),
    status: malformed === undefined && status !== undefined ? Number(status) : 0,
    contentLength: length === undefined ? -1 : Number(length),
    ...(contentType !== undefined && { contentType }),
    grpc: contentType !== undefined && /^application\/grpc(?:$|[+;])/i.test(contentType),
    grpcStatus: grpcStatusOf(valuesOf(fields, "grpc-status")),
    grpcMessage: message === undefined ? NO_MESSAGE : percentDecode(message),
  };
}

function valuesOf(fields: readonly Field[], wanted: string): readonly string[] {
  return fields.filter(([name]) => name === wanted).map(([, value]) => value);
}

function problemOf(fields: readonly Field[]): string | undefined {
  let regular = false;
  for (const [name, value] of fields) {
    const pseudo = name.startsWith(":");
    if (pseudo && regular) return `${name} follows other fields`;
    regular ||= !pseudo;
    const problem = pseudo ? pseudoProblem(name, value) : fieldProblem(name, value);
    if (problem !== undefined) return problem;
  }
  if (valuesOf(fields, ":status").length > 1) return "more than one :status";
  const lengths = valuesOf(fields, "content-length").filter((value) => VALUE.test(value));
  return lengths.length > 1 ? "more than one content-length" : undefined;
}

function pseudoProblem(name: string, value: string): string | undefined {
  if (name !== ":status") return `a response has no ${name}`;
  // 101 has no meaning in HTTP/2 (section 8.6).
  return /^\d{3}$/.test(value) && value !== "101" ? undefined : `:status is ${JSON.stringify(value)}`;
}

function fieldProblem(name: string, value: string): string | undefined {
  if (/[A-Z]/.test(name)) return `the name ${JSON.stringify(name)} has upper case`;
  if (!VALUE.test(value)) return undefined;
  if (CONNECTION_FIELDS.has(name)) return `HTTP/2 has no field ${name}`;
  if (name === "te" && value.toLowerCase() !== "trailers") return `te is ${JSON.stringify(value)}`;
  if (name === "content-length" && !/^\d{1,15}$/.test(value)) return `content-length is ${JSON.stringify(value)}`;
  return undefined;
}

function grpcStatusOf(values: readonly string[]): number | string {
  const [value, ...more] = values;
  if (value === undefined) return "the answer ended without grpc-status";
  if (more.length > 0) return "more than one grpc-status";
  const code = /^(?:0|[1-9]\d?)$/.test(value) ? Number(value) : CODES;
  return code < CODES ? code : `grpc-status ${JSON.stringify(value)} is none of gRPC's codes`;
}

/** gRPC has receivers keep what is not a valid escape as it is. */
function percentDecode(text: string): Buffer {
  const octets = text.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return Buffer.from(octets, "latin1");
}
