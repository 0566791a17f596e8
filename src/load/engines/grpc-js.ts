import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";
import {
  type ChannelCredentials,
  Client,
  type ClientOptions,
  credentials,
  Metadata,
  type StatusObject,
  status,
} from "@grpc/grpc-js";
import { type Clock, systemClock } from "../../base/clock.ts";
import { authorityOf, certificateName, connectHost, headersOf, type LoadEndpoint, urlHost } from "../endpoint.ts";
import { type EncodedRequest, type Engine, Outcome, type OutcomeCode } from "../engine.ts";
import { type AnswerSink, type Connection, runClosedLoop } from "./closed-loop.ts";
import { STAMP_RESOLUTION_NS } from "./stamp-resolution.ts";

const SOONEST_RECONNECT_MS = 100;

/** Sends unary gRPC calls with @grpc/grpc-js, one channel and so one connection for each call in flight; its retries are off. */
export function grpcJsEngine(endpoint: LoadEndpoint, clock: Clock = systemClock): Engine {
  const prepared = new WeakMap<EncodedRequest, PreparedCall>();
  const callFor = (request: EncodedRequest) => {
    const known = prepared.get(request) ?? prepare(endpoint, request);
    prepared.set(request, known);
    return known;
  };
  const connections: Connection[] = [];
  return {
    id: "grpc-js",
    openLoop: false,
    resolutionNs: STAMP_RESOLUTION_NS,
    run: (phase) => {
      while (connections.length < phase.concurrency) connections.push(openChannel(endpoint, callFor));
      return runClosedLoop(phase, clock, connections.slice(0, phase.concurrency));
    },
    close: () => {
      for (const connection of connections.splice(0)) connection.close();
      return Promise.resolve();
    },
  };
}

interface PreparedCall {
  readonly message: Buffer;
  readonly metadata: Metadata;
}

function prepare(endpoint: LoadEndpoint, request: EncodedRequest): PreparedCall {
  const metadata = new Metadata();
  for (const [name, value] of headersOf(endpoint, request)) {
    // grpc-js encodes the values of -bin keys itself.
    metadata.add(name, name.toLowerCase().endsWith("-bin") ? Buffer.from(value, "base64") : value);
  }
  const { buffer, byteOffset, byteLength } = request.body;
  return { message: Buffer.from(buffer, byteOffset, byteLength), metadata };
}

function openChannel(endpoint: LoadEndpoint, callFor: (request: EncodedRequest) => PreparedCall): Connection {
  const client = new Client(targetOf(endpoint), credentialsOf(endpoint), channelOptions(endpoint));
  let call: ReturnType<typeof client.makeUnaryRequest> | undefined;
  let lost = 0;
  return {
    send: (request, sink) => {
      const { message, metadata } = callFor(request);
      let headers = false;
      const own = client.makeUnaryRequest(request.path, asIs, asIs, message, metadata, (error, answer) => {
        // A discarded call ends as cancelled, when the next one may be in flight.
        if (call !== own) return;
        call = undefined;
        if (!error) sink.answered(true, status.OK, answer ?? EMPTY);
        else if (reportFailure(error, headers, sink)) lost++;
      });
      own.once("metadata", () => {
        headers = true;
      });
      call = own;
    },
    discard: () => {
      const given = call;
      call = undefined;
      given?.cancel();
    },
    get reconnects() {
      return lost;
    },
    close: () => client.close(),
  };
}

const EMPTY = Buffer.alloc(0);

function asIs(bytes: Buffer): Buffer {
  return bytes;
}

/** True when the connection was lost, so that the next call has to connect anew. */
function reportFailure(error: StatusObject, headers: boolean, sink: AnswerSink): boolean {
  const outcome = outcomeOf(error, headers);
  if (outcome === Outcome.grpcError) sink.answered(false, error.code, Buffer.from(error.details));
  else sink.failed(outcome, error.details);
  return outcome === Outcome.reset;
}

/** grpc-js gives failures of the connection the codes of answers; only its texts and the absence of metadata tell them apart. */
function outcomeOf({ code, details, metadata }: StatusObject, headers: boolean): OutcomeCode {
  if (details.startsWith("Received HTTP status code")) return Outcome.httpError;
  if (/^Received RST_STREAM|^Connection dropped|ECONNRESET|^read E|^write E|^The server ended/.test(details))
    return Outcome.reset;
  const answered = headers || Object.keys(metadata.getMap()).length > 0;
  if (answered) return Outcome.grpcError;
  if (code === status.UNAVAILABLE)
    return details.startsWith("No connection established") ? Outcome.refused : Outcome.reset;
  if (code === status.DEADLINE_EXCEEDED) return Outcome.timeout;
  // Raised by grpc-js itself for a message that it cannot read.
  if (code === status.INTERNAL || code === status.UNKNOWN) return Outcome.malformed;
  return Outcome.grpcError;
}

function targetOf(endpoint: LoadEndpoint): string {
  const version = isIP(connectHost(endpoint));
  const scheme = version === 0 ? "dns" : `ipv${version}`;
  return `${scheme}:${urlHost(endpoint)}:${endpoint.port}`;
}

function credentialsOf(endpoint: LoadEndpoint): ChannelCredentials {
  const { tls } = endpoint;
  if (!tls) return credentials.createInsecure();
  const pem = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
  return credentials.createSsl(pem(tls.ca), pem(tls.key), pem(tls.cert), {
    rejectUnauthorized: tls.insecure !== true,
    checkServerIdentity: (_name, certificate) => checkServerIdentity(certificateName(endpoint), certificate),
  });
}

function channelOptions(endpoint: LoadEndpoint): ClientOptions {
  const name = certificateName(endpoint);
  return {
    "grpc.enable_retries": 0,
    "grpc.enable_http_proxy": 0,
    "grpc.use_local_subchannel_pool": 1,
    "grpc.initial_reconnect_backoff_ms": SOONEST_RECONNECT_MS,
    "grpc.max_reconnect_backoff_ms": SOONEST_RECONNECT_MS,
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
    "grpc.default_authority": authorityOf(endpoint),
    ...(endpoint.tls && isIP(name) === 0 && { "grpc.ssl_target_name_override": name }),
  };
}
