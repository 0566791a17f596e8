import { type CheckContext, describeAnswer, given, type ObserveCheck, type Tensor, versionedModel } from "#kit";
import { observe } from "../clauses.ts";
import type { Form, InferOptions } from "../forms.ts";
import { formsFor, givenServes, goodTensors, isRefusal } from "../messages.ts";

interface Good {
  readonly model: string;
  readonly tensors: readonly Tensor[];
}

interface Row {
  readonly slug: string;
  readonly title: string;
  readonly requires: readonly string[];
  readonly mutant: string;
  /** The good inference that the bad one is made from. */
  readonly good: (context: CheckContext) => Good;
  /** In place of the good tensors. */
  readonly tensors?: readonly Tensor[];
  readonly options?: InferOptions;
}

const MODEL = "identity_fp32";
const TENSOR: Tensor = { name: "INPUT0", datatype: "FP32", shape: [1, 4], values: [1, 2, 3, 4] };

const ofFixture = (): Good => ({ model: MODEL, tensors: [TENSOR] });

function ofVersioned(context: CheckContext): Good {
  const model = versionedModel(context);
  return { model: model.name, tensors: goodTensors(context, model) };
}

const ROWS: readonly Row[] = [
  {
    slug: "wrong-element-count-is-refused-alike",
    title: "Fewer elements than the shape has are refused in every form or in none",
    requires: [`model:${MODEL}`],
    mutant: "v2-cross:binary-fills-up-short-inputs",
    good: ofFixture,
    tensors: [{ ...TENSOR, values: [1, 2, 3] }],
  },
  {
    slug: "unknown-output-is-refused-alike",
    title: "An output that the model does not have is refused in every form or in none",
    requires: [`model:${MODEL}`],
    mutant: "v2-cross:json-ignores-unknown-outputs",
    good: ofFixture,
    options: { outputs: ["NO_SUCH_OUTPUT"] },
  },
  {
    slug: "unknown-version-is-refused-alike",
    title: "A version that the model does not have is refused in every form or in none",
    requires: ["versions"],
    mutant: "v2-cross:grpc-ignores-the-version",
    good: ofVersioned,
    options: { version: "98765" },
  },
  {
    slug: "unknown-datatype-is-refused-alike",
    title: "A datatype that the protocol does not have is refused in every form or in none",
    requires: [`model:${MODEL}`],
    mutant: "v2-cross:grpc-takes-any-datatype",
    good: ofFixture,
    options: { datatype: "FLOAT" },
  },
];

/** Presupposes that a form takes the good inference. */
async function givenTaken(context: CheckContext, form: Form, { model, tensors }: Good): Promise<void> {
  const outputs = form.outputs(given, await context.send(form.request(model, tensors)));
  given.that(outputs.length > 0, `a good inference ${form.words}`, "no outputs");
}

/** Sends the bad request in every form, each after a good one and followed by one. */
async function sendBadInEveryForm(context: CheckContext, row: Row): Promise<void> {
  const { slug, title, good, tensors, options = {} } = row;
  await givenServes(context);
  const control = good(context);
  const takers: string[] = [];
  const refusers: string[] = [];
  for (const form of formsFor(context, control.tensors)) {
    await givenTaken(context, form, control);
    const bad = form.request(control.model, tensors ?? control.tensors, options);
    const answer = await context.send(bad, { invalid: true });
    given.that(answer.head && !answer.failure, "a complete answer", describeAnswer(answer));
    (isRefusal(answer) ? refusers : takers).push(form.words);
    const again = await context.followUp(title, answer, form.request(control.model, control.tensors));
    given.that(again.recovered, "a server that goes on serving", describeAnswer(again.followUp));
  }
  context.record(slug, takers.length === 0 ? "refused in every form" : `accepted ${takers.join(" and ")}`);
  if (takers.length > 0 && refusers.length > 0)
    context.warn(`accepted ${takers.join(" and ")}, refused ${refusers.join(" and ")}`);
}

/** Each form gets the same bad request: what only some refuse warns; what a refusal has to look like is judged elsewhere. */
export default ROWS.map(
  (row): ObserveCheck =>
    observe({
      id: `v2-cross/${row.slug}`,
      title: row.title,
      clause: "V2X-ERR-01",
      requires: row.requires,
      negative: true,
      kills: [{ mutant: row.mutant, as: "warn" }],
      run: (context) => sendBadInEveryForm(context, row),
    }),
);
