import { expect, given } from "#kit";
import { observe } from "../clauses.ts";
import { differenceOfOutputs, goodTensors, infer, inferBody } from "../messages.ts";

export default observe({
  id: "v2-rest/media-type-spelling-does-not-matter",
  title: "A JSON request stays JSON with a charset parameter or in another letter case",
  clause: "V2REST-GEN-11",
  kills: ["v2-rest:exact-content-type"],
  async run(context) {
    const { name } = context.model;
    const body = inferBody(goodTensors(context, context.model));
    const control = await context.send(infer(name, body));
    given.status(control, 200);
    for (const contentType of ["application/json; charset=utf-8", "Application/JSON"]) {
      const exchange = await context.send(infer(name, body, { contentType }));
      expect.status(exchange, 200);
      const difference = differenceOfOutputs(control, exchange);
      expect.that(difference === undefined, "the same outputs", difference ?? "");
    }
  },
});
