import { describeDifference, expect, isTaken, LARGE_MEGABYTES, LARGE_PATIENCE_MS, largeTensor } from "#kit";
import { observe } from "../clauses.ts";
import { givenServes, infer, outputNamed, outputsOf } from "../messages.ts";

export default observe({
  id: "v2-grpc/large-tensors-come-back-whole",
  title: "A raw tensor of 10 MB comes back whole, as far as the target takes such calls",
  clause: "V2GRPC-RAW-10",
  requires: ["model:identity_fp32"],
  heavy: "large",
  kills: ["v2-grpc:zeros-above-four-megabytes", "v2-grpc:loses-the-last-chunk"],
  async run(context) {
    await givenServes(context);
    for (const megabytes of LARGE_MEGABYTES) {
      const tensor = largeTensor(megabytes * 1_000_000);
      const exchange = await context.send(infer("identity_fp32", [tensor], { form: "raw" }), {
        deadlineMs: LARGE_PATIENCE_MS,
      });
      if (!isTaken(context, exchange, `a tensor of ${megabytes} MB`)) continue;
      const difference = describeDifference(outputNamed(expect, outputsOf(expect, exchange), "OUTPUT0"), tensor);
      return expect.that(difference === undefined, "the elements unchanged", difference ?? "", "outputs/OUTPUT0");
    }
  },
});
