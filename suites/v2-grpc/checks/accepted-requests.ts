import { type CheckContext, describeDifference, type Exchange, expect, given, type Tensor, versionedModel } from "#kit";
import { observe } from "../clauses.ts";
import { A, addsub, B } from "../known-requests.ts";
import { goodTensors, infer, inferWith, outputNamed, outputsOf, statusOf } from "../messages.ts";

const DIFFERENCE: Tensor = { name: "OUTPUT1", datatype: "INT32", shape: [1, 4], values: [49, 58, 67, 76] };

const emptyVersion = observe({
  id: "v2-grpc/empty-version-lets-the-server-choose",
  title: "An empty model_version lets the server choose",
  clause: "V2GRPC-INFER-02",
  requires: ["versions"],
  kills: ["v2-grpc:wants-a-version"],
  async run(context) {
    const model = versionedModel(context);
    const tensors = goodTensors(context, model);
    outputsOf(given, await context.send(infer(model.name, tensors, { version: model.versions[0] as string })));
    expect.that(outputsOf(expect, await context.send(infer(model.name, tensors))).length > 0, "outputs", "none");
  },
});

const allOutputs = observe({
  id: "v2-grpc/all-outputs-are-returned-by-default",
  title: "Without requested outputs, all are returned",
  clause: "V2GRPC-INFER-18",
  requires: ["model:addsub"],
  kills: ["v2-grpc:only-the-first-output"],
  async run(context) {
    const names = outputsOf(given, await context.send(addsub())).map(({ name }) => name);
    given.that(names.length > 0, "outputs", "none");
    expect.equal([...new Set(names)].toSorted(), ["OUTPUT0", "OUTPUT1"], "outputs");
  },
});

const requestedOutputs = observe({
  id: "v2-grpc/requested-output-is-returned",
  title: "An output that the request names is returned, and others are left out",
  clause: "V2GRPC-INFER-19",
  requires: ["model:addsub"],
  kills: ["v2-grpc:always-the-first-output", { mutant: "v2-grpc:ignores-requested-outputs", as: "warn" }],
  async run(context) {
    const names = outputsOf(given, await context.send(infer("addsub", [A, B], { outputs: ["OUTPUT1"] }))).map(
      ({ name }) => name,
    );
    given.that(names.length > 0, "outputs", "none");
    expect.that(names.includes("OUTPUT1"), "an output OUTPUT1", names.join(", "), "outputs");
    if (new Set(names).size > 1) context.warn(`asked for OUTPUT1 alone, the target returns ${names.join(", ")}`);
  },
});

const rowMajor = observe({
  id: "v2-grpc/elements-are-in-row-major-order",
  title: "Elements are in row-major order",
  clause: "V2GRPC-INFER-17",
  requires: ["model:rowsum"],
  kills: ["v2-grpc:column-major"],
  async run(context) {
    const tensor: Tensor = { name: "INPUT0", datatype: "FP32", shape: [2, 3], values: [1, 2, 4, 8, 16, 32] };
    const sums = outputNamed(given, outputsOf(given, await context.send(infer("rowsum", [tensor]))), "OUTPUT0");
    given.equal(sums.shape, [2]);
    expect.equal(
      sums.values.map(Number).toSorted((a, b) => a - b),
      [7, 56],
      "outputs/OUTPUT0",
    );
  },
});

const bindsByName = (
  form: "typed" | "raw",
  slug: string,
  clause: "V2GRPC-INFER-22" | "V2GRPC-RAW-01",
  title: string,
  mutant: string,
) =>
  observe({
    id: `v2-grpc/${slug}`,
    title,
    clause,
    requires: ["model:addsub"],
    kills: [mutant],
    async run(context) {
      givenDifference(await context.send(addsub(form)));
      const output = outputNamed(
        given,
        outputsOf(given, await context.send(infer("addsub", [B, A], { form }))),
        "OUTPUT1",
      );
      const difference = describeDifference(output, DIFFERENCE);
      expect.that(difference === undefined, "INPUT0 − INPUT1", difference ?? "", "outputs/OUTPUT1");
    },
  });

function givenDifference(exchange: Exchange): void {
  const difference = describeDifference(outputNamed(given, outputsOf(given, exchange), "OUTPUT1"), DIFFERENCE);
  given.that(difference === undefined, "INPUT0 − INPUT1 with the inputs in order", difference ?? "");
}

const VALUES = { boolean: { bool_param: true }, integer: { int64_param: 3n }, string: { string_param: "x" } };

const parameters = observe({
  id: "v2-grpc/parameters-of-all-types-are-accepted",
  title: "Parameters may be booleans, integers and strings",
  clause: "V2GRPC-PARAM-01",
  kills: [
    "v2-grpc:refuses-boolean-parameters",
    "v2-grpc:refuses-parameters-of-inputs",
    { mutant: "v2-grpc:refuses-unknown-parameters", as: "warn" },
  ],
  async run(context) {
    const refused = await refusedParameters(context);
    // A server may know its parameters by name and refuse all others; it may not choose among them by type or place.
    if (refused.length === 9) context.warn("parameters that the target does not know are refused");
    else expect.that(refused.length === 0, "parameters of every type are accepted", `it refuses ${refused.join(", ")}`);
  },
});

type Change = Parameters<typeof inferWith>[2];

/** Which types of parameters are refused, and where, of three in three places. */
async function refusedParameters(context: CheckContext): Promise<readonly string[]> {
  const { name } = context.model;
  const tensors = goodTensors(context, context.model);
  const wanted = [...new Set(outputsOf(given, await context.send(infer(name, tensors))).map((output) => output.name))];
  given.that(wanted.length > 0, "outputs", "none");
  const refused: string[] = [];
  for (const [type, value] of Object.entries(VALUES)) {
    const parameters = { suite_probe: value };
    const everywhere: Readonly<Record<string, Change>> = {
      "the request": (message) => ({ ...message, parameters }),
      "an input": (message) => ({
        ...message,
        inputs: (message.inputs ?? []).map((input) => ({ ...input, parameters })),
      }),
      "a requested output": (message) => ({
        ...message,
        outputs: wanted.map((output) => ({ name: output, parameters })),
      }),
    };
    for (const [where, change] of Object.entries(everywhere)) {
      const exchange = await context.send(inferWith(name, tensors, change));
      if (statusOf(given, exchange) === 0) continue;
      if (refused.length === 0) context.point(exchange);
      refused.push(`a ${type} on ${where}`);
    }
  }
  return refused;
}

export default [
  emptyVersion,
  allOutputs,
  requestedOutputs,
  rowMajor,
  bindsByName(
    "typed",
    "inputs-bind-by-name",
    "V2GRPC-INFER-22",
    "Inputs are told apart by name, whatever their order",
    "v2-grpc:binds-by-position",
  ),
  bindsByName(
    "raw",
    "raw-entries-follow-the-order-of-inputs",
    "V2GRPC-RAW-01",
    "Raw entries pair with inputs in the order in which they were sent",
    "v2-grpc:pairs-raw-by-sorted-name",
  ),
  parameters,
];
