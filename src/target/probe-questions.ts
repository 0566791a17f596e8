import {
  bodyOf,
  type Exchange,
  type GrpcOutcome,
  grpcOutcome,
  type Transport,
  type TransportFailure,
  type WireRequest,
} from "../transport/index.ts";
import { encodeHealth, healthPath } from "./health-grpc.ts";
import { type JsonObject, type JsonValue, readJson } from "./json.ts";
import type { ModelInfo } from "./model.ts";
import { decodeMessage, encodeMessage, grpcPath, type OipMethod } from "./oip-grpc.ts";
import type { Encodable, OipMessages } from "./oip-messages.ts";
import { generateRequest } from "./text-generation.ts";

export type BindingId = "v1-rest" | "v2-rest" | "v2-grpc";
export const BINDING_IDS: readonly BindingId[] = ["v1-rest", "v2-rest", "v2-grpc"];

/** Bindings that tell nothing of models, so that one question each is enough. */
export type SideBindingId = "grpc-health" | "kserve-repository" | "v2-generate";
export const SIDE_BINDING_IDS: readonly SideBindingId[] = ["grpc-health", "kserve-repository", "v2-generate"];

/** Which address of the target a binding is spoken at. */
export function transportOf(binding: BindingId | SideBindingId): "rest" | "grpc" {
  return binding === "v2-grpc" || binding === "grpc-health" ? "grpc" : "rest";
}

/** One request of the probe and what it tells about its binding. */
export interface Observation<Binding = BindingId> {
  readonly binding: Binding;
  /** `GET /v2/health/live` or `ModelMetadata`. */
  readonly question: string;
  /** What came back, in words: `HTTP 404`, `gRPC OK`, `refused: …`. */
  readonly answer: string;
  /** The binding is there: the answer is more than "no such route". */
  readonly answers: boolean;
  /** HTTP 404, 405 or 501, or gRPC UNIMPLEMENTED. */
  readonly noSuchRoute: boolean;
  readonly refusedCredentials: boolean;
  /** Nothing of the peer was seen at all. */
  readonly unreachable?: TransportFailure;
}

/** An answer over REST: `object` is its JSON body when that is complete and an object, `json` when it is any JSON. */
export interface RestAnswer {
  readonly status?: number;
  readonly json?: JsonValue;
  readonly object?: JsonObject;
}

export interface Questions {
  get(binding: "v1-rest" | "v2-rest", path: string): Promise<RestAnswer>;
  /** POST of an empty JSON object. */
  post(binding: "v1-rest" | "v2-rest", path: string): Promise<RestAnswer>;
  /** The decoded message of a call that ended with OK, else undefined. */
  call<Method extends OipMethod>(method: Method, model?: string): Promise<OipMessages[`${Method}Response`] | undefined>;
  /** Asks for a side binding: the health of the whole server, KServe's listing of models, or a token of text. None changes anything. */
  lookFor(binding: SideBindingId, model?: ModelInfo): Promise<void>;
  /** Everything asked so far, but for the side bindings. */
  readonly observations: readonly Observation[];
  /** What was asked of the side bindings; it says nothing about whether the target can be used. */
  readonly sideObservations: readonly Observation<SideBindingId>[];
}

export interface QuestionOptions {
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  /** Under which the exchanges are recorded; "probe" unless said. */
  readonly origin?: string;
}

const MAX_IN_FLIGHT = 8;
const UNIMPLEMENTED = 12;
const NO_SUCH_ROUTE: readonly number[] = [404, 405, 501];
const UNREACHABLE: readonly TransportFailure["code"][] = ["refused", "dns", "timeout", "tls"];

/** Asks the target the probe's questions, at most eight at once, and notes what every answer tells. */
export function questions(transport: Transport, options: QuestionOptions): Questions {
  const observations: Observation[] = [];
  const sideObservations: Observation<SideBindingId>[] = [];
  const limited = limiter(MAX_IN_FLIGHT);
  const send = async (request: WireRequest) => {
    const exchange = await limited(() => transport.send(request, { origin: "probe", ...options }));
    options.signal?.throwIfAborted();
    return exchange;
  };
  const rest = async (binding: BindingId, method: "GET" | "POST", path: string): Promise<RestAnswer> => {
    const accept = ["accept", "application/json"] as const;
    const exchange = await send({
      protocol: "http",
      method,
      path,
      headers: method === "GET" ? [accept] : [["content-type", "application/json"], accept],
      ...(method === "POST" && { body: new TextEncoder().encode("{}") }),
    });
    observations.push(observeRest(binding, `${method} ${path}`, exchange));
    return readRest(exchange);
  };
  return {
    observations,
    sideObservations,
    lookFor: async (binding, model) => {
      const exchange = await send(SIDE_REQUESTS[binding](model ?? NO_MODEL));
      sideObservations.push(SIDE_OBSERVERS[binding](exchange));
    },
    get: (binding, path) => rest(binding, "GET", path),
    post: (binding, path) => rest(binding, "POST", path),
    call: async (method, model) => {
      const fields = model === undefined ? {} : { name: model };
      const request = encodeMessage(`${method}Request`, fields as Encodable<OipMessages[`${typeof method}Request`]>);
      const exchange = await send({ protocol: "grpc", path: grpcPath(method), metadata: [], messages: [request] });
      const outcome = grpcOutcome(exchange);
      observations.push(observeGrpc(model === undefined ? method : `${method} of ${model}`, exchange, outcome));
      return readGrpc(`${method}Response`, outcome);
    },
  };
}

