import { describeDifference, expect, given, type RefuseCheck, type Tensor, tensorsFromInferResponse } from "#kit";
import { refuse } from "../clauses.ts";
import { A, addsub, B, FP32, identity, identityWith, warnsWhenRight } from "../known-requests.ts";
import { answerOf, infer, outputNamed, outputsOf, refusesClientFault, statusOf } from "../messages.ts";

const oneForAll = refuse({
  id: "v2-grpc/one-value-is-not-spread-over-the-shape",
  title: "A single element for a shape of four is refused",
  clause: "V2GRPC-INFER-14",
  requires: ["model:identity_fp32"],
  kills: [{ mutant: "v2-grpc:spreads-one-value", as: "warn" }],
  control: () => identity(),
  defects: [{ name: "one element for four", request: () => identityWith({ contents: { fp32_contents: [7] } }) }],
  accept(answer, scene) {
    if (statusOf(given, answer) !== 0) return refusesClientFault(answer, scene);
    expect.equal(outputNamed(expect, outputsOf(expect, answer), "OUTPUT0").values, [7, 7, 7, 7], "outputs/OUTPUT0");
    return scene.context.warn("one element is spread over the shape");
  },
});

const fp32 = (shape: readonly number[], ...values: readonly number[]): Tensor => ({
  name: "INPUT0",
  datatype: "FP32",
  shape,
  values,
});

const FIXED = fp32([2, 2], 1, 2, 3, 4);

/** Computed as it was sent, or as metadata declares it, only warns. */
function computesAsSent(...explainable: readonly Tensor[]): RefuseCheck["accept"] {
  return (answer, scene) => {
    if (statusOf(given, answer) !== 0) return refusesClientFault(answer, scene);
    given.equal(outputNamed(given, outputsOf(given, scene.control), "OUTPUT0").values, FIXED.values);
    const output = outputNamed(expect, outputsOf(expect, answer), "OUTPUT0");
    expect.that(
      explainable.some((tensor) => describeDifference(output, tensor) === undefined),
      "an error, or the tensor as it was sent",
      `shape [${output.shape.join(",")}] with ${output.values.length} elements`,
      "outputs/OUTPUT0",
    );
    return scene.context.warn("a shape that metadata does not declare is accepted");
  };
}

const otherShape = (tensor: Tensor, ...explainable: readonly Tensor[]) => ({
  name: `shape [${tensor.shape.join(",")}] for [2,2]`,
  request: () => infer("fixed22", [tensor]),
  accept: computesAsSent(tensor, ...explainable),
});

const shape = refuse({
  id: "v2-grpc/shape-at-odds-with-metadata-is-not-bent",
  title: "A tensor whose shape disagrees with metadata is refused, or computed as it was sent",
  clause: "V2GRPC-INFER-24",
  requires: ["model:fixed22"],
  kills: ["v2-grpc:drops-surplus-elements"],
  control: () => infer("fixed22", [FIXED]),
  defects: [otherShape(fp32([2, 3], 1, 2, 3, 4, 5, 6)), otherShape(fp32([4], 1, 2, 3, 4), FIXED)],
  accept: refusesClientFault,
});

const C: Tensor = { ...B, name: "INPUT9" };

const unknownInputs = refuse({
  id: "v2-grpc/unknown-inputs-invent-nothing",
  title: "An input that the model does not have is refused, or changes nothing",
  clause: "V2GRPC-INFER-21",
  requires: ["model:addsub"],
  kills: [
    "v2-grpc:zero-fills-for-renamed-inputs",
    { mutant: "v2-grpc:ignores-surplus-inputs", as: "warn" },
    { mutant: "v2-grpc:binds-by-position", as: "warn" },
  ],
  control: () => addsub(),
  defects: [
    {
      name: "an input INPUT9 besides the others",
      request: () => infer("addsub", [A, B, C]),
      accept: warnsWhenRight("a surplus input is ignored"),
    },
    {
      name: "INPUT9 in place of INPUT1",
      request: () => infer("addsub", [A, C]),
      accept: warnsWhenRight("a renamed input is bound by its position"),
    },
  ],
  accept: refusesClientFault,
});

const datatypeCase = refuse({
  id: "v2-grpc/datatypes-are-case-sensitive",
  title: "A datatype in another letter case is refused",
  clause: "V2GRPC-GEN-05",
  requires: ["model:identity_fp32"],
  kills: [{ mutant: "v2-grpc:upper-cases-datatypes", as: "warn" }],
  control: () => identity(),
  defects: [{ name: "datatype fp32", request: () => identityWith({ datatype: "fp32" }) }],
  accept(answer, scene) {
    if (statusOf(given, answer) !== 0) return refusesClientFault(answer, scene);
    const { outputs, raw_output_contents } = answerOf(expect, "ModelInfer", answer);
    // How the output's datatype is spelled is judged elsewhere.
    const read = tensorsFromInferResponse({
      outputs: outputs.map((output) => ({ ...output, datatype: output.datatype.toUpperCase() })),
      raw_output_contents,
    });
    given.that(read.ok, "outputs that can be read", read.ok ? "" : read.problem);
    const difference = describeDifference(outputNamed(expect, read.tensors, "OUTPUT0"), FP32);
    expect.that(difference === undefined, "an error, or the right result", difference ?? "", "outputs/OUTPUT0");
    return scene.context.warn('datatype "fp32" is accepted');
  },
});

export default [oneForAll, shape, unknownInputs, datatypeCase];
