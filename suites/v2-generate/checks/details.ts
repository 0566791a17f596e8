import { type CheckContext, expect, given, type Judge, show, TEXT_MODEL } from "#kit";
import { observe } from "../clauses.ts";
import { answerOf, good, judgeBySchema } from "../messages.ts";

interface Token {
  readonly text: string;
  readonly special: boolean;
}

/** The details of an answer to a request that asks for them, and the text beside them. */
async function detailsFor(judge: Judge, context: CheckContext, text?: string, parameters?: object) {
  const request = good(context, "generate", text, { ...parameters, details: true });
  const { details, text_output } = answerOf(given, await context.send(request));
  judge.that(typeof details === "object" && details !== null, "details", show(details), "/details");
  return { details: details as Readonly<Record<string, unknown>>, text: text_output };
}

const members = observe({
  id: "v2-generate/details-come-when-asked-for",
  title: "With details true there are details: a finish_reason of the list, and logprobs of whole tokens",
  clause: "OIPGEN-04",
  kills: [
    "v2-generate:never-any-details",
    "v2-generate:finish-reason-stop",
    "v2-generate:tokens-without-logprob",
    "v2-generate:token-ids-as-text",
  ],
  async run(context) {
    const { details } = await detailsFor(expect, context);
    judgeBySchema("details", details, "/details");
  },
});

const ENDS = [
  { reason: "length", parameters: { max_tokens: 1 }, text: /^ONE\s*$/ },
  { reason: "stop_sequence", parameters: { stop: ["TWO"] }, text: /^ONE\s*(TWO)?$/ },
  { reason: "eos_token", parameters: {}, text: /^ONE TWO THREE$/ },
] as const;

const reason = observe({
  id: "v2-generate/finish-reason-tells-the-end",
  title: "finish_reason says whether max_tokens, a stop sequence or the model ended the text",
  clause: "OIPGEN-04",
  requires: [`model:${TEXT_MODEL}`],
  kills: ["v2-generate:always-eos-token", "v2-generate:always-length"],
  async run(context) {
    for (const end of ENDS) {
      const { details, text } = await detailsFor(given, context, "one two three", end.parameters);
      given.that(end.text.test(text), `a text that ends by ${end.reason}`, text, "/text_output");
      const { finish_reason: told } = details;
      given.that(
        ENDS.some(({ reason: known }) => known === told),
        "a finish_reason of the list",
        show(told),
      );
      expect.equal(told, end.reason, "/details/finish_reason");
    }
  },
});

const tokens = observe({
  id: "v2-generate/tokens-make-up-the-text",
  title: "The texts of the tokens that are not special make up text_output",
  clause: "OIPGEN-04",
  requires: [`model:${TEXT_MODEL}`],
  kills: ["v2-generate:logprobs-of-one-token"],
  async run(context) {
    const { details, text } = await detailsFor(given, context, "one two three");
    given.equal(text, "ONE TWO THREE", "/text_output");
    const { logprobs } = details;
    given.that(Array.isArray(logprobs), "logprobs", show(logprobs), "/details/logprobs");
    const list = logprobs as readonly Partial<Token>[];
    given.that(
      list.every((token) => typeof token?.text === "string"),
      "tokens with text",
      show(list),
    );
    const joined = list.map(({ special, text: piece }) => (special === true ? "" : piece)).join("");
    expect.equal(joined, text, "/details/logprobs/*/text");
  },
});

export default [members, reason, tokens];