const NO_MODEL: ModelInfo = { name: "", versions: [], inputs: [], outputs: [], fixture: false, foundBy: [] };

const SIDE_REQUESTS: Readonly<Record<SideBindingId, (model: ModelInfo) => WireRequest>> = {
  "grpc-health": () => ({
    protocol: "grpc",
    path: healthPath("Check"),
    metadata: [],
    messages: [encodeHealth("HealthCheckRequest", { service: "" })],
  }),
  "kserve-repository": () => ({
    protocol: "http",
    method: "GET",
    path: "/v2/models",
    headers: [["accept", "application/json"]],
  }),
  "v2-generate": (model) => generateRequest(model, ONE_TOKEN),
};

/** Triton's own text generation has the same paths and members, but no details. */
const ONE_TOKEN = new TextEncoder().encode('{"text_input":"Hello","parameters":{"max_tokens":1,"details":true}}');

/** Servers answer what they do not know in many ways, so a side binding is there only when the answer is its own. */
const SIDE_OBSERVERS: Readonly<Record<SideBindingId, (exchange: Exchange) => Observation<SideBindingId>>> = {
  "grpc-health": (exchange) => {
    const outcome = grpcOutcome(exchange);
    const answers = outcome.ok && outcome.code !== UNIMPLEMENTED;
    return { ...observeGrpc("Check", exchange, outcome), binding: "grpc-health", answers };
  },
  "kserve-repository": (exchange) => {
    const { status, object } = readRest(exchange);
    const models = object?.get("models");
    const answers = status === 200 && Array.isArray(models) && models.every((name) => typeof name === "string");
    return { ...observeRest("v2-rest", "GET /v2/models", exchange), binding: "kserve-repository", answers };
  },
  "v2-generate": (exchange) => {
    const { status, object } = readRest(exchange);
    const answers =
      status === 200 && typeof object?.get("text_output") === "string" && object.get("details") instanceof Map;
    const { path } = exchange.request;
    return { ...observeRest("v2-rest", `POST ${path}`, exchange), binding: "v2-generate", answers };
  },
};

function observeRest(binding: BindingId, question: string, exchange: Exchange): Observation {
  const { head, failure } = exchange;
  const status = head?.status;
  const noSuchRoute = status !== undefined && NO_SUCH_ROUTE.includes(status);
  return {
    binding,
    question,
    answer: status === undefined ? showFailure(failure) : `HTTP ${status}`,
    answers: status !== undefined && !noSuchRoute,
    noSuchRoute,
    refusedCredentials: status === 401 || status === 403,
    ...unreachableBy(exchange),
  };
}

function observeGrpc(question: string, exchange: Exchange, outcome: GrpcOutcome): Observation {
  const { head } = exchange;
  const status = head?.status;
  const code = outcome.ok ? outcome.codeName : undefined;
  const noSuchRoute = code === "UNIMPLEMENTED" || NO_SUCH_ROUTE.includes(status ?? 0);
  return {
    binding: "v2-grpc",
    question,
    answer: outcome.ok ? `gRPC ${outcome.codeName}` : outcome.problem,
    // A broken answer is one too: without a status, in another media type, or from a proxy.
    answers: status !== undefined && !noSuchRoute,
    noSuchRoute,
    refusedCredentials: [401, 403].includes(status ?? 0) || code === "UNAUTHENTICATED" || code === "PERMISSION_DENIED",
    ...unreachableBy(exchange),
  };
}

function unreachableBy({ head, failure }: Exchange): Pick<Observation, "unreachable"> {
  return failure && !head && UNREACHABLE.includes(failure.code) ? { unreachable: failure } : {};
}

function showFailure(failure: TransportFailure | undefined): string {
  return failure ? `${failure.code}: ${failure.message}` : "nothing";
}

function readRest(exchange: Exchange): RestAnswer {
  const { head, failure } = exchange;
  if (!head) return {};
  const read = failure ? undefined : readJson(bodyOf(exchange), { nonFinite: true });
  if (!read?.ok) return { status: head.status };
  return {
    status: head.status,
    json: read.value,
    ...(read.value instanceof Map && { object: read.value as JsonObject }),
  };
}

function readGrpc<Name extends `${OipMethod}Response`>(
  name: Name,
  outcome: GrpcOutcome,
): OipMessages[Name] | undefined {
  const [message] = outcome.ok && outcome.code === 0 ? outcome.messages : [];
  if (!message) return undefined;
  try {
    return decodeMessage(name, message);
  } catch {
    return undefined; // What is no message tells the probe as much as no answer; that it is wrong is for a check to say.
  }
}

function limiter(limit: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let active = 0;
  return async (task) => {
    if (active < limit) active += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else active -= 1;
    }
  };
}
