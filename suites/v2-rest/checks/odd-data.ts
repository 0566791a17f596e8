import { type CheckContext, describeAnswer, expect, type HttpRequest, type Tensor, type WireRequest } from "#kit";
import { refuse } from "../clauses.ts";
import {
  differenceOfOutputs,
  goodInfer,
  infer,
  inferBody,
  inferBytes,
  needs,
  refusesClientFault,
  subject,
  tensorsFor,
  withFirstInput,
} from "../messages.ts";

const TENSOR: Tensor = { name: "INPUT0", datatype: "FP32", shape: [2, 2], values: [1, 2, 3, 4] };
const requires = ["model:identity_fp32"];
const control = () => infer("identity_fp32", inferBody([TENSOR]));

const about = (context: CheckContext) => subject(context, "identity_fp32");

/** On a model that is no fixture, as many rows as the least elements. */
function controlOf(least: { readonly rank: number; readonly elements: number }, context: CheckContext): HttpRequest {
  const tensors = tensorsFor(context, about(context), [TENSOR], Math.max(2, least.elements));
  const [first] = tensors;
  needs(first && first.shape.length >= least.rank, `an input of rank ${least.rank}`);
  needs(first && first.values.length >= least.elements, `an input with ${least.elements} elements`);
  return infer(about(context).model.name, inferBody(tensors));
}

const withData =
  (change: (data: readonly unknown[]) => unknown) =>
  (_: CheckContext, good: WireRequest): HttpRequest =>
    withFirstInput(good, (input) => ({ ...input, data: change(input.data as readonly unknown[]) }));

const ragged = refuse({
  id: "v2-rest/ragged-data-does-no-harm",
  title: "Nested data that disagrees with its shape is refused or flattened",
  clause: "V2REST-DATA-07",
  kills: ["v2-rest:dies-on-ragged-data"],
  control: (context) => controlOf({ rank: 2, elements: 3 }, context),
  defects: [{ name: "a long row and a short one", request: withData((data) => [data.slice(0, -1), data.slice(-1)]) }],
  accept(answer, scene) {
    if ((answer.head?.status ?? 0) >= 400) return refusesClientFault(answer, scene);
    if (!about(scene.context).known) return scene.context.warn("nested data that disagrees with its shape is accepted");
    const difference = differenceOfOutputs(scene.control, answer);
    return expect.that(difference === undefined, "an error, or the flattened tensor", difference ?? "");
  },
});

const nulls = refuse({
  id: "v2-rest/null-is-no-element",
  title: "An element that is null or an object is refused",
  clause: "V2REST-DATA-09",
  kills: [{ mutant: "v2-rest:null-is-zero", as: "warn" }],
  control: (context) => controlOf({ rank: 0, elements: 2 }, context),
  defects: [
    { name: "null as an element", request: withData((data) => data.toSpliced(1, 1, null)) },
    { name: "an object as an element", request: withData((data) => data.toSpliced(1, 1, { a: 1 })) },
  ],
  accept(answer, scene) {
    if (answer.head?.status === 200)
      scene.context.warn(`an element that is no number is answered with ${describeAnswer(answer)}`);
    else refusesClientFault(answer, scene);
  },
});

const datatypeCase = refuse({
  id: "v2-rest/datatype-names-are-case-sensitive",
  title: "A datatype in another letter case is refused",
  clause: "V2REST-GEN-03",
  requires,
  kills: [{ mutant: "v2-rest:datatypes-in-any-case", as: "warn" }],
  control,
  defects: [
    { name: "datatype fp32", request: () => infer("identity_fp32", inferBody([{ ...TENSOR, datatype: "fp32" }])) },
  ],
  accept(answer, scene) {
    if ((answer.head?.status ?? 0) >= 400) return refusesClientFault(answer, scene);
    const difference = differenceOfOutputs(scene.control, answer);
    expect.that(difference === undefined, "an error, or the same outputs", difference ?? "");
    return scene.context.warn("a datatype in lower case is accepted");
  },
});

const trailing = refuse({
  id: "v2-rest/text-after-the-body-is-refused",
  title: "The body is one JSON text and nothing else",
  clause: "V2REST-INFER-46",
  kills: ["v2-rest:accepts-trailing-text"],
  control: goodInfer,
  defects: [
    {
      name: "a valid request followed by x",
      request: (context, good) => inferBytes(context.model.name, followedBy(good as HttpRequest, "x")),
    },
  ],
  accept: refusesClientFault,
});

function followedBy({ body = new Uint8Array(0) }: HttpRequest, text: string): Uint8Array {
  return Buffer.concat([body, Buffer.from(text)]);
}

export default [ragged, nulls, datatypeCase, trailing];
