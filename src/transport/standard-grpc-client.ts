import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";
import {
  type ChannelCredentials,
  Client,
  type ClientOptions,
  type ClientUnaryCall,
  credentials,
  Metadata,
  type StatusObject,
  status,
} from "@grpc/grpc-js";
import { type Collector, collectExchange } from "./collect-exchange.ts";
import type { Endpoint } from "./endpoint.ts";
import type { GrpcRequest, Headers, SendOptions, TransportFailure } from "./exchange.ts";
import { frameMessage } from "./grpc-frames.ts";
import { authorityOf, withEndpointHeaders } from "./open-socket.ts";
import type { SenderOptions } from "./sender.ts";

/** Makes a unary call as an ordinary client would: with @grpc/grpc-js, its retries off, on a channel of its own. */
export function standardGrpcCall(
  endpoint: Endpoint,
  request: GrpcRequest,
  send: SendOptions,
  options: SenderOptions,
): Collector<GrpcRequest> {
  const client = new Client(targetOf(endpoint), credentialsOf(endpoint), channelOptions(endpoint, options));
  let call: ClientUnaryCall | undefined;
  const release = () => {
    call?.cancel();
    client.close();
  };
  const collector = collectExchange(request, send, { ...options, release });
  const [message = new Uint8Array(0)] = request.messages;
  const deadline = Date.now() + send.deadlineMs;
  collector.sent();
  call = client.makeUnaryRequest(
    request.path,
    (bytes: Buffer) => bytes,
    (bytes: Buffer) => bytes,
    Buffer.from(message),
    metadataOf(endpoint, request),
    { deadline },
    (_error, answer) => {
      if (answer) collector.received(frameMessage(answer));
    },
  );
  call.on("metadata", (metadata: Metadata) => collector.answered(200, withContentType(fieldsOf(metadata))));
  call.on("status", (ending: StatusObject) => {
    const failure = collector.head ? undefined : failureOfStatus(ending);
    if (failure) {
      collector.end(failure);
      return;
    }
    if (!collector.head) collector.answered(200, withContentType([]));
    collector.trailed(trailersOf(ending));
    // The callback with the message follows in the same turn.
    queueMicrotask(() => collector.end());
  });
  return collector;
}

function targetOf(endpoint: Endpoint): string {
  const host = (endpoint.address ?? endpoint.host).replace(/^\[|\]$/g, "");
  const version = isIP(host);
  if (version === 0) return `dns:${host}:${endpoint.port}`;
  return version === 6 ? `ipv6:[${host}]:${endpoint.port}` : `ipv4:${host}:${endpoint.port}`;
}

function credentialsOf({ tls, host }: Endpoint): ChannelCredentials {
  if (!tls) return credentials.createInsecure();
  const pem = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
  return credentials.createSsl(pem(tls.ca), pem(tls.key), pem(tls.cert), {
    rejectUnauthorized: tls.insecure !== true,
    checkServerIdentity: (_name, certificate) => checkServerIdentity(tls.serverName ?? host, certificate),
  });
}

function channelOptions(endpoint: Endpoint, options: SenderOptions): ClientOptions {
  const name = endpoint.tls?.serverName ?? endpoint.host;
  return {
    "grpc.enable_retries": 0,
    "grpc.enable_http_proxy": 0,
    "grpc.use_local_subchannel_pool": 1,
    "grpc.max_receive_message_length": options.maxResponseBytes,
    "grpc.default_authority": authorityOf(endpoint),
    ...(endpoint.tls && isIP(name) === 0 && { "grpc.ssl_target_name_override": name }),
  };
}

function metadataOf(endpoint: Endpoint, request: GrpcRequest): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of withEndpointHeaders(endpoint, request.metadata)) {
    // grpc-js encodes the values of -bin keys itself.
    metadata.add(name, name.toLowerCase().endsWith("-bin") ? Buffer.from(value, "base64") : value);
  }
  return metadata;
}

/** grpc-js gives no answer at all the codes of an answer; without a head they are its own. */
function failureOfStatus({ code, details }: StatusObject): TransportFailure | undefined {
  if (code === status.DEADLINE_EXCEEDED) return { code: "timeout", message: details };
  if (code === status.UNAVAILABLE)
    return { code: /ECONNREFUSED/.test(details) ? "refused" : "closed", message: details };
  return undefined;
}

function trailersOf({ code, details, metadata }: StatusObject): Headers {
  const message: Headers = details === "" ? [] : [["grpc-message", percentEncode(details)]];
  return [["grpc-status", String(code)], ...message, ...fieldsOf(metadata)];
}

function fieldsOf(metadata: Metadata): Headers {
  return Object.keys(metadata.getMap()).flatMap((name) =>
    metadata.get(name).map((value) => [name, typeof value === "string" ? value : value.toString("base64")] as const),
  );
}

/** grpc-js checks the content type and keeps it to itself. */
function withContentType(fields: Headers): Headers {
  return fields.some(([name]) => name === "content-type") ? fields : [["content-type", "application/grpc"], ...fields];
}

function percentEncode(text: string): string {
  return [...Buffer.from(text, "utf8")]
    .map((byte) =>
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    )
    .join("");
}
