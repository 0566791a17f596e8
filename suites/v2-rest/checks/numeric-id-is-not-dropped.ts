import { describeAnswer, expect, given } from "#kit";
import { refuse } from "../clauses.ts";
import { goodInfer, goodTensors, infer, inferBody } from "../messages.ts";

export default refuse({
  id: "v2-rest/numeric-id-is-not-dropped",
  title: "An id that is a number is refused or echoed, not silently dropped",
  clause: "V2REST-INFER-16",
  kills: [{ mutant: "v2-rest:drops-a-numeric-id", as: "warn" }],
  control: goodInfer,
  defects: [
    {
      name: "id: 42",
      request: (context) => infer(context.model.name, { ...inferBody(goodTensors(context, context.model)), id: 42 }),
    },
  ],
  accept(answer, { context }) {
    const status = answer.head?.status ?? 0;
    expect.that(status === 200 || status >= 400, "status 200 or 4xx", describeAnswer(answer));
    if (status >= 500) context.warn(`a numeric id is answered with status ${status}`);
    if (status !== 200) return;
    const { id } = given.object(answer);
    context.record("numeric id", `echoed as ${JSON.stringify(id)}`);
    if (String(id) !== "42") context.warn("a numeric id is accepted and dropped");
  },
});
