import { headerOf, JsonNumber, type JsonValue, readJson, toPlain, writeJson } from "#kit";
import type { Handler, HttpReply, Mutant, ReferenceRequest } from "../../src/reference/handler.ts";
import { STRUCTURED_TYPE } from "./cloud-events.ts";
import { type Endpoint, endpointOf } from "./messages.ts";

type HttpRequest = Extract<ReferenceRequest, { protocol: "http" }>;
type Body = Readonly<Record<string, unknown>>;

interface Scene {
  readonly request: HttpRequest;
  readonly endpoint: Endpoint | undefined;
  readonly reply: HttpReply;
}

const utf8 = new TextEncoder();

function json(status: number, value: unknown): HttpReply {
  return {
    protocol: "http",
    status,
    headers: [["content-type", "application/json"]],
    body: utf8.encode(writeJson(value)),
  };
}

function mutant(id: string, does: string, apply: (handler: Handler) => Handler): Mutant {
  return { id: `v1-rest:${id}`, does, apply };
}

/** The endpoint of an ordinary request; what comes in CloudEvents has faults of its own. */
function endpointFor({ method, path, headers }: HttpRequest): Endpoint | undefined {
  return isEvent({ headers }) ? undefined : endpointOf({ protocol: "http", method, path, headers: [] });
}

function isEvent({ headers }: { readonly headers: HttpReply["headers"] }): boolean {
  return headerOf(headers, "ce-id") !== undefined || headerOf(headers, "content-type") === STRUCTURED_TYPE;
}

function onReply(id: string, does: string, change: (scene: Scene) => HttpReply | undefined): Mutant {
  return mutant(id, does, (handler) => async (request, world) => {
    const reply = await handler(request, world);
    if (request.protocol !== "http" || reply?.protocol !== "http") return reply;
    return change({ request, endpoint: endpointFor(request), reply }) ?? reply;
  });
}

function onSuccess(id: string, does: string, endpoint: Endpoint, change: (body: Body) => unknown): Mutant {
  return onReply(id, does, (scene) =>
    scene.endpoint === endpoint && scene.reply.status === 200
      ? { ...scene.reply, body: utf8.encode(writeJson(change(bodyOf(scene.reply.body) ?? {}))) }
      : undefined,
  );
}

function onRequest(
  id: string,
  does: string,
  change: (request: HttpRequest, body: Body | undefined) => HttpRequest,
): Mutant {
  return mutant(
    id,
    does,
    (handler) => (request, world) =>
      handler(request.protocol === "http" ? change(request, bodyOf(request.body)) : request, world),
  );
}

function bodyOf(bytes: Uint8Array): Body | undefined {
  const read = readJson(bytes, { nonFinite: true });
  return read.ok && read.value instanceof Map
    ? Object.fromEntries(read.value as ReadonlyMap<string, JsonValue>)
    : undefined;
}

const dropped: HttpReply = { ...json(500, {}), fault: "drop" };
const sortKey = (value: unknown) => writeJson(value);

/** An answer that is a structured event, with its members changed. */
function onEvent(id: string, does: string, change: (event: Body, request: HttpRequest) => Body): Mutant {
  return onReply(id, does, ({ request, reply }) =>
    headerOf(reply.headers, "content-type") === STRUCTURED_TYPE
      ? { ...reply, body: utf8.encode(writeJson(change(bodyOf(reply.body) ?? {}, request))) }
      : undefined,
  );
}

/** Faults in how CloudEvents are answered. */
const eventMutants: readonly Mutant[] = [
  onEvent("event-echoes-its-id", "answers a structured event with the id that it came with", (event, request) => ({
    ...event,
    id: bodyOf(request.body)?.["id"],
  })),
  onEvent("event-without-its-data", "answers a structured event with predictions beside the attributes", (event) => {
    const { data, ...attributes } = event;
    return { ...attributes, ...Object.fromEntries(data as ReadonlyMap<string, JsonValue>) };
  }),
  onReply("event-as-plain-json", "says application/json for a structured event", ({ reply }) =>
    headerOf(reply.headers, "content-type") === STRUCTURED_TYPE
      ? { ...reply, headers: [["content-type", "application/json"]] }
      : undefined,
  ),
  onReply("event-without-an-id", "leaves ce-id out of a binary event", ({ reply }) => ({
    ...reply,
    headers: reply.headers.filter(([name]) => name !== "ce-id"),
  })),
  onReply(
    "binary-event-of-another-type",
    "says that the predictions of a binary event are a cloud event",
    ({ reply }) =>
      isEvent(reply)
        ? {
            ...reply,
            headers: reply.headers.map(([name, value]) => [name, name === "content-type" ? STRUCTURED_TYPE : value]),
          }
        : undefined,
  ),
];

