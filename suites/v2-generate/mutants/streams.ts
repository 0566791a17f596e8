import { writeJson } from "#kit";
import type { HttpReply, Mutant } from "../../../src/reference/handler.ts";
import { type Body, objectsIn, onEvents, onReply, withDetail, withEvents, without, withText } from "./rewrite.ts";

const onStream = (id: string, does: string, change: (reply: HttpReply) => HttpReply) =>
  onReply(id, does, ({ reply }) => (reply.status === 200 ? change(reply) : undefined), "generate_stream");

const eachEvent = (id: string, does: string, change: (object: Body, isLast: boolean) => Body) =>
  onEvents(id, does, (objects) => objects.map((object, index) => change(object, index === objects.length - 1)));

/** Faults in streams. */
export const streamMutants: readonly Mutant[] = [
  onStream("stream-as-json", "says application/json for a stream", (reply) => ({
    ...reply,
    headers: [["content-type", "application/json"]],
  })),
  onStream("stream-201", "answers a stream with 201", (reply) => ({ ...reply, status: 201 })),
  onStream("lines-of-json", "sends a line of JSON for each event", (reply) =>
    withText(reply, () =>
      objectsIn(reply)
        .map((object) => `${writeJson(object)}\n`)
        .join(""),
    ),
  ),
  onStream("last-event-unfinished", "closes the stream before the empty line after its last event", (reply) =>
    withText(reply, (text) => text.slice(0, -1)),
  ),
  eachEvent("events-without-model-name", "leaves model_name out of events", (object) => without(object, "model_name")),
  onStream("ends-with-done", "ends a stream with an event [DONE]", (reply) =>
    withEvents(reply, [...objectsIn(reply).map(writeJson), "[DONE]"]),
  ),
  eachEvent("events-name-another-model", "names the file on disk in events", (object) => ({
    ...object,
    model_name: "model.bin",
  })),
  eachEvent("stream-trims-its-pieces", "trims the pieces of a stream", (object) => ({
    ...object,
    text_output: String(object["text_output"]).trim(),
  })),
  eachEvent("stream-loses-its-last-piece", "sends the last event without its text", (object, isLast) =>
    isLast ? { ...object, text_output: "" } : object,
  ),
  eachEvent("events-without-token", "leaves the token out of the details of events", (object) =>
    withDetail(object, (details) => without(details, "token")),
  ),
  eachEvent("events-without-finish-reason", "never says why a stream ended", (object) =>
    withDetail(object, (details) => without(details, "finish_reason")),
  ),
];
