import {
  type Accept,
  assetJson,
  type BodySchema,
  bodyOf,
  bodySchema,
  type CheckContext,
  describeAnswer,
  type Exchange,
  expect,
  generateRequest,
  given,
  type HttpRequest,
  inconclusive,
  type Judge,
  type ModelInfo,
  Nonconformance,
  readEventStream,
  readJson,
  type StreamEvent,
  show,
  textModel,
  toPlain,
  type WireRequest,
  writeJson,
} from "#kit";

export type Endpoint = "generate" | "generate_stream";

/** The endpoint of this binding that a request goes to. */
export function endpointOf(request: WireRequest): Endpoint | undefined {
  if (request.protocol !== "http") return undefined;
  return /^\/v2\/models\/[^/]+(?:\/versions\/[^/]+)?\/(generate|generate_stream)$/.exec(request.path)?.[1] as
    | Endpoint
    | undefined;
}

const PROMPT = "Say a few words";

/** The model that text is generated with. */
export function modelOf({ info }: Pick<CheckContext, "info">): ModelInfo {
  const model = textModel(info.models);
  given.that(model, "a model", "none");
  return model;
}

/** POST of this value to one of the endpoints, for the model of text or for another. */
export function post(context: CheckContext, endpoint: Endpoint, body: unknown, model = modelOf(context)): HttpRequest {
  return generateRequest(model, Buffer.from(writeJson(body)), endpoint === "generate_stream");
}

/** A valid request to one of the endpoints. */
export function good(
  context: CheckContext,
  endpoint: Endpoint = "generate",
  text = PROMPT,
  parameters?: object,
): HttpRequest {
  return post(context, endpoint, { text_input: text, ...(parameters && { parameters }) });
}

type Members = Readonly<Record<string, unknown>>;

/** The object of a generated answer, whose text is a string. */
export function answerOf(judge: Judge, exchange: Exchange): Members & { readonly text_output: string } {
  judge.status(exchange, 200);
  const body = judge.object(exchange);
  const { text_output: text } = body;
  judge.that(typeof text === "string", "a string", show(text), "/text_output");
  return { ...body, text_output: text };
}

/** Presupposes a stream that can be read to its end; whether it can is judged once. */
export function eventsOf(exchange: Exchange): readonly StreamEvent[] {
  given.status(exchange, 200);
  const stream = readEventStream(exchange.events);
  if (!stream.ok) inconclusive(`needs an event stream: ${stream.problem}`);
  given.that(!stream.unfinished && stream.events.length > 0, "whole events", `${stream.events.length}`);
  return stream.events;
}

export const DONE = "[DONE]";

/** The objects in the events of a stream; a last [DONE] is none. */
export function objectsOf(judge: Judge, exchange: Exchange): readonly Members[] {
  return eventsOf(exchange)
    .filter(({ data }, index, all) => data !== DONE || index < all.length - 1)
    .map(({ data }, index) => {
      const object = plainObject(data);
      judge.that(object, "a JSON object in each event", data, `event ${index + 1}`);
      return object;
    });
}

/** The text that events make up: their pieces together, or the last one where each holds all so far. */
export function textOf(judge: Judge, objects: readonly Members[]): string {
  const texts = objects.map(({ text_output: text }, index) => {
    judge.that(typeof text === "string", "a string", show(text), `event ${index + 1}/text_output`);
    return text;
  });
  const soFar = texts.length > 1 && texts.every((text, index) => text.startsWith(texts[index - 1] ?? ""));
  return soFar ? (texts.at(-1) ?? "") : texts.join("");
}

export function plainObject(source: string | Uint8Array): Members | undefined {
  const read = readJson(source);
  const plain = read.ok ? toPlain(read.value) : undefined;
  return typeof plain === "object" && plain !== null && !Array.isArray(plain) ? (plain as Members) : undefined;
}

export type SchemaName = "response" | "details" | "event-details";

const compiled = new Map<SchemaName, BodySchema>();

function schemaOf(name: SchemaName): BodySchema {
  const known = compiled.get(name);
  if (known) return known;
  const schema = bodySchema(assetJson(`#suites/v2-generate/schemas/${name}.schema.json`) as object);
  compiled.set(name, schema);
  return schema;
}

/** Fails on the first member that breaks the schema. */
export function judgeBySchema(name: SchemaName, value: unknown, at = ""): void {
  const [violation] = schemaOf(name).violations(value);
  if (violation)
    throw new Nonconformance(
      violation.expected,
      show(violation.value),
      at + violation.at.replace(/\/\d+(?=\/|$)/g, "/*"),
    );
}

/** The error that an answer tells: in its JSON, or in an event of its stream. */
export function errorIn(exchange: Exchange): unknown {
  const object = plainObject(bodyOf(exchange));
  if (object) return object["error"];
  const stream = readEventStream(exchange.events);
  const errors = stream.ok ? stream.events.map(({ data }) => plainObject(data)?.["error"]) : [];
  return errors.find((error) => error !== undefined);
}

/** Input that is refused: 422 is right, another error status warns, anything else takes it. */
export const refusesInput: Accept = (answer, { context }) => {
  const status = answer.head?.status ?? 0;
  expect.that(status >= 400, "status 422", describeAnswer(answer));
  if (status !== 422) context.warn(`input that is refused is answered with status ${status}`);
};

/** A 2xx answer with text in its object, or in an event of its stream. */
export function succeeded(exchange: Exchange): boolean {
  const status = exchange.head?.status ?? 0;
  if (exchange.failure || status < 200 || status > 299) return false;
  if (endpointOf(exchange.request) === "generate")
    return typeof plainObject(bodyOf(exchange))?.["text_output"] === "string";
  const stream = readEventStream(exchange.events);
  return stream.ok && stream.events.some(({ data }) => typeof plainObject(data)?.["text_output"] === "string");
}
