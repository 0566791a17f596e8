import type { GrpcRequest } from "../../transport/exchange.ts";
import { isSecretHeader, secretVariable } from "../secrets.ts";
import { hostAndPort, MAX_REPRO_BODY_BYTES, type ReproTarget } from "./repro-target.ts";
import { shellWord, shellWordWithVariable } from "./shell.ts";

/** A request message in proto3 JSON: 64-bit integers as strings, bytes as base64. */
export interface DecodedRequest {
  readonly json: unknown;
  /** The .proto file below `protos/` that declares the service, e.g. `open_inference_grpc.proto`. */
  readonly proto: string;
}

/** Reads a request message of a gRPC path; undefined when JSON cannot stand for exactly these bytes. */
export type DecodeRequest = (path: string, message: Uint8Array) => DecodedRequest | undefined;

/** A bash line that makes this call again with grpcurl. Undefined when a message cannot be written as JSON or is too long to paste. */
export function grpcurlLine(
  request: GrpcRequest,
  target: ReproTarget,
  decode: DecodeRequest,
  bodyLimit = MAX_REPRO_BODY_BYTES,
): string | undefined {
  const decoded = request.messages.map((message) => decode(request.path, message));
  const messages = decoded.filter((message) => message !== undefined);
  const proto = messages[0]?.proto;
  if (proto === undefined || messages.length < decoded.length) return undefined;
  const data = shellWord(Buffer.from(messages.map(({ json }) => JSON.stringify(json)).join("\n")));
  if (data === undefined || data.length > 2 * bodyLimit) return undefined;
  const { host, port, address } = target;
  const metadata = [...(target.headers ?? []), ...request.metadata];
  return [
    "grpcurl",
    ...securityArguments(target),
    ...authorityArguments(target),
    "-import-path protos",
    `-proto ${word(proto)}`,
    ...metadata.map(([name, value]) => `-H ${metadataWord(name, value, target)}`),
    `-d ${data}`,
    word(hostAndPort(address ?? host, port)),
    word(request.path.replace(/^\//, "")),
  ].join(" ");
}

function securityArguments({ tls }: ReproTarget): string[] {
  if (!tls) return ["-plaintext"];
  const files = [
    ["-cacert", tls.ca],
    ["-cert", tls.cert],
    ["-key", tls.key],
  ] as const;
  return [
    ...(tls.insecure ? ["-insecure"] : []),
    ...files.flatMap(([flag, file]) => (file === undefined ? [] : [flag, word(file)])),
  ];
}

// grpcurl takes one name for :authority and SNI; with an address of its own the host must be said as well.
function authorityArguments({ authority, tls, address, host }: ReproTarget): string[] {
  const name = authority ?? tls?.serverName ?? (address === undefined ? undefined : host);
  return name === undefined ? [] : ["-authority", word(name)];
}

function metadataWord(name: string, value: string, target: ReproTarget): string {
  if (!isSecretHeader(name, target.secretHeaders)) return word(`${name}: ${value}`);
  const scheme = /^(Bearer|Basic) /i.exec(value)?.[0] ?? "";
  return shellWordWithVariable(`${name}: ${scheme}`, secretVariable(name));
}

function word(text: string): string {
  return shellWord(Buffer.from(text)) ?? "''";
}
