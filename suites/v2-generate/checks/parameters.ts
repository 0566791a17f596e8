import { expect, given, type RefuseCheck, TEXT_MODEL } from "#kit";
import { observe, refuse } from "../clauses.ts";
import { answerOf, good, refusesInput } from "../messages.ts";

interface Row {
  readonly name: string;
  readonly rule: string;
  readonly bad: readonly unknown[];
}

/** What the draft's schema says of a parameter, and values that break it. */
const ROWS: readonly Row[] = [
  { name: "temperature", rule: "a number of at least 0", bad: [-0.5, "hot"] },
  { name: "top_p", rule: "a number from 0 to 1", bad: [-0.1, 1.5] },
  { name: "max_tokens", rule: "an integer of at least 1", bad: [0, -1, 1.5] },
  { name: "stop", rule: "a list of strings", bad: ["x", [1]] },
  { name: "details", rule: "a boolean", bad: ["yes", 1] },
];

const outOfRange = ROWS.map(
  ({ name, rule, bad }): RefuseCheck =>
    refuse({
      id: `v2-generate/${name.replace("_", "-")}-is-checked`,
      title: `A ${name} that is not ${rule} is refused`,
      clause: "OIPGEN-03",
      kills: [
        `v2-generate:takes-any-${name.replace("_", "-")}`,
        { mutant: "v2-generate:bad-input-is-500", as: "warn" },
      ],
      control: (context) => good(context, "generate", undefined, { max_tokens: 4 }),
      defects: bad.map((value) => ({
        name: `${name} ${JSON.stringify(value)}`,
        request: (context) => good(context, "generate", undefined, { [name]: value }),
      })),
      accept: refusesInput,
    }),
);

const bounds = observe({
  id: "v2-generate/bounds-belong-to-the-range",
  title: "The least and the greatest value of a parameter are taken",
  clause: "OIPGEN-03",
  kills: ["v2-generate:refuses-temperature-zero"],
  async run(context) {
    answerOf(given, await context.send(good(context)));
    for (const parameters of [{ temperature: 0 }, { top_p: 1 }, { max_tokens: 1 }, { stop: [] }])
      answerOf(expect, await context.send(good(context, "generate", undefined, parameters)));
  },
});

const unknown = observe({
  id: "v2-generate/unknown-parameters-are-taken",
  title: "A parameter that the draft does not name is taken",
  clause: "OIPGEN-03",
  kills: ["v2-generate:refuses-unknown-parameters"],
  async run(context) {
    answerOf(given, await context.send(good(context)));
    answerOf(expect, await context.send(good(context, "generate", undefined, { suite_probe: "x" })));
  },
});

const WORDS = Array.from({ length: 30 }, (_, index) => `word${index}`);
const requires = [`model:${TEXT_MODEL}`];
const countOf = (text: string) => text.trim().split(/\s+/).length;

const maxTokens = observe({
  id: "v2-generate/max-tokens-bounds-the-text",
  title: "No more tokens are generated than max_tokens says",
  clause: "OIPGEN-03",
  requires,
  kills: ["v2-generate:ignores-max-tokens"],
  async run(context) {
    const request = good(context, "generate", WORDS.join(" "), { max_tokens: 3 });
    const { text_output: text } = answerOf(given, await context.send(request));
    given.that(text.trim().startsWith("WORD0 WORD1"), "the capitals of the prompt", text, "/text_output");
    expect.equal(countOf(text), 3, "/text_output");
  },
});

const defaultMaxTokens = observe({
  id: "v2-generate/twenty-tokens-unless-told-otherwise",
  title: "Without max_tokens, twenty tokens are generated of a text that goes on",
  clause: "OIPGEN-03",
  requires,
  kills: ["v2-generate:sixteen-tokens-unless-told"],
  async run(context) {
    const { text_output: text } = answerOf(given, await context.send(good(context, "generate", WORDS.join(" "))));
    given.that(text.trim().startsWith("WORD0 WORD1"), "the capitals of the prompt", text, "/text_output");
    expect.equal(countOf(text), 20, "/text_output");
  },
});

const stop = observe({
  id: "v2-generate/stop-ends-the-text",
  title: "Generation ends at a stop sequence",
  clause: "OIPGEN-03",
  requires,
  kills: ["v2-generate:ignores-stop"],
  async run(context) {
    const request = good(context, "generate", "one two three four", { stop: ["NEVER", "THREE"] });
    const { text_output: text } = answerOf(given, await context.send(request));
    given.that(text.startsWith("ONE TWO"), "the capitals of the prompt", text, "/text_output");
    expect.that(!text.includes("FOUR"), "a text that ends at THREE", text, "/text_output");
  },
});

export default [...outOfRange, bounds, unknown, maxTokens, defaultMaxTokens, stop];
