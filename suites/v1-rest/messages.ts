import {
  type Accept,
  bodyOf,
  type CheckContext,
  describeAnswer,
  type Exchange,
  expect,
  given,
  type HttpRequest,
  type Judge,
  type ModelInfo,
  nest,
  readJson,
  synthesise,
  tensorToJsonData,
  toPlain,
  type WireRequest,
  writeJson,
} from "#kit";

export type Endpoint = "list" | "model" | "predict" | "explain";

const ROUTES: readonly (readonly [endpoint: Endpoint, path: RegExp])[] = [
  ["list", /^\/v1\/models$/],
  ["predict", /^\/v1\/models\/[^/:]+:predict$/],
  ["explain", /^\/v1\/models\/[^/:]+:explain$/],
  ["model", /^\/v1\/models\/[^/:]+$/],
];

/** The endpoint kind of this binding that a request goes to. */
export function endpointOf(request: WireRequest): Endpoint | undefined {
  if (request.protocol !== "http") return undefined;
  return ROUTES.find(([, path]) => path.test(request.path))?.[0];
}

const utf8 = new TextEncoder();

/** A GET as an ordinary client sends it. */
export function get(path: string): HttpRequest {
  return { protocol: "http", method: "GET", path, headers: [["accept", "application/json"]] };
}

/** `/v1/models/{model}`, with `:verb` where one is given. */
export function modelPath(model: string, verb?: string): string {
  return `/v1/models/${encodeURIComponent(model)}${verb === undefined ? "" : `:${verb}`}`;
}

/** POST with these bytes; `contentType: null` sends none. */
export function postBytes(
  path: string,
  body: Uint8Array,
  contentType: string | null = "application/json",
): HttpRequest {
  const headers = contentType === null ? [] : [["content-type", contentType] as const];
  return { protocol: "http", method: "POST", path, headers, body };
}

/** POST of a JSON value. */
export function post(path: string, body: unknown, contentType?: string | null): HttpRequest {
  return postBytes(path, utf8.encode(writeJson(body)), contentType);
}

/** Rows for a model with one input: its tensor, nested, one instance per row. Undecided for any other model. */
export function instancesFor({ random }: CheckContext, model: ModelInfo, rows = 2): readonly unknown[] {
  given.that(
    model.inputs.length === 1 || model.sample?.length === 1,
    "a model with one known input",
    `${model.inputs.length} inputs of ${model.name}`,
  );
  const [tensor] = synthesise(model, { random, batch: rows });
  given.that(tensor && tensor.shape.length > 0, "an input with rows", "a scalar");
  return nest(tensor.shape, tensorToJsonData(tensor)) as readonly unknown[];
}

/** A valid prediction on the model under test, or on `model`. */
export function goodPredict(context: CheckContext, model: ModelInfo = context.model): HttpRequest {
  return post(modelPath(model.name, "predict"), { instances: instancesFor(context, model) });
}

/** The predictions of a successful answer, also where they are called outputs: what they are called is judged once. */
export function predictionsOf(judge: Judge, exchange: Exchange): readonly unknown[] {
  judge.status(exchange, 200);
  const body = judge.object(exchange);
  const predictions = body["predictions"] ?? body["outputs"];
  judge.that(Array.isArray(predictions), "an array of predictions", typeof predictions, "/predictions");
  return predictions as readonly unknown[];
}

/** Presupposes that the target serves: a prediction succeeds. */
export async function givenPredicts(context: CheckContext): Promise<void> {
  const exchange = await context.send(goodPredict(context));
  given.that(succeeded(exchange), "a prediction", describeAnswer(exchange));
}

/** A 2xx answer, and for a prediction one whose object has a member: a server that answers {} to everything has not succeeded. */
export function succeeded(exchange: Exchange): boolean {
  const status = exchange.head?.status ?? 0;
  if (exchange.failure || status < 200 || status > 299) return false;
  if (endpointOf(exchange.request) !== "predict") return true;
  const read = readJson(bodyOf(exchange), { nonFinite: true });
  const body = read.ok ? toPlain(read.value) : undefined;
  return typeof body === "object" && body !== null && Object.keys(body).length > 0;
}

/** A client fault: 4xx is right, 5xx blames the server and warns, anything else accepts the request. */
export const refusesClientFault: Accept = (answer, { context }) => {
  const status = answer.head?.status ?? 0;
  if (status >= 500) context.warn(`a client's fault is answered with status ${status}`);
  expect.that(status >= 400, "status 4xx", describeAnswer(answer));
  if (bodyOf(answer).length > 0) context.record("error body", formOf(answer));
};

/** Anything but a dropped connection: for what the sources leave open. */
export const anyAnswer: Accept = (answer, { context }) => {
  context.record("answer", describeAnswer(answer));
};

function formOf(answer: Exchange): string {
  const read = readJson(bodyOf(answer));
  if (!read.ok) return "not JSON";
  const body = toPlain(read.value);
  return typeof body === "object" && body !== null ? `members ${Object.keys(body).join(", ") || "none"}` : typeof body;
}
