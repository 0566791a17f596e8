import { describeDifference, expect, given, isTaken, LARGE_MEGABYTES, LARGE_PATIENCE_MS, largeTensor } from "#kit";
import { observe } from "../clauses.ts";
import { answerOf, goodInfer, inBinary, infer, outputNamed, tensorOf } from "../messages.ts";

export default observe({
  id: "v2-binary/large-tensors-come-back-whole",
  title: "A binary tensor of 10 MB comes back whole, as far as the target takes such requests",
  clause: "BIN-05",
  requires: ["model:identity_fp32"],
  heavy: "large",
  kills: ["v2-binary:zeros-above-four-megabytes", "v2-binary:loses-the-last-chunk"],
  async run(context) {
    answerOf(given, await context.send(goodInfer(context)));
    for (const megabytes of LARGE_MEGABYTES) {
      const tensor = largeTensor(megabytes * 1_000_000);
      const request = infer("identity_fp32", [inBinary(tensor)], { parameters: { binary_data_output: true } });
      const exchange = await context.send(request, { deadlineMs: LARGE_PATIENCE_MS });
      if (!isTaken(context, exchange, `a tensor of ${megabytes} MB`)) continue;
      const output = tensorOf(expect, outputNamed(expect, answerOf(expect, exchange), "OUTPUT0"));
      const difference = describeDifference(output, tensor);
      return expect.that(difference === undefined, "the elements unchanged", difference ?? "", "outputs/OUTPUT0");
    }
  },
});
