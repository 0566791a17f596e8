import { describeAnswer, expect, given, type Tensor } from "#kit";
import { observe, refuse } from "../clauses.ts";
import { infer, inferBody, outputsOf, refusesClientFault } from "../messages.ts";

const TENSORS: readonly Tensor[] = ["INPUT0", "INPUT1"].map((name, index) => ({
  name,
  datatype: "INT32",
  shape: [1, 4],
  values: index === 0 ? [5, 6, 7, 8] : [1, 2, 3, 4],
}));

const request = (outputs?: readonly { name: string }[]) =>
  infer("addsub", inferBody(TENSORS, outputs ? { outputs: [...outputs] } : {}));
const control = () => request();
const requires = ["model:addsub"];

const returnsRequested = observe({
  id: "v2-rest/requested-output-is-returned",
  title: "An output that the request names is returned",
  clause: "V2REST-INFER-21",
  requires,
  kills: ["v2-rest:always-the-first-output"],
  async run(context) {
    for (const name of ["OUTPUT0", "OUTPUT1"]) {
      const names = outputsOf(given, await context.send(request([{ name }]))).map((output) => output.name);
      expect.that(names.includes(name), `an output ${name}`, `outputs ${names.join(", ") || "none"}`, "/outputs");
    }
  },
});

const returnsOnlyRequested = observe({
  id: "v2-rest/only-requested-outputs-are-returned",
  title: "Outputs that the request does not name are left out",
  clause: "V2REST-INFER-22",
  requires,
  kills: [{ mutant: "v2-rest:ignores-requested-outputs", as: "warn" }],
  async run(context) {
    const names = outputsOf(given, await context.send(request([{ name: "OUTPUT1" }]))).map((output) => output.name);
    given.that(names.includes("OUTPUT1"), "the requested output", names.join(", "));
    if (new Set(names).size > 1) context.warn(`asked for OUTPUT1 alone, the target returns ${names.join(", ")}`);
  },
});

const returnsAll = observe({
  id: "v2-rest/all-outputs-are-returned-by-default",
  title: "Without requested outputs, all are returned",
  clause: "V2REST-INFER-23",
  requires,
  kills: ["v2-rest:only-the-first-output"],
  async run(context) {
    const names = outputsOf(given, await context.send(request())).map((output) => output.name);
    expect.equal([...new Set(names)].toSorted(), ["OUTPUT0", "OUTPUT1"], "/outputs");
  },
});

const emptyList = refuse({
  id: "v2-rest/empty-list-of-outputs-does-no-harm",
  title: "An empty list of requested outputs returns all of them or is refused",
  clause: "V2REST-INFER-24",
  requires,
  kills: [{ mutant: "v2-rest:empty-outputs-crash", as: "warn" }],
  control,
  defects: [{ name: "outputs: []", request: () => request([]) }],
  accept(answer, { context, control }) {
    const status = answer.head?.status ?? 0;
    if (status >= 500) context.warn(`an empty list of outputs is answered with status ${status}`);
    expect.that(status === control.head?.status || status >= 400, "status 200 or 4xx", describeAnswer(answer));
    if (status === 200 && outputsOf(given, answer).length === 0) context.warn("no output is returned");
  },
});

const unknownName = refuse({
  id: "v2-rest/unknown-output-is-refused",
  title: "A request for an output that the model does not have is an error",
  clause: "V2REST-INFER-25",
  requires,
  kills: ["v2-rest:unknown-output-as-empty"],
  control,
  defects: [{ name: "an output no_such_output", request: () => request([{ name: "no_such_output" }]) }],
  accept(answer, scene) {
    if ((answer.head?.status ?? 0) >= 400) return refusesClientFault(answer, scene);
    const names = outputsOf(expect, answer).map((output) => output.name);
    expect.that(
      names.length > 0 && names.every((name) => name.startsWith("OUTPUT")),
      "an error, or the outputs that exist",
      names.join(", ") || "no output",
    );
    return scene.context.warn("the unknown output is ignored");
  },
});

const namelessOutput = refuse({
  id: "v2-rest/requested-output-needs-a-name",
  title: "A requested output without a name is refused",
  clause: "V2REST-INFER-26",
  requires,
  kills: ["v2-rest:nameless-output-is-all"],
  control,
  defects: [{ name: "outputs: [{}]", request: () => infer("addsub", { ...inferBody(TENSORS), outputs: [{}] }) }],
  accept: refusesClientFault,
});

export default [returnsRequested, returnsOnlyRequested, returnsAll, emptyList, unknownName, namelessOutput];