/** Single faults of the reference runtime over V1. */
export const mutants: readonly Mutant[] = [
  onSuccess("lists-objects", "lists models as objects", "list", ({ models }) => ({
    models: (models as unknown[]).map((name) => ({ name })),
  })),
  onSuccess("lists-nothing", "lists no model", "list", () => ({ models: [] })),
  onSuccess("ready-as-string", 'sends "ready":"True"', "model", (body) => ({ ...body, ready: "True" })),
  onReply("every-model-is-known", "answers 200 with ready:false for any name", ({ endpoint, request, reply }) =>
    endpoint === "model" && reply.status === 404
      ? json(200, { name: request.path.split("/").at(-1), ready: false })
      : undefined,
  ),
  onReply("predict-201", "answers predictions with 201", ({ endpoint, reply }) =>
    endpoint === "predict" && reply.status === 200 ? { ...reply, status: 201 } : undefined,
  ),
  onSuccess(
    "outputs-for-predictions",
    "says outputs where the request said instances",
    "predict",
    ({ predictions }) => ({ outputs: predictions }),
  ),
  onReply("refuses-inputs", "refuses inputs in place of instances", ({ endpoint, request }) =>
    endpoint === "predict" && bodyOf(request.body)?.["inputs"] !== undefined
      ? json(400, { error: "instances is missing" })
      : undefined,
  ),
  onSuccess("sorts-predictions", "sorts its predictions", "predict", ({ predictions }) => ({
    predictions: [...(predictions as JsonValue[])].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)),
  })),
  onSuccess("only-the-first-prediction", "answers only the first instance", "predict", ({ predictions }) => ({
    predictions: (predictions as unknown[]).slice(0, 1),
  })),
  onReply("refuses-objects", "refuses instances that are objects", ({ endpoint, request }) => {
    const instances = endpoint === "predict" ? bodyOf(request.body)?.["instances"] : undefined;
    return Array.isArray(instances) && instances[0] instanceof Map
      ? json(400, { error: "instances must be rows" })
      : undefined;
  }),
  onRequest("wraps-scalars", "takes a bare value for a list of one", (request, body) =>
    body?.["instances"] instanceof JsonNumber
      ? { ...request, body: utf8.encode(writeJson({ instances: [[body["instances"]]] })) }
      : request,
  ),
  onReply("bad-json-as-200", "answers JSON that was cut with 200 and an error text", ({ endpoint, request, reply }) =>
    endpoint === "predict" &&
    reply.status === 400 &&
    request.body.length > 0 &&
    request.body.at(-1) !== "}".charCodeAt(0)
      ? { ...reply, status: 200 }
      : undefined,
  ),
  onRequest("predicts-for-any-name", "predicts with the first model whatever the name", (request) => ({
    ...request,
    path: request.path.replace("/no-such-model:predict", "/identity_fp32:predict"),
  })),
  onReply("predict-as-text", "answers predictions with a text that is not JSON", ({ endpoint, reply }) =>
    endpoint === "predict" && reply.status === 200
      ? { ...reply, headers: [["content-type", "text/plain"]], body: utf8.encode("[array([1.])]") }
      : undefined,
  ),
  onReply("json-as-text-plain", "sends JSON as text/plain", ({ endpoint, reply }) =>
    endpoint === "predict" ? { ...reply, headers: [["content-type", "text/plain"]] } : undefined,
  ),
  onReply("dies-on-empty-instances", "drops the connection on an empty list of instances", ({ endpoint, request }) => {
    const instances = endpoint === "predict" ? bodyOf(request.body)?.["instances"] : undefined;
    return Array.isArray(instances) && instances.length === 0 ? dropped : undefined;
  }),
  onReply("dies-on-neither-key", "drops the connection where there are no instances", ({ endpoint, request }) => {
    const body = endpoint === "predict" ? bodyOf(request.body) : undefined;
    return body && body["instances"] === undefined && body["inputs"] === undefined ? dropped : undefined;
  }),
  onReply("dies-on-both-keys", "drops the connection on instances and inputs together", ({ endpoint, request }) => {
    const body = endpoint === "predict" ? bodyOf(request.body) : undefined;
    return body?.["instances"] !== undefined && body["inputs"] !== undefined ? dropped : undefined;
  }),
  onReply("dies-without-a-body", "drops the connection where a body is missing", ({ endpoint, request }) =>
    endpoint === "predict" && request.method === "POST" && request.body.length === 0 ? dropped : undefined,
  ),
  onReply("dies-on-nan", "drops the connection on NaN", ({ endpoint, request }) =>
    endpoint === "predict" && Buffer.from(request.body).includes("NaN") ? dropped : undefined,
  ),
  onRequest("any-verb-predicts", "predicts on any verb", (request) => ({
    ...request,
    path: request.path.replace(/:nosuchverb$/, ":predict"),
  })),
  onReply("predicts-on-get", "answers GET on predict with an empty list", ({ endpoint, request }) =>
    endpoint === "predict" && request.method === "GET" ? json(200, { predictions: [] }) : undefined,
  ),
  onReply("exact-content-type", "compares the content type by its exact text", ({ endpoint, request }) => {
    const type = headerOf(request.headers, "content-type");
    return endpoint === "predict" && /json/i.test(type ?? "") && type !== "application/json"
      ? json(415, { error: `content type ${type}` })
      : undefined;
  }),
  onReply("refuses-form-type", "refuses JSON under the form media type", ({ endpoint, request }) =>
    endpoint === "predict" && headerOf(request.headers, "content-type") === "application/x-www-form-urlencoded"
      ? json(415, { error: "send JSON" })
      : undefined,
  ),
  onReply("content-length-too-short", "counts characters for Content-Length", ({ endpoint, reply }) =>
    endpoint === "predict" && reply.status === 200 ? { ...reply, contentLength: reply.body.length - 2 } : undefined,
  ),
  {
    ...onReply("no-last-chunk", "closes the connection without a last chunk", ({ endpoint, reply }) => {
      if (endpoint !== "predict" || reply.status !== 200) return undefined;
      const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
      const chunk = `${reply.body.length.toString(16)}\r\n${Buffer.from(reply.body).toString("utf8")}\r\n`;
      return { ...reply, bytes: utf8.encode(head + chunk) };
    }),
    sockets: true,
  },
  onSuccess("explains-nothing", "answers explain with predictions alone", "explain", ({ predictions }) => ({
    predictions,
  })),
  onReply("unloaded-stays-ready", "says that a model which was unloaded is ready", ({ endpoint, reply, request }) =>
    endpoint === "model" && reply.status === 503
      ? json(200, { name: request.path.split("/").at(-1), ready: true })
      : undefined,
  ),
  onReply(
    "predicts-while-unloaded",
    "answers an old prediction for a model which was unloaded",
    ({ endpoint, reply }) =>
      endpoint === "predict" && reply.status === 503 ? json(200, { predictions: [[0, 0]] }) : undefined,
  ),
  ...eventMutants,
];

