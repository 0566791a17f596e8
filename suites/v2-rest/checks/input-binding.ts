import { describeAnswer, describeDifference, type Exchange, expect, given, type Tensor } from "#kit";
import { observe, refuse } from "../clauses.ts";
import { infer, inferBody, outputNamed, outputsOf, refusesClientFault } from "../messages.ts";

const A: Tensor = { name: "INPUT0", datatype: "INT32", shape: [1, 4], values: [50, 60, 70, 80] };
const B: Tensor = { name: "INPUT1", datatype: "INT32", shape: [1, 4], values: [1, 2, 3, 4] };
const DIFFERENCE: Tensor = { name: "OUTPUT1", datatype: "INT32", shape: [1, 4], values: [49, 58, 67, 76] };

const requires = ["model:addsub"];
const request = (...tensors: readonly Tensor[]) => infer("addsub", inferBody(tensors));
const control = () => request(A, B);

const byName = observe({
  id: "v2-rest/inputs-bind-by-name",
  title: "Inputs are told apart by name, whatever their order",
  clause: "V2REST-INFER-30",
  requires,
  kills: ["v2-rest:binds-by-position"],
  async run(context) {
    givenDifference(await context.send(request(A, B)));
    const output = outputNamed(given, outputsOf(given, await context.send(request(B, A))), "OUTPUT1");
    const difference = describeDifference(output, DIFFERENCE);
    expect.that(difference === undefined, "INPUT0 − INPUT1", difference ?? "", "/outputs/OUTPUT1");
  },
});

const missing = refuse({
  id: "v2-rest/missing-input-is-refused",
  title: "A request that leaves out an input of the model is an error",
  clause: "V2REST-INFER-29",
  requires,
  kills: ["v2-rest:zero-fills-missing-inputs"],
  control,
  defects: [
    { name: "INPUT1 left out", request: () => request(A) },
    { name: "INPUT0 left out", request: () => request(B) },
  ],
  accept: refusesClientFault,
});

const unknown = refuse({
  id: "v2-rest/unknown-input-stands-for-nothing",
  title: "An input that the model does not declare cannot stand in for one that it does",
  clause: "V2REST-INFER-28",
  requires,
  kills: ["v2-rest:unknown-input-is-zeros"],
  control,
  defects: [
    {
      name: "a surplus input",
      request: () => request(A, B, { ...B, name: "bogus" }),
      accept: ignoresOrRefuses("the surplus input is ignored"),
    },
    {
      name: "INPUT1 renamed",
      request: () => request(A, { ...B, name: "bogus" }),
      accept: ignoresOrRefuses("the renamed input is bound by position"),
    },
  ],
  accept: refusesClientFault,
});

const noInputs = refuse({
  id: "v2-rest/empty-inputs-invent-nothing",
  title: "An empty list of inputs is not answered with invented outputs",
  clause: "V2REST-INFER-09",
  requires,
  kills: ["v2-rest:zero-filled-outputs"],
  control,
  defects: [{ name: "inputs: []", request: () => infer("addsub", { inputs: [] }) }],
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

function ignoresOrRefuses(warning: string): typeof refusesClientFault {
  return (answer, scene) => {
    if ((answer.head?.status ?? 0) >= 400) return refusesClientFault(answer, scene);
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
