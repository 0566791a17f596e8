import { describeAnswer, expect, given, type Tensor } from "#kit";
import { observe } from "../clauses.ts";
import { answerOf, goodInfer, inBinary, infer } from "../messages.ts";

export default observe({
  id: "v2-binary/zero-length-blob-does-no-harm",
  title: "A tensor of no elements with no bytes is answered one way or another",
  clause: "BIN-26",
  requires: ["model:identity_fp32"],
  negative: true,
  kills: ["v2-binary:drops-empty-blobs"],
  async run(context) {
    answerOf(given, await context.send(goodInfer(context)));
    const empty: Tensor = { name: "INPUT0", datatype: "FP32", shape: [0, 4], values: [] };
    const exchange = await context.send(infer("identity_fp32", [inBinary(empty)]));
    expect.answered(exchange);
    context.record("a binary tensor of no elements", describeAnswer(exchange));
  },
});
