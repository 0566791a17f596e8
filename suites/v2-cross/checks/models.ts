import { type CheckContext, given, skip, type Tensor, takesBatches } from "#kit";
import { observe } from "../clauses.ts";
import { type Form, fitsJson } from "../forms.ts";
import {
  describedBoth,
  differenceOf,
  differenceOfSpecs,
  expectSame,
  formsFor,
  formsOf,
  givenServes,
  goodTensors,
  type Result,
} from "../messages.ts";

const ROWS = 3;
/** Times that two forms which differ are asked once more before the difference is believed. */
const CONFIRMATIONS = 2;

/** The outputs of a model that answers itself alike; skips for one that does not, of which nothing can be said. */
async function settled(context: CheckContext, form: Form, inputs: readonly Tensor[], times: number): Promise<Result> {
  const ask = async () => form.outputs(given, await context.send(form.request(context.model.name, inputs)));
  const outputs = await ask();
  given.that(outputs.length > 0, "an inference with outputs", "none");
  for (let again = 1; again < times; again++) {
    const difference = differenceOf(await ask(), outputs);
    if (difference !== undefined) skip(`the model does not give the same outputs twice ${form.words}: ${difference}`);
  }
  return { form, outputs };
}

/** Asks the model under test in every form; what differs is confirmed before it is judged. */
async function askInEveryForm(context: CheckContext): Promise<void> {
  const { model } = context;
  await givenServes(context);
  if (!model.sample) {
    const { rest, grpc } = await describedBoth(context, model);
    const difference = differenceOfSpecs(rest.inputs, grpc.inputs);
    given.that(difference === undefined, "one description of the inputs", difference ?? "");
  }
  const inputs = goodTensors(context, model, takesBatches(model) ? ROWS : 1);
  const [base, ...others] = formsFor(context, inputs) as [Form, ...Form[]];
  const first = await settled(context, base, inputs, 2);
  for (const form of others.filter(({ name }) => name !== "JSON" || fitsJson(first.outputs))) {
    const result = await settled(context, form, inputs, 2);
    if (differenceOf(result.outputs, first.outputs) === undefined) continue;
    // Seldom a model answers itself alike by chance: what differs is asked again before it is judged.
    const confirmed = await settled(context, base, inputs, CONFIRMATIONS);
    given.that(differenceOf(confirmed.outputs, first.outputs) === undefined, "a model that answers alike", "others");
    expectSame(await settled(context, form, inputs, CONFIRMATIONS), first);
  }
}

const anyModel = observe({
  id: "v2-cross/any-model-gives-one-result",
  title: "The model under test gives the same result for the same tensors in every form",
  clause: "V2X-INFER-01",
  kills: ["v2-cross:grpc-reverses-batches", "v2-cross:binary-swaps-bytes"],
  run: askInEveryForm,
});

const A: Tensor = { name: "INPUT0", datatype: "INT32", shape: [1, 4], values: [50, 60, 70, 80] };
const B: Tensor = { name: "INPUT1", datatype: "INT32", shape: [1, 4], values: [1, 2, 3, 4] };

const named = observe({
  id: "v2-cross/inputs-in-any-order-give-one-result",
  title: "Two inputs in the reverse of the model's order give the same result in every form",
  clause: "V2X-INFER-01",
  requires: ["model:addsub"],
  kills: ["v2-cross:grpc-binds-inputs-by-position", "v2-cross:binary-swaps-bytes"],
  async run(context) {
    await givenServes(context);
    let first: Result | undefined;
    for (const form of formsOf(context)) {
      const exchange = await context.send(form.request("addsub", [B, A]));
      const result: Result = { form, outputs: form.outputs(given, exchange) };
      given.that(result.outputs.length > 0, "an inference with outputs", "none");
      if (first) expectSame(result, first);
      first ??= result;
    }
  },
});

export default [anyModel, named];
