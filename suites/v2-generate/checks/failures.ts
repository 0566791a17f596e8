import { type Accept, describeAnswer, expect, type ModelInfo, show } from "#kit";
import { census, refuse } from "../clauses.ts";
import { type Endpoint, endpointOf, errorIn, good, modelOf, post, succeeded } from "../messages.ts";

const TEXT = { text_input: "one two" };
const FAILED = [424, 500];

const errorObjects = census({
  id: "v2-generate/errors-are-error-objects",
  title: "A failure is told by an object whose error is a string",
  clause: "OIPGEN-06",
  kills: ["v2-generate:errors-under-detail"],
  prompt: async (context) => void (await context.send(post(context, "generate", {}), { invalid: true })),
  over: ({ observed }) =>
    observed.some(({ exchange }) => succeeded(exchange))
      ? observed.filter(({ exchange }) => isFailure(exchange) && endpointOf(exchange.request) !== undefined)
      : [],
  judge({ exchange }) {
    const error = errorIn(exchange);
    expect.that(typeof error === "string", "an object with an error text", show(error), "/error");
  },
});

/** Errors of the endpoint itself, not of what stands before it. */
function isFailure({ head, failure }: Parameters<typeof succeeded>[0]): boolean {
  return !failure && [400, 404, 422, 424, 500].includes(head?.status ?? 0);
}

const unknownModel = refuse({
  id: "v2-generate/unknown-model-generates-nothing",
  title: "Generation by a model that does not exist is an error",
  clause: "OIPGEN-06",
  kills: ["v2-generate:generates-for-any-name"],
  control: (context) => good(context),
  defects: [
    {
      name: "a model that does not exist",
      request: (context) => post(context, "generate", TEXT, { ...modelOf(context), name: "no-such-model" }),
    },
  ],
  accept: (answer) => expect.that((answer.head?.status ?? 0) >= 400, "an error status", describeAnswer(answer)),
});

const failing = (context: { fixture(name: string): ModelInfo }) => context.fixture("text_fail");

/** An error status, or for a stream that had begun an event with an error. */
const tellsFailure: Accept = (answer, { context }) => {
  const status = answer.head?.status ?? 0;
  const inEvent = endpointOf(answer.request) === "generate_stream" && errorIn(answer) !== undefined;
  expect.that(status >= 400 || inEvent, "status 424 or 500", describeAnswer(answer));
  if (status >= 400 && !FAILED.includes(status))
    context.warn(`a generation that fails is answered with status ${status}`);
};

const failed = (endpoint: Endpoint, slug: string, what: string, mutant: string) =>
  refuse({
    id: `v2-generate/${slug}`,
    title: `${what} fails with 424 or 500`,
    clause: "OIPGEN-06",
    requires: ["model:text_fail"],
    kills: [mutant, { mutant: "v2-generate:failures-are-400", as: "warn" }],
    control: (context) => good(context, endpoint),
    defects: [{ name: "a model that fails", request: (context) => post(context, endpoint, TEXT, failing(context)) }],
    accept: tellsFailure,
  });

export default [
  errorObjects,
  unknownModel,
  failed("generate", "failed-generation-is-an-error", "A generation that fails", "v2-generate:failure-as-text"),
  failed(
    "generate_stream",
    "failed-stream-is-an-error",
    "A stream that fails",
    "v2-generate:failed-stream-ends-quietly",
  ),
];
