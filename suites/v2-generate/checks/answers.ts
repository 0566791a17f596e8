import { bodyOf, expect, given, headerOf, TEXT_MODEL } from "#kit";
import { census, observe } from "../clauses.ts";
import { answerOf, endpointOf, good, judgeBySchema, modelOf, plainObject, succeeded } from "../messages.ts";

const answers200 = observe({
  id: "v2-generate/generate-answers-200",
  title: "Generated text is answered with status 200",
  clause: "OIPGEN-01",
  kills: ["v2-generate:generate-201"],
  async run(context) {
    const exchange = await context.send(good(context));
    given.that(succeeded(exchange), "generated text", `status ${exchange.head?.status}`);
    expect.status(exchange, 200);
  },
});

const isJson = observe({
  id: "v2-generate/answers-are-labelled-json",
  title: "Generated text comes as application/json",
  clause: "OIPGEN-01",
  kills: [{ mutant: "v2-generate:json-as-text-plain", as: "warn" }],
  async run(context) {
    const exchange = await context.send(good(context));
    answerOf(given, exchange);
    const type = headerOf(exchange.head?.headers, "content-type") ?? "none";
    if (!/^application\/json\s*(;|$)/i.test(type)) context.warn(`the content type of a JSON body is ${type}`);
  },
});

const members = census({
  id: "v2-generate/answers-have-their-members",
  title: "An answer has text_output and model_name, strings, and a model_version that is one if it is there",
  clause: "OIPGEN-01",
  kills: ["v2-generate:text-as-list", "v2-generate:omits-model-name", "v2-generate:numeric-model-version"],
  prompt: async (context) => void (await context.send(good(context))),
  over: ({ observed }) =>
    observed.filter(
      ({ exchange }) => endpointOf(exchange.request) === "generate" && "text_output" in (answered(exchange) ?? {}),
    ),
  judge: ({ exchange }) => judgeBySchema("response", answered(exchange)),
});

const answered = (exchange: Parameters<typeof succeeded>[0]) =>
  exchange.head?.status === 200 && !exchange.failure ? plainObject(bodyOf(exchange)) : undefined;

const namesModel = observe({
  id: "v2-generate/answers-name-their-model",
  title: "The model_name of an answer is the model of its URL",
  clause: "OIPGEN-01",
  kills: ["v2-generate:names-another-model"],
  async run(context) {
    const { model_name: name } = answerOf(given, await context.send(good(context)));
    given.that(typeof name === "string", "a model_name", "none", "/model_name");
    expect.equal(name, modelOf(context).name, "/model_name");
  },
});

const namesVersion = observe({
  id: "v2-generate/answers-name-their-version",
  title: "The model_version of an answer, if it is there, is the version of its URL",
  clause: "OIPGEN-01",
  requires: ["versions"],
  kills: ["v2-generate:names-another-version"],
  async run(context) {
    const asked = modelOf(context).versions.at(-1);
    const { model_version: version } = answerOf(given, await context.send(good(context)));
    if (asked !== undefined && typeof version === "string") expect.equal(version, asked, "/model_version");
  },
});

const rightText = observe({
  id: "v2-generate/text-is-what-the-model-writes",
  title: "text_output is the text that the model generates, without the prompt",
  clause: "OIPGEN-01",
  requires: [`model:${TEXT_MODEL}`],
  kills: ["v2-generate:prompt-before-the-text"],
  async run(context) {
    const { text_output: text } = answerOf(given, await context.send(good(context, "generate", "one two three")));
    given.that(text.includes("ONE TWO THREE"), "the capitals of the prompt", text, "/text_output");
    expect.equal(text, "ONE TWO THREE", "/text_output");
  },
});

const anyText = observe({
  id: "v2-generate/any-text-survives",
  title: "Text in any script, with quotes and line ends, goes in and comes out",
  clause: "OIPGEN-01",
  requires: [`model:${TEXT_MODEL}`],
  kills: ["v2-generate:text-as-latin-1"],
  async run(context) {
    given.equal(answerOf(given, await context.send(good(context, "generate", "plain"))).text_output, "PLAIN");
    const answer = answerOf(expect, await context.send(good(context, "generate", 'é "日本語"\n\\ 😀')));
    expect.equal(answer.text_output, 'É "日本語"\n\\ 😀', "/text_output");
  },
});

export default [answers200, isJson, members, namesModel, namesVersion, rightText, anyText];
