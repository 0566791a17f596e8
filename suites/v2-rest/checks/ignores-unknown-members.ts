import { describeDifference, expect, given } from "#kit";
import { observe } from "../clauses.ts";
import { goodTensors, infer, inferBody, outputsOf } from "../messages.ts";

export default observe({
  id: "v2-rest/ignores-unknown-members",
  title: "Members that the protocol does not name change nothing",
  clause: "V2REST-GEN-06",
  kills: ["v2-rest:refuses-unknown-members"],
  async run(context) {
    const { name } = context.model;
    const body = inferBody(goodTensors(context, context.model));
    const plain = outputsOf(given, await context.send(infer(name, body)));
    const inputs = body.inputs.map((input) => ({ ...input, x_unknown: true }));
    const exchange = await context.send(infer(name, { ...body, inputs, x_unknown: 1, model_name: name }));
    expect.status(exchange, 200);
    const outputs = outputsOf(given, exchange);
    const difference = plain.map((output, i) => outputs[i] && describeDifference(outputs[i], output)).find(Boolean);
    expect.that(difference === undefined, "the same outputs as without them", difference ?? "");
  },
});
