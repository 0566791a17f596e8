import { expect, given, headerOf, readEventStream, show, TEXT_MODEL } from "#kit";
import { observe } from "../clauses.ts";
import { answerOf, DONE, eventsOf, good, judgeBySchema, modelOf, objectsOf, succeeded, textOf } from "../messages.ts";

const isEventStream = observe({
  id: "v2-generate/stream-is-an-event-stream",
  title: "generate_stream answers 200 with text/event-stream",
  clause: "OIPGEN-05",
  kills: ["v2-generate:stream-as-json", "v2-generate:stream-201"],
  async run(context) {
    answerOf(given, await context.send(good(context)));
    const exchange = await context.send(good(context, "generate_stream"));
    given.answered(exchange);
    given.that(exchange.head.status < 300, "a stream", `status ${exchange.head.status}`);
    expect.status(exchange, 200);
    const type = headerOf(exchange.head.headers, "content-type") ?? "none";
    expect.that(/^text\/event-stream\s*(;|$)/i.test(type), "text/event-stream", type);
  },
});

const isReadable = observe({
  id: "v2-generate/stream-can-be-read",
  title: "A stream is UTF-8, and its text is in events that are each ended by an empty line",
  clause: "OIPGEN-05",
  kills: ["v2-generate:lines-of-json", "v2-generate:last-event-unfinished"],
  async run(context) {
    answerOf(given, await context.send(good(context)));
    const exchange = await context.send(good(context, "generate_stream"));
    given.status(exchange, 200);
    const stream = readEventStream(exchange.events);
    if (!stream.ok) return expect.that(false, "an event stream", stream.problem);
    expect.that(!stream.unfinished, "an empty line after the last event", "the end of the body");
    const fields = stream.unknownFields.length > 0 ? `, but fields ${show(stream.unknownFields)}` : "";
    expect.that(stream.events.length > 0, "events with data", `none${fields}`);
  },
});

const members = observe({
  id: "v2-generate/events-have-their-members",
  title: "Each event is an object with text_output and model_name",
  clause: "OIPGEN-05",
  kills: ["v2-generate:events-without-model-name", { mutant: "v2-generate:ends-with-done", as: "warn" }],
  async run(context) {
    const exchange = await context.send(good(context, "generate_stream"));
    given.that(succeeded(exchange), "a stream with text", "none");
    for (const object of objectsOf(expect, exchange)) judgeBySchema("response", object, "event");
    if (eventsOf(exchange).at(-1)?.data === DONE) context.warn(`the stream ends with an event ${DONE}`);
  },
});

const namesModel = observe({
  id: "v2-generate/events-name-their-model",
  title: "The model_name of each event is the model of the URL",
  clause: "OIPGEN-05",
  kills: ["v2-generate:events-name-another-model"],
  async run(context) {
    const exchange = await context.send(good(context, "generate_stream"));
    given.that(succeeded(exchange), "a stream with text", "none");
    for (const { model_name: name } of objectsOf(given, exchange)) {
      given.that(typeof name === "string", "a model_name", show(name));
      expect.equal(name, modelOf(context).name, "event/model_name");
    }
  },
});

const sameText = observe({
  id: "v2-generate/stream-carries-the-text",
  title: "The events of a stream make up the text that generate answers",
  clause: "OIPGEN-05",
  requires: [`model:${TEXT_MODEL}`],
  kills: ["v2-generate:stream-trims-its-pieces", "v2-generate:stream-loses-its-last-piece"],
  async run(context) {
    const whole = answerOf(given, await context.send(good(context, "generate", "one two  three"))).text_output;
    given.that(whole !== "", "generated text", "none");
    const exchange = await context.send(good(context, "generate_stream", "one two  three"));
    expect.equal(textOf(given, objectsOf(given, exchange)), whole, "event/text_output");
  },
});

const details = observe({
  id: "v2-generate/events-have-details-when-asked-for",
  title: "With details true each event has its token, and the last one the finish_reason",
  clause: "OIPGEN-05",
  kills: ["v2-generate:events-without-token", "v2-generate:events-without-finish-reason"],
  async run(context) {
    const request = good(context, "generate_stream", undefined, { details: true });
    const exchange = await context.send(request);
    given.that(succeeded(exchange), "a stream with text", "none");
    const objects = objectsOf(given, exchange);
    for (const object of objects) judgeBySchema("event-details", object["details"], "event/details");
    const { finish_reason: reason } = (objects.at(-1)?.["details"] ?? {}) as { finish_reason?: unknown };
    expect.that(typeof reason === "string", "a finish_reason in the last event", show(reason), "event/details");
  },
});

const arrival = observe({
  id: "v2-generate/how-a-stream-arrives",
  title: "The events of a stream arrive one by one or all at once",
  clause: "OIPGEN-05",
  kills: [],
  async run(context) {
    const exchange = await context.send(good(context, "generate_stream"));
    given.that(succeeded(exchange), "a stream with text", "none");
    const events = eventsOf(exchange);
    const [first, last] = [events[0]?.atNs ?? 0, events.at(-1)?.atNs ?? 0];
    context.record("events", String(events.length));
    context.record("first and last after", `${(first / 1e6).toFixed(1)} ms, ${(last / 1e6).toFixed(1)} ms`);
  },
});

export default [isEventStream, isReadable, members, namesModel, sameText, details, arrival];
