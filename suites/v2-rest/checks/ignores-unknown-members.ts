import { expect, given } from "#kit";
import { observe } from "../clauses.ts";
import { differenceOfOutputs, goodTensors, infer, inferBody } from "../messages.ts";

export default observe({
  id: "v2-rest/ignores-unknown-members",
  title: "Members that the protocol does not name change nothing",
  clause: "V2REST-GEN-06",
  kills: ["v2-rest:refuses-unknown-members"],
  async run(context) {
    const { name } = context.model;
    const body = inferBody(goodTensors(context, context.model));
    const control = await context.send(infer(name, body));
    given.status(control, 200);
    const inputs = body.inputs.map((input) => ({ ...input, x_unknown: true }));
    const exchange = await context.send(infer(name, { ...body, inputs, x_unknown: 1, model_name: name }));
    expect.status(exchange, 200);
    const difference = differenceOfOutputs(control, exchange);
    expect.that(difference === undefined, "the same outputs as without them", difference ?? "");
  },
});
