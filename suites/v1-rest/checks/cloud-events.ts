import {
  type CheckContext,
  describeAnswer,
  type Exchange,
  expect,
  given,
  type HttpRequest,
  headerOf,
  show,
  skip,
} from "#kit";
import { observe } from "../clauses.ts";
import {
  binary,
  binaryIn,
  type CloudEvent,
  REQUIRED,
  SENT,
  STRUCTURED_TYPE,
  structured,
  structuredIn,
} from "../cloud-events.ts";
import { instancesFor, modelPath, post, predictionsOf } from "../messages.ts";

interface Answered {
  readonly exchange: Exchange;
  readonly event: CloudEvent;
}

/** Sends instances plainly and in an event; skips where events are refused, or taken for ordinary requests. */
async function answerTo(
  context: CheckContext,
  make: (path: string, data: unknown) => HttpRequest,
  eventIn: (exchange: Exchange) => CloudEvent | undefined,
): Promise<Answered> {
  const path = modelPath(context.model.name, "predict");
  const data = { instances: instancesFor(context, context.model) };
  predictionsOf(given, await context.send(post(path, data)));
  const exchange = await context.send(make(path, data));
  given.answered(exchange);
  const event = exchange.head.status < 300 ? eventIn(exchange) : undefined;
  return event ? { exchange, event } : skip(`the target answers no such CloudEvents: ${describeAnswer(exchange)}`);
}

function judgeEvent({ attributes, data }: CloudEvent): void {
  for (const name of REQUIRED) {
    const value = attributes[name];
    expect.that(typeof value === "string" && value !== "", `the attribute ${name}`, show(value), `/${name}`);
  }
  expect.equal(attributes["specversion"], SENT.specversion, "/specversion");
  expect.that(attributes["id"] !== SENT.id, "an id of its own", "the id of the request", "/id");
  const { predictions } = (data ?? {}) as { predictions?: unknown };
  expect.that(Array.isArray(predictions), "an array of predictions", show(predictions), "/data/predictions");
}

const inOneBody = observe({
  id: "v1-rest/structured-events-are-answered-in-kind",
  title: "Where CloudEvents are taken, a structured one is answered with a structured one of its own",
  clause: "V1-CE-01",
  kills: ["v1-rest:event-echoes-its-id", "v1-rest:event-without-its-data", "v1-rest:event-as-plain-json"],
  async run(context) {
    const answered = await answerTo(context, structured, structuredIn);
    expect.status(answered.exchange, 200);
    expect.equal(headerOf(answered.exchange.head?.headers, "content-type")?.split(";")[0], STRUCTURED_TYPE);
    judgeEvent(answered.event);
  },
});

const inHeaders = observe({
  id: "v1-rest/binary-events-are-answered-in-kind",
  title: "Where CloudEvents are taken, a binary one is answered with attributes in ce- headers and predictions in JSON",
  clause: "V1-CE-02",
  kills: ["v1-rest:event-without-an-id", "v1-rest:binary-event-of-another-type"],
  async run(context) {
    const answered = await answerTo(context, binary, binaryIn);
    expect.status(answered.exchange, 200);
    expect.equal(headerOf(answered.exchange.head?.headers, "content-type")?.split(";")[0], "application/json");
    judgeEvent(answered.event);
  },
});

export default [inOneBody, inHeaders];
