import { describeAnswer, expect, given } from "#kit";
import { observe, refuse } from "../clauses.ts";
import { differenceOfOutputs, goodInfer, goodTensors, infer, inferBody, outputsOf } from "../messages.ts";

const emptyObjects = observe({
  id: "v2-rest/empty-parameters-change-nothing",
  title: "Empty parameters on the request, its inputs and its outputs are accepted and change nothing",
  clause: "V2REST-INFER-17",
  kills: ["v2-rest:refuses-parameters"],
  async run(context) {
    const { name } = context.model;
    const body = inferBody(goodTensors(context, context.model));
    const control = await context.send(infer(name, body));
    const plain = outputsOf(given, control);
    const inputs = body.inputs.map((input) => ({ ...input, parameters: {} }));
    const exchange = await context.send(
      infer(name, {
        inputs,
        parameters: {},
        outputs: [...new Set(plain.map((output) => output.name))].map((output) => ({ name: output, parameters: {} })),
      }),
    );
    expect.status(exchange, 200);
    expect.that(differenceOfOutputs(control, exchange) === undefined, "the same outputs as without them", "others");
  },
});

const valueTypes = observe({
  id: "v2-rest/parameters-of-all-types-are-accepted",
  title: "Parameters may be strings, numbers and booleans",
  clause: "V2REST-INFER-18",
  kills: ["v2-rest:refuses-parameters", { mutant: "v2-rest:refuses-fractional-parameters", as: "warn" }],
  async run(context) {
    const { name } = context.model;
    const body = inferBody(goodTensors(context, context.model));
    given.that(outputsOf(given, await context.send(infer(name, body))).length > 0, "outputs", "none");
    const typed = await context.send(
      infer(name, { ...body, parameters: { suite_probe_s: "x", suite_probe_i: 3, suite_probe_b: true } }),
    );
    expect.status(typed, 200);
    const fraction = await context.send(infer(name, { ...body, parameters: { suite_probe_f: 1.5 } }));
    if (fraction.head?.status !== 200)
      context.warn(`a fractional parameter is answered with ${describeAnswer(fraction)}`);
  },
});

const oddValues = refuse({
  id: "v2-rest/odd-parameters-do-no-harm",
  title: "A parameter that is null, an array or an object is refused or ignored",
  clause: "V2REST-INFER-19",
  kills: ["v2-rest:dies-on-null-parameters"],
  control: goodInfer,
  defects: Object.entries({ null: null, "an array": [1], "an object": { a: 1 } }).map(([name, value]) => ({
    name: `${name} as a parameter`,
    request: (context) =>
      infer(context.model.name, {
        ...inferBody(goodTensors(context, context.model)),
        parameters: { suite_probe: value },
      }),
  })),
  accept(answer, { context, control }) {
    const status = answer.head?.status ?? 0;
    if (status >= 500) context.warn(`a parameter of another type is answered with status ${status}`);
    expect.that(status === control.head?.status || status >= 400, "status 200 or 4xx", describeAnswer(answer));
  },
});

export default [emptyObjects, valueTypes, oddValues];
