import {
  bodyOf,
  decodeRepository,
  type Exchange,
  encodeRepository,
  expect,
  type GrpcRequest,
  type HttpRequest,
  type Judge,
  messageOf,
  type RepositoryMessages,
  type RepositoryMethod,
  readJson,
  repositoryPath,
  toPlain,
  type WireRequest,
} from "#kit";

export type Endpoint = "list" | "load" | "unload" | "ready" | RepositoryMethod;

const ROUTES: readonly (readonly [endpoint: Endpoint, method: string, path: RegExp])[] = [
  ["list", "GET", /^\/v2\/models$/],
  ["load", "POST", /^\/v2\/repository\/models\/[^/]+\/load$/],
  ["unload", "POST", /^\/v2\/repository\/models\/[^/]+\/unload$/],
  ["ready", "GET", /^\/v2\/models\/[^/]+\/ready$/],
];

const METHODS: readonly RepositoryMethod[] = ["RepositoryModelLoad", "RepositoryModelUnload"];

/** The endpoint kind that a request goes to. */
export function endpointOf(request: WireRequest): Endpoint | undefined {
  if (request.protocol === "grpc") return METHODS.find((method) => repositoryPath(method) === request.path);
  return ROUTES.find(([, method, path]) => method === request.method && path.test(request.path))?.[0];
}

function get(path: string): HttpRequest {
  return { protocol: "http", method: "GET", path, headers: [["accept", "application/json"]] };
}

/** GET of the names of all models. */
export function list(): HttpRequest {
  return get("/v2/models");
}

/** GET of a model's readiness. */
export function ready(model: string): HttpRequest {
  return get(`/v2/models/${encodeURIComponent(model)}/ready`);
}

/** A call that loads or unloads a model. */
export function callChange(method: RepositoryMethod, model: string): GrpcRequest {
  const message = encodeRepository(`${method}Request`, { model_name: model });
  return { protocol: "grpc", path: repositoryPath(method), metadata: [], messages: [message] };
}

/** The answer of a call that ended with OK. */
export function changed<Method extends RepositoryMethod>(
  judge: Judge,
  method: Method,
  exchange: Exchange,
): RepositoryMessages[`${Method}Response`] {
  const bytes = judge.message(exchange);
  try {
    return decodeRepository(`${method}Response`, bytes);
  } catch (thrown) {
    judge.that(false, `a ${method}Response`, messageOf(thrown));
    throw thrown;
  }
}

/** The names in a successful listing. */
export function namesIn(judge: Judge, exchange: Exchange): readonly string[] {
  judge.status(exchange, 200);
  const { models } = judge.object(exchange);
  const right = Array.isArray(models) && models.every((name) => typeof name === "string");
  judge.that(right, "an array of names", JSON.stringify(models) ?? "nothing", "/models");
  return models;
}

/** Judges that a change was made: 200, the model's name, and true under the verb. */
export function judgeChange(judge: Judge, exchange: Exchange, model: string, verb: "load" | "unload"): void {
  judge.status(exchange, 200);
  const body = judge.object(exchange);
  judge.equal(body["name"], model, "/name");
  judge.equal(body[verb], true, `/${verb}`);
}

/** Judges that an answer tells its error under `error`. */
export function judgeError(exchange: Exchange): void {
  const { error } = expect.object(exchange);
  expect.that(typeof error === "string" && error !== "", "an error text", JSON.stringify(error) ?? "nothing", "/error");
}

/** A 2xx answer whose object has a member: a server that answers {} to everything has not succeeded. */
export function succeeded(exchange: Exchange): boolean {
  const status = exchange.head?.status ?? 0;
  if (exchange.failure || status < 200 || status > 299) return false;
  const read = readJson(bodyOf(exchange));
  const body = read.ok ? toPlain(read.value) : undefined;
  return typeof body === "object" && body !== null && Object.keys(body).length > 0;
}
