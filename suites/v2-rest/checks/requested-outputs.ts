import { type CheckContext, describeAnswer, expect, given, type HttpRequest, type Tensor } from "#kit";
import { observe, refuse } from "../clauses.ts";
import { changed, infer, inferBody, needs, outputsOf, refusesClientFault, subject, tensorsFor } from "../messages.ts";

const TENSORS: readonly Tensor[] = ["INPUT0", "INPUT1"].map((name, index) => ({
  name,
  datatype: "INT32",
  shape: [1, 4],
  values: index === 0 ? [5, 6, 7, 8] : [1, 2, 3, 4],
}));

const about = (context: CheckContext) => subject(context, "addsub");

/** Without `names` it asks for no outputs, and the runtime returns what it does by default. */
function request(context: CheckContext, names?: readonly string[]): HttpRequest {
  const { model } = about(context);
  const body = inferBody(tensorsFor(context, about(context), TENSORS));
  return infer(model.name, names ? { outputs: names.map((name) => ({ name })), ...body } : body);
}

const control = (context: CheckContext) => request(context);

function outputNames(context: CheckContext): readonly string[] {
  const names = about(context).model.outputs.map(({ name }) => name);
  needs(names.length > 0, "outputs in its metadata");
  return names;
}

const returnsRequested = observe({
  id: "v2-rest/requested-output-is-returned",
  title: "An output that the request names is returned",
  clause: "V2REST-INFER-21",
  kills: ["v2-rest:always-the-first-output"],
  async run(context) {
    for (const name of outputNames(context)) {
      const names = outputsOf(given, await context.send(request(context, [name]))).map((output) => output.name);
      expect.that(names.includes(name), `an output ${name}`, `outputs ${names.join(", ") || "none"}`, "/outputs");
    }
  },
});

const returnsOnlyRequested = observe({
  id: "v2-rest/only-requested-outputs-are-returned",
  title: "Outputs that the request does not name are left out",
  clause: "V2REST-INFER-22",
  requires: ["two-outputs"],
  kills: [{ mutant: "v2-rest:ignores-requested-outputs", as: "warn" }],
  async run(context) {
    const [, second = ""] = outputNames(context);
    const names = outputsOf(given, await context.send(request(context, [second]))).map((output) => output.name);
    given.that(names.includes(second), "the requested output", names.join(", "));
    if (new Set(names).size > 1) context.warn(`asked for ${second} alone, the target returns ${names.join(", ")}`);
  },
});

const returnsAll = observe({
  id: "v2-rest/all-outputs-are-returned-by-default",
  title: "Without requested outputs, all are returned",
  clause: "V2REST-INFER-23",
  kills: ["v2-rest:only-the-first-output"],
  async run(context) {
    const declared = outputNames(context);
    const names = outputsOf(given, await context.send(request(context))).map((output) => output.name);
    expect.equal([...new Set(names)].toSorted(), declared.toSorted(), "/outputs");
  },
});

const emptyList = refuse({
  id: "v2-rest/empty-list-of-outputs-does-no-harm",
  title: "An empty list of requested outputs returns all of them or is refused",
  clause: "V2REST-INFER-24",
  kills: [{ mutant: "v2-rest:empty-outputs-crash", as: "warn" }],
  control,
  defects: [{ name: "outputs: []", request: (_, good) => changed(good, (body) => ({ ...body, outputs: [] })) }],
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
  kills: ["v2-rest:unknown-output-as-empty"],
  control,
  defects: [
    {
      name: "an output no_such_output",
      request: (_, good) => changed(good, (body) => ({ ...body, outputs: [{ name: "no_such_output" }] })),
    },
  ],
  accept(answer, scene) {
    if ((answer.head?.status ?? 0) >= 400) return refusesClientFault(answer, scene);
    const existing = outputsOf(given, scene.control).map((output) => output.name);
    const names = outputsOf(expect, answer).map((output) => output.name);
    expect.that(
      names.length > 0 && names.every((name) => existing.includes(name)),
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
  kills: ["v2-rest:nameless-output-is-all"],
  control,
  defects: [{ name: "outputs: [{}]", request: (_, good) => changed(good, (body) => ({ ...body, outputs: [{}] })) }],
  accept: refusesClientFault,
});

export default [returnsRequested, returnsOnlyRequested, returnsAll, emptyList, unknownName, namelessOutput];
