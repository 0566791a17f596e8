import { describeAnswer, expect, given } from "#kit";
import { observe } from "../clauses.ts";
import { differenceOfOutputs, goodTensors, infer, inferBody } from "../messages.ts";

export default observe({
  id: "v2-rest/chunked-requests-are-read",
  title: "A request with chunked framing gets the same answer as one with Content-Length",
  clause: "V2REST-INFER-44",
  kills: ["v2-rest:chunked-body-is-empty", { mutant: "v2-rest:wants-a-length", as: "warn" }],
  async run(context) {
    const { name } = context.model;
    const body = inferBody(goodTensors(context, context.model));
    const control = await context.send(infer(name, body));
    given.status(control, 200);
    const exchange = await context.send(infer(name, body, { framing: "chunked" }));
    if (exchange.head?.status === 411)
      return context.warn(`chunked framing is answered with ${describeAnswer(exchange)}`);
    const difference = differenceOfOutputs(control, exchange);
    expect.that(difference === undefined, "the same outputs", difference ?? "");
  },
});
