import { describeDifference, expect, given, type Tensor, together } from "#kit";
import { observe } from "../clauses.ts";
import { infer, inferBody, outputNamed, outputsOf } from "../messages.ts";

const CONCURRENT = 32;

export default observe({
  id: "v2-rest/concurrent-inferences-do-not-mix",
  title: "Of 32 inferences at once, each gets its own id and its own data back",
  clause: "V2REST-GEN-10",
  requires: ["model:identity_fp32"],
  needsSeveral: true,
  kills: ["v2-rest:shares-the-id", "v2-rest:crosses-answers"],
  async run(context) {
    const one = async (index: number) => {
      const tensor: Tensor = {
        name: "INPUT0",
        datatype: "FP32",
        shape: [1, 4],
        values: [index, index + 0.25, index + 0.5, index + 0.75],
      };
      const exchange = await context.send(infer("identity_fp32", inferBody([tensor], { id: `caller-${index}` })));
      if (exchange.head?.status === 503) return context.warn("some of 32 concurrent inferences were answered with 503");
      const output = outputNamed(given, outputsOf(given, exchange), "OUTPUT0");
      const difference = describeDifference(output, tensor);
      expect.that(difference === undefined, `the data of caller ${index}`, difference ?? "");
      const { id } = given.object(exchange);
      if (typeof id === "string" && id.startsWith("caller-")) expect.equal(id, `caller-${index}`, "/id");
    };
    await together(CONCURRENT, one);
  },
});