const legal = (each: Mutant): Mutant => ({ ...each, id: each.id.replace(":", "~") });

/** Deviations that V1 allows. */
export const variants: readonly Mutant[] = [
  onSuccess("extra-members", "adds members to predictions", "predict", (body) => ({
    ...body,
    model: "m",
    took: new JsonNumber("0.1"),
  })),
  onSuccess("explanations-alone", "answers explain without predictions", "explain", ({ explanations }) => ({
    explanations,
  })),
  onReply("400-for-unknown-models", "answers 400 where others answer 404", ({ reply }) =>
    reply.status === 404 ? { ...reply, status: 400 } : undefined,
  ),
  onReply("404-for-what-is-unloaded", "forgets a model that was unloaded", ({ reply }) =>
    reply.status === 503 ? { ...reply, status: 404 } : undefined,
  ),
  onReply("ready-false-with-200", "answers 200 with ready:false for a model that was unloaded", (scene) =>
    scene.endpoint === "model" && scene.reply.status === 503
      ? json(200, { name: scene.request.path.split("/").at(-1), ready: false })
      : undefined,
  ),
  onReply("no-cloud-events", "takes no CloudEvents", ({ request }) =>
    isEvent(request) ? json(415, { error: "send application/json" }) : undefined,
  ),
  onRequest("passes-over-event-headers", "knows nothing of ce- headers", (request) => ({
    ...request,
    headers: request.headers.filter(([name]) => !name.startsWith("ce-")),
  })),
  onReply("no-explainer", "offers no explain", ({ endpoint }) =>
    endpoint === "explain" ? json(404, { error: "no explainer" }) : undefined,
  ),
  onReply("chunked-answers", "sends bodies chunked", ({ reply }) => ({ ...reply, contentLength: "none" })),
  onReply("errors-under-detail", "reports errors under detail", ({ reply }) =>
    reply.status >= 400 ? json(reply.status, { detail: "invalid" }) : undefined,
  ),
  onReply("content-type-with-charset", "says application/json; charset=utf-8", ({ reply }) => ({
    ...reply,
    headers: reply.headers.map(([name, value]) => [
      name === "content-type" ? "Content-Type" : name,
      name === "content-type" ? `${value}; charset=utf-8` : value,
    ]),
  })),
  onReply(
    "empty-instances-are-fine",
    "answers an empty list of instances with no predictions",
    ({ endpoint, request }) => {
      const instances =
        endpoint === "predict"
          ? (toPlain(new Map(Object.entries(bodyOf(request.body) ?? {})) as unknown as JsonValue) as Body)["instances"]
          : undefined;
      return Array.isArray(instances) && instances.length === 0 ? json(200, { predictions: [] }) : undefined;
    },
  ),
].map(legal);
