import { JsonNumber, writeJson } from "#kit";
import type { HttpReply, Mutant } from "../../../src/reference/handler.ts";
import {
  type Body,
  jsonReply,
  objectsIn,
  onAnswer,
  onEvents,
  onReply,
  withDetail,
  withEvents,
  without,
  withText,
} from "./rewrite.ts";

const legal = (mutant: Mutant): Mutant => ({ ...mutant, id: mutant.id.replace(":", "~") });

const onStream = (id: string, does: string, change: (reply: HttpReply) => HttpReply) =>
  onReply(id, does, ({ reply }) => (reply.status === 200 ? change(reply) : undefined), "generate_stream");

const rewritten = (id: string, does: string, change: (text: string) => string) =>
  onStream(id, does, (reply) => withText(reply, change));

const pretty = (object: Body) => writeJson(object).replaceAll(",", ",\n").replace("{", "{\n");

const EOS = { id: new JsonNumber("2"), text: "</s>", logprob: new JsonNumber("-0.01"), special: true };

/** Each event with all the text so far. */
function soFar(objects: readonly Body[]): readonly Body[] {
  let text = "";
  return objects.map((object) => ({ ...object, text_output: (text += String(object["text_output"])) }));
}

/** Deviations that the draft, or the grammar of event streams, allows. */
export const legalVariants: readonly Mutant[] = [
  rewritten("lines-end-with-crlf", "ends the lines of a stream with CRLF", (text) => text.replaceAll("\n", "\r\n")),
  rewritten("lines-end-with-cr", "ends the lines of a stream with CR", (text) => text.replaceAll("\n", "\r")),
  rewritten("byte-order-mark-first", "begins a stream with a byte order mark", (text) => `\ufeff${text}`),
  rewritten(
    "comments-between-events",
    "keeps the connection alive with comments",
    (text) => `: hello\n\n${text.replaceAll("\n\n", "\n\n: ping\n\n")}`,
  ),
  rewritten("no-space-after-the-colon", "leaves out the space after data:", (text) =>
    text.replaceAll("data: ", "data:"),
  ),
  rewritten("named-and-numbered-events", "gives its events a name, an id and a time to retry", (text) =>
    text.replaceAll("data: ", "retry: 500\nevent: token\nid: 7\ndata: "),
  ),
  onStream("json-over-several-lines", "spreads the JSON of an event over several data lines", (reply) =>
    withEvents(reply, objectsIn(reply).map(pretty)),
  ),
  onStream("cut-anywhere", "sends a stream in pieces of three bytes", (reply) => ({
    ...reply,
    cuts: Array.from({ length: Math.floor(reply.body.length / 3) }, (_, index) => 3 * (index + 1)),
  })),
  onStream("stream-in-one-piece", "sends all events of a stream at once", (reply) => withText(reply, (text) => text)),
  onStream("stream-with-charset", "says text/event-stream; charset=utf-8", (reply) => ({
    ...reply,
    headers: [["Content-Type", "text/event-stream; charset=utf-8"]],
  })),
  onEvents("text-so-far", "sends all the text so far in each event", soFar),
  onEvents("reason-null-until-the-end", "says finish_reason null in all events but the last", (objects) =>
    objects.map((object) => withDetail(object, (details) => ({ finish_reason: null, ...details }))),
  ),
  onEvents("extra-members-in-events", "adds members to events", (objects) =>
    objects.map((object) => ({ ...object, done: false, index: new JsonNumber("0") })),
  ),
  onReply(
    "errors-of-streams-as-json",
    "answers a stream that fails with plain JSON",
    ({ reply }) => (reply.status >= 400 ? jsonReply(reply.status, objectsIn(reply)[0]) : undefined),
    "generate_stream",
  ),
  onReply(
    "a-stream-fails-after-its-head",
    "tells in an event of a stream that it failed",
    ({ reply }) => (reply.status === 424 ? { ...reply, status: 200 } : undefined),
    "generate_stream",
  ),
  onReply("400-for-bad-input", "answers 400 to input that is not valid", ({ reply }) =>
    reply.status === 422 ? { ...reply, status: 400 } : undefined,
  ),
  onReply("500-for-failures", "answers 500 to a generation that fails", ({ reply }) =>
    reply.status === 424 ? { ...reply, status: 500 } : undefined,
  ),
  onAnswer("no-model-version", "leaves model_version out", (body) => without(body, "model_version")),
  onAnswer("extra-members", "adds members to answers and details", (body) => ({
    ...withDetail(body, (details) => ({ ...details, seed: new JsonNumber("7") })),
    id: "generated-1",
  })),
  onAnswer("special-token-at-the-end", "ends the logprobs with a special token", (body) =>
    withDetail(body, (details) => ({ ...details, logprobs: [...(details["logprobs"] as readonly unknown[]), EOS] })),
  ),
].map(legal);
