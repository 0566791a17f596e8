import { JsonNumber } from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import { type Body, jsonReply, objectIn, onAnswer, onReply, onText, withDetail, without } from "./rewrite.ts";

const finishReason = (id: string, does: string, reason: string) =>
  onAnswer(id, does, (body) => withDetail(body, (details) => ({ ...details, finish_reason: reason })));

const tokens = (id: string, does: string, change: (tokens: readonly Body[]) => readonly Body[]) =>
  onAnswer(id, does, (body) =>
    withDetail(body, (details) => ({ ...details, logprobs: change(details["logprobs"] as readonly Body[]) })),
  );

/** Faults in answers of one piece. */
export const answerMutants: readonly Mutant[] = [
  onReply(
    "generate-201",
    "answers generated text with 201",
    ({ reply }) => (reply.status === 200 ? { ...reply, status: 201 } : undefined),
    "generate",
  ),
  onReply(
    "json-as-text-plain",
    "sends JSON as text/plain",
    ({ reply }) => ({ ...reply, headers: [["content-type", "text/plain"]] }),
    "generate",
  ),
  onAnswer("text-as-list", "sends text_output as a list", (body) => ({ ...body, text_output: [body["text_output"]] })),
  onAnswer("omits-model-name", "leaves model_name out", (body) => without(body, "model_name")),
  onAnswer("numeric-model-version", "sends model_version as a number", (body) => ({
    ...body,
    model_version: new JsonNumber("1"),
  })),
  onAnswer("names-another-model", "answers with the name of the file on disk", (body) => ({
    ...body,
    model_name: "model.bin",
  })),
  onAnswer("names-another-version", "answers with a version that did not run", (body) => ({
    ...body,
    model_version: "7",
  })),
  onText("prompt-before-the-text", "puts the prompt before the text", (written, prompt) => `${prompt} ${written}`),
  onText("text-as-latin-1", "reads its own UTF-8 as Latin-1", (written) => Buffer.from(written).toString("latin1")),
  onAnswer("never-any-details", "never sends details", (body) => without(body, "details")),
  finishReason("finish-reason-stop", 'says "stop" as finish_reason', "stop"),
  finishReason("always-eos-token", "says eos_token whatever ended the text", "eos_token"),
  finishReason("always-length", "says length whatever ended the text", "length"),
  tokens("tokens-without-logprob", "sends tokens without logprob", (list) =>
    list.map((token) => without(token, "logprob")),
  ),
  tokens("token-ids-as-text", "sends the ids of tokens as text", (list) =>
    list.map((token) => ({ ...token, id: (token["id"] as JsonNumber).text })),
  ),
  tokens("logprobs-of-one-token", "sends the logprob of the first token alone", (list) => list.slice(0, 1)),
];

const error = (body: Uint8Array) => objectIn(body)?.["error"];

/** Faults in how failures are answered. */
export const failureMutants: readonly Mutant[] = [
  onReply("errors-under-detail", "answers errors as detail", ({ reply }) =>
    reply.status >= 400 ? jsonReply(reply.status, { detail: "invalid" }) : undefined,
  ),
  onReply(
    "generates-for-any-name",
    "answers no text for a model that does not exist",
    ({ reply }) => (reply.status === 404 ? jsonReply(200, { text_output: "", model_name: "none" }) : undefined),
    "generate",
  ),
  onReply(
    "failure-as-text",
    "answers the error of a generation as its text",
    ({ reply }) =>
      reply.status === 424 ? jsonReply(200, { text_output: error(reply.body), model_name: "text_fail" }) : undefined,
    "generate",
  ),
  onReply(
    "failed-stream-ends-quietly",
    "ends a stream that fails as if there were no text",
    ({ reply }) => (reply.status === 424 ? { ...reply, status: 200, body: new Uint8Array(0) } : undefined),
    "generate_stream",
  ),
  onReply("failures-are-400", "answers a generation that fails with 400", ({ reply }) =>
    reply.status === 424 ? { ...reply, status: 400 } : undefined,
  ),
  onReply("bad-input-is-500", "answers input that is not valid with 500", ({ reply }) =>
    reply.status === 422 ? { ...reply, status: 500 } : undefined,
  ),
];
