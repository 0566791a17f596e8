import type { HttpRequest } from "#kit";
import { refuse } from "../clauses.ts";
import { infer, refusesClientFault } from "../messages.ts";

const withData = (data: readonly number[]) => () => request(data);

function request(data: readonly number[]): HttpRequest {
  return infer("identity_fp32", { inputs: [{ name: "INPUT0", datatype: "FP32", shape: [2, 3], data }] });
}

export default refuse({
  id: "v2-rest/infer-refuses-wrong-element-count",
  title: "Data with more or fewer elements than its shape has is refused",
  clause: "V2REST-INFER-36",
  requires: ["model:identity_fp32"],
  kills: [
    "v2-rest:pads-short-data",
    "v2-rest:truncates-long-data",
    { mutant: "v2-rest:broadcasts-one-value", as: "warn" },
  ],
  control: () => request([1, 2, 3, 4, 5, 6]),
  defects: [
    { name: "one element short", request: withData([1, 2, 3, 4, 5]) },
    { name: "one element too many", request: withData([1, 2, 3, 4, 5, 6, 7]) },
    { name: "one element for six", request: withData([1]), accept: acceptsBroadcast },
  ],
  accept: refusesClientFault,
});

/** The worked example of the specification sends one value for a shape of three, so repeating it only warns. */
function acceptsBroadcast(...[answer, scene]: Parameters<typeof refusesClientFault>): void {
  if (answer.head?.status === 200) scene.context.warn("one value is repeated over the whole shape");
  else refusesClientFault(answer, scene);
}
