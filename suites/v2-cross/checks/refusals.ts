import { describeAnswer, given, type ObserveCheck, type Tensor, versionedModel } from "#kit";
import { observe } from "../clauses.ts";
import type { InferOptions } from "../forms.ts";
import { FORMS, type Form } from "../forms.ts";
import { formsOf, givenServes, isRefusal } from "../messages.ts";

interface Row {
  readonly slug: string;
  readonly title: string;
  readonly requires: readonly string[];
  readonly mutant: string;
  readonly model?: "versioned";
  readonly tensor?: Tensor;
  readonly options?: InferOptions;
}

const MODEL = "identity_fp32";
const GOOD: Tensor = { name: "INPUT0", datatype: "FP32", shape: [1, 4], values: [1, 2, 3, 4] };
const JSON_FORM = FORMS.find(({ name }) => name === "JSON") as Form;

const ROWS: readonly Row[] = [
  {
    slug: "wrong-element-count-is-refused-alike",
    title: "Fewer elements than the shape has are refused in every form or in none",
    requires: [`model:${MODEL}`],
    mutant: "v2-cross:binary-fills-up-short-inputs",
    tensor: { ...GOOD, values: [1, 2, 3] },
  },
  {
    slug: "unknown-output-is-refused-alike",
    title: "An output that the model does not have is refused in every form or in none",
    requires: [`model:${MODEL}`],
    mutant: "v2-cross:json-ignores-unknown-outputs",
    options: { outputs: ["NO_SUCH_OUTPUT"] },
  },
  {
    slug: "unknown-version-is-refused-alike",
    title: "A version that the model does not have is refused in every form or in none",
    requires: ["versions"],
    mutant: "v2-cross:grpc-ignores-the-version",
    model: "versioned",
    options: { version: "98765" },
  },
  {
    slug: "unknown-datatype-is-refused-alike",
    title: "A datatype that the protocol does not have is refused in every form or in none",
    requires: [`model:${MODEL}`],
    mutant: "v2-cross:grpc-takes-any-datatype",
    options: { datatype: "FLOAT" },
  },
];

/** Each form gets the same bad request: what only some refuse warns; what a refusal has to look like is judged elsewhere. */
export default ROWS.map(
  ({ slug, title, requires, mutant, model, tensor = GOOD, options = {} }): ObserveCheck =>
    observe({
      id: `v2-cross/${slug}`,
      title,
      clause: "V2X-ERR-01",
      requires: [`model:${MODEL}`, ...requires],
      negative: true,
      kills: [{ mutant, as: "warn" }],
      async run(context) {
        await givenServes(context);
        const name = model === "versioned" ? versionedModel(context).name : MODEL;
        const takers: string[] = [];
        const refusers: string[] = [];
        for (const form of formsOf(context)) {
          const answer = await context.send(form.request(name, [tensor], options), { invalid: true });
          given.answered(answer);
          given.that(!answer.failure, "a complete answer", describeAnswer(answer));
          (isRefusal(answer) ? refusers : takers).push(form.words);
          const { recovered } = await context.followUp(title, answer, JSON_FORM.request(MODEL, [GOOD]));
          given.that(recovered, "a server that goes on serving", "none");
        }
        context.record(slug, refusers.length === 0 ? "accepted in every form" : "refused");
        if (takers.length > 0 && refusers.length > 0)
          context.warn(`accepted ${takers.join(" and ")}, refused ${refusers.join(" and ")}`);
      },
    }),
);
