import type { CheckContext, HttpRequest, Tensor, WireRequest } from "#kit";
import { refuse } from "../clauses.ts";
import { infer, inferBody, needs, refusesClientFault, subject, tensorsFor, withFirstInput } from "../messages.ts";

const TENSOR: Tensor = { name: "INPUT0", datatype: "FP32", shape: [2, 3], values: [1, 2, 3, 4, 5, 6] };

const withData =
  (change: (data: readonly unknown[]) => readonly unknown[]) =>
  (_: CheckContext, good: WireRequest): HttpRequest =>
    withFirstInput(good, (input) => ({ ...input, data: change(input.data as readonly unknown[]) }));

/** Another element of the same kind. */
function oneMore(data: readonly unknown[]): unknown {
  return typeof data[0] === "number" ? data.length + 1 : data[0];
}

function control(context: CheckContext): HttpRequest {
  const about = subject(context, "identity_fp32");
  const tensors = tensorsFor(context, about, [TENSOR], 2);
  needs((tensors[0]?.values.length ?? 0) > 1, "an input with two elements");
  return infer(about.model.name, inferBody(tensors));
}

export default refuse({
  id: "v2-rest/infer-refuses-wrong-element-count",
  title: "Data with more or fewer elements than its shape has is refused",
  clause: "V2REST-INFER-36",
  kills: [
    "v2-rest:pads-short-data",
    "v2-rest:truncates-long-data",
    { mutant: "v2-rest:broadcasts-one-value", as: "warn" },
  ],
  control,
  defects: [
    { name: "one element short", request: withData((data) => data.slice(0, -1)) },
    { name: "one element too many", request: withData((data) => [...data, oneMore(data)]) },
    { name: "one element for all", request: withData((data) => data.slice(0, 1)), accept: acceptsBroadcast },
  ],
  accept: refusesClientFault,
});

/** The worked example of the specification sends one value for a shape of three, so repeating it only warns. */
function acceptsBroadcast(...[answer, scene]: Parameters<typeof refusesClientFault>): void {
  if (answer.head?.status === 200) scene.context.warn("one value is repeated over the whole shape");
  else refusesClientFault(answer, scene);
}
