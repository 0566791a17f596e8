import {
  type CheckContext,
  describeDifference,
  expect,
  given,
  type HttpRequest,
  JsonNumber,
  type Tensor,
  type WireRequest,
} from "#kit";
import { observe, refuse } from "../clauses.ts";
import {
  differenceOfOutputs,
  infer,
  inferBody,
  needs,
  outputNamed,
  outputsOf,
  refusesClientFault,
  subject,
  tensorsFor,
  withFirstInput,
} from "../messages.ts";

const fp32 = (shape: readonly number[], ...values: readonly number[]): Tensor => ({
  name: "INPUT0",
  datatype: "FP32",
  shape,
  values,
});
const oddDimension =
  (change: (size: number) => unknown) =>
  (_: CheckContext, good: WireRequest): HttpRequest =>
    withFirstInput(good, (input) => ({ ...input, shape: [change(input.shape[0] as number), ...input.shape.slice(1)] }));

const variable = observe({
  id: "v2-rest/variable-dimensions-take-any-size",
  title: "A dimension that metadata calls variable takes tensors of any size",
  clause: "V2REST-INFER-38",
  requires: ["model:identity_fp32"],
  kills: ["v2-rest:only-the-size-seen-first"],
  async run(context) {
    for (const size of [2, 1, 7]) {
      const tensor = fp32([1, size], ...Array.from({ length: size }, (_, i) => i + 0.5));
      const exchange = await context.send(infer("identity_fp32", inferBody([tensor])));
      (size === 2 ? given : expect).status(exchange, 200);
      given.equal(outputNamed(given, outputsOf(given, exchange), "OUTPUT0").shape, tensor.shape);
    }
  },
});

const dimensions = refuse({
  id: "v2-rest/dimensions-are-unsigned-integers",
  title: "A negative, fractional or non-numeric dimension is refused",
  clause: "V2REST-INFER-34",
  kills: ["v2-rest:floors-dimensions"],
  control(context) {
    const about = subject(context, "identity_fp32");
    const tensors = tensorsFor(context, about, [fp32([1, 4], 1, 2, 3, 4)]);
    needs((tensors[0]?.shape.length ?? 0) > 0, "an input with a dimension");
    return infer(about.model.name, inferBody(tensors));
  },
  defects: [
    { name: "a dimension of 1.5", request: oddDimension((size) => new JsonNumber(`${size}.5`)) },
    { name: "a dimension of null", request: oddDimension(() => null) },
    { name: "a dimension of -1", request: oddDimension(() => -1), accept: warnsWhenRead("-1 is resolved to 1") },
    { name: 'a dimension of "1"', request: oddDimension(String), accept: warnsWhenRead('"1" is taken for 1') },
  ],
  accept: refusesClientFault,
});

/** Accepted with the one reasonable reading only warns; with any other it fails. */
function warnsWhenRead(warning: string): typeof refusesClientFault {
  return (answer, scene) => {
    if ((answer.head?.status ?? 0) >= 400) return refusesClientFault(answer, scene);
    if (subject(scene.context, "identity_fp32").known) {
      const difference = differenceOfOutputs(scene.control, answer);
      expect.that(difference === undefined, "an error, or the one reasonable reading", difference ?? "");
    }
    return scene.context.warn(warning);
  };
}

const declared = refuse({
  id: "v2-rest/shape-at-odds-with-metadata-is-not-bent",
  title: "A tensor whose shape disagrees with metadata is refused, or computed as it was sent",
  clause: "V2REST-INFER-35",
  requires: ["model:fixed22"],
  kills: ["v2-rest:drops-surplus-elements"],
  control: () => infer("fixed22", inferBody([fp32([2, 2], 1, 2, 3, 4)])),
  defects: [
    {
      name: "shape [2,3] for [2,2]",
      request: () => infer("fixed22", inferBody([fp32([2, 3], 1, 2, 3, 4, 5, 6)])),
      accept: computesAsSent(fp32([2, 3], 1, 2, 3, 4, 5, 6)),
    },
    {
      name: "shape [4] for [2,2]",
      request: () => infer("fixed22", inferBody([fp32([4], 1, 2, 3, 4)])),
      accept: computesAsSent(fp32([4], 1, 2, 3, 4), fp32([2, 2], 1, 2, 3, 4)),
    },
  ],
  accept: refusesClientFault,
});

function computesAsSent(...explainable: readonly Tensor[]): typeof refusesClientFault {
  return (answer, scene) => {
    if ((answer.head?.status ?? 0) >= 400) return refusesClientFault(answer, scene);
    given.equal(outputNamed(given, outputsOf(given, scene.control), "OUTPUT0").values, [1, 2, 3, 4]);
    const output = outputNamed(expect, outputsOf(expect, answer), "OUTPUT0");
    const explained = explainable.some((tensor) => describeDifference(output, tensor) === undefined);
    expect.that(
      explained,
      "an error, or the tensor as it was sent",
      `shape [${output.shape.join(",")}] with ${output.values.length} elements`,
    );
    return scene.context.warn("a shape that metadata does not declare is accepted");
  };
}

const wrongDatatype = refuse({
  id: "v2-rest/datatype-at-odds-with-metadata-is-not-reinterpreted",
  title: "Another datatype than metadata declares is refused, or converted by value",
  clause: "V2REST-INFER-33",
  requires: ["model:identity_fp32"],
  kills: ["v2-rest:reinterprets-integers"],
  control: () => infer("identity_fp32", inferBody([fp32([1, 4], 1, 2, 3, 4)])),
  defects: [
    {
      name: "INT32 for FP32",
      request: () => infer("identity_fp32", inferBody([{ ...fp32([1, 4], 1, 2, 3, 4), datatype: "INT32" }])),
    },
  ],
  accept(answer, scene) {
    if ((answer.head?.status ?? 0) >= 400) return refusesClientFault(answer, scene);
    given.equal(outputNamed(given, outputsOf(given, scene.control), "OUTPUT0").values, [1, 2, 3, 4]);
    const output = outputNamed(expect, outputsOf(expect, answer), "OUTPUT0");
    expect.equal(output.values.map(Number), [1, 2, 3, 4], "/outputs/OUTPUT0/data");
    return scene.context.warn("INT32 is accepted for an FP32 input");
  },
});

export default [variable, dimensions, declared, wrongDatatype];
