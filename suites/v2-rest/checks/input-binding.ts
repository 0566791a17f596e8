import {
  type CheckContext,
  describeAnswer,
  describeDifference,
  type Exchange,
  expect,
  given,
  type HttpRequest,
  type Tensor,
  type WireRequest,
} from "#kit";
import { observe, refuse } from "../clauses.ts";
import {
  changed,
  type InferBody,
  type InputJson,
  infer,
  inferBody,
  outputNamed,
  outputsOf,
  refusesClientFault,
  subject,
  tensorsFor,
} from "../messages.ts";

const A: Tensor = { name: "INPUT0", datatype: "INT32", shape: [1, 4], values: [50, 60, 70, 80] };
const B: Tensor = { name: "INPUT1", datatype: "INT32", shape: [1, 4], values: [1, 2, 3, 4] };
const DIFFERENCE: Tensor = { name: "OUTPUT1", datatype: "INT32", shape: [1, 4], values: [49, 58, 67, 76] };

const about = (context: CheckContext) => subject(context, "addsub");

function control(context: CheckContext): HttpRequest {
  const { model } = about(context);
  return infer(model.name, inferBody(tensorsFor(context, about(context), [A, B])));
}

const withInputs =
  (change: (inputs: InferBody["inputs"]) => InferBody["inputs"]) =>
  (_: CheckContext, good: WireRequest): HttpRequest =>
    changed(good, (body) => ({ ...body, inputs: change(body.inputs) }));

const swapped = withInputs((inputs) => inputs.toReversed());

const byName = observe({
  id: "v2-rest/inputs-bind-by-name",
  title: "Inputs are told apart by name, whatever their order",
  clause: "V2REST-INFER-30",
  requires: ["two-inputs"],
  kills: ["v2-rest:binds-by-position"],
  async run(context) {
    const good = control(context);
    const answer = await context.send(good);
    if (about(context).known) givenDifference(answer);
    else given.equal(differenceIn(answer, await context.send(good)), undefined);
    const difference = differenceIn(answer, await context.send(swapped(context, good)));
    expect.that(difference === undefined, "the same outputs whatever the order", difference ?? "", "/outputs");
  },
});

const missing = refuse({
  id: "v2-rest/missing-input-is-refused",
  title: "A request that leaves out an input of the model is an error",
  clause: "V2REST-INFER-29",
  requires: ["two-inputs"],
  kills: ["v2-rest:zero-fills-missing-inputs"],
  control,
  defects: [
    { name: "the second input left out", request: withInputs((inputs) => inputs.toSpliced(1, 1)) },
    { name: "the first input left out", request: withInputs((inputs) => inputs.slice(1)) },
  ],
  // Of a model that is no fixture it is not known whether it can do without.
  accept: (answer, scene) =>
    about(scene.context).known || answer.head?.status !== 200
      ? refusesClientFault(answer, scene)
      : scene.context.warn("a request that leaves out a declared input is answered with outputs"),
});

const renamed = (input: InputJson): InputJson => ({ ...input, name: "bogus" });

const unknown = refuse({
  id: "v2-rest/unknown-input-stands-for-nothing",
  title: "An input that the model does not declare cannot stand in for one that it does",
  clause: "V2REST-INFER-28",
  kills: ["v2-rest:unknown-input-is-zeros"],
  control,
  defects: [
    {
      name: "a surplus input",
      request: withInputs((inputs) => [...inputs, ...inputs.slice(-1).map(renamed)]),
      accept: ignoresOrRefuses("the surplus input is ignored"),
    },
    {
      name: "the last input renamed",
      request: withInputs((inputs) => [...inputs.slice(0, -1), ...inputs.slice(-1).map(renamed)]),
      accept: ignoresOrRefuses("the renamed input is bound by position"),
    },
  ],
  accept: refusesClientFault,
});

const noInputs = refuse({
  id: "v2-rest/empty-inputs-invent-nothing",
  title: "An empty list of inputs is not answered with invented outputs",
  clause: "V2REST-INFER-09",
  kills: ["v2-rest:zero-filled-outputs"],
  control,
  defects: [{ name: "inputs: []", request: withInputs(() => []) }],
  accept(answer, scene) {
    if ((answer.head?.status ?? 0) >= 400) return refusesClientFault(answer, scene);
    expect.equal(outputsOf(expect, answer).length, 0, "/outputs");
    return scene.context.warn("an empty list of inputs is answered with an empty list of outputs");
  },
});

function givenDifference(exchange: Exchange): void {
  const difference = describeDifference(outputNamed(given, outputsOf(given, exchange), "OUTPUT1"), DIFFERENCE);
  given.that(difference === undefined, "INPUT0 − INPUT1 with the inputs in order", difference ?? "");
}

/** What differs between two answers to the same tensors. */
function differenceIn(before: Exchange, after: Exchange): string | undefined {
  const outputs = outputsOf(given, after);
  return outputsOf(given, before)
    .map((output) => describeDifference(outputNamed(given, outputs, output.name), output))
    .find((difference) => difference !== undefined);
}

function ignoresOrRefuses(warning: string): typeof refusesClientFault {
  return (answer, scene) => {
    if ((answer.head?.status ?? 0) >= 400) return refusesClientFault(answer, scene);
    if (!about(scene.context).known) return scene.context.warn(warning);
    const difference = describeDifference(outputNamed(expect, outputsOf(expect, answer), "OUTPUT1"), DIFFERENCE);
    expect.that(
      difference === undefined,
      `an error, or the right result (${describeAnswer(answer)})`,
      difference ?? "",
      "/outputs/OUTPUT1",
    );
    return scene.context.warn(warning);
  };
}

export default [byName, missing, unknown, noInputs];
