import { type CheckContext, describeAnswer, describeDifference, type Exchange, expect, given, largeTensor } from "#kit";
import { observe } from "../clauses.ts";
import { answerOf, goodInfer, inBinary, infer, outputNamed, tensorOf } from "../messages.ts";

/** The second is sent where the first is more than the target takes: how much that is, is its own choice. */
const MEGABYTES = [10, 3];
const PATIENCE_MS = 60_000;

/** Whether the request was taken: a limit is recorded, any other refusal warns. */
function isTaken(context: CheckContext, exchange: Exchange, what: string): boolean {
  const { head, failure } = exchange;
  given.that(
    failure?.code !== "timeout" && head?.status !== 503,
    "a server with time for the request",
    describeAnswer(exchange),
  );
  if (!failure && head?.status === 200) return true;
  if (head?.status === 413) context.record(what, "more than the target takes");
  else context.warn(`${what}: ${describeAnswer(exchange)}`);
  return false;
}

export default observe({
  id: "v2-binary/large-tensors-come-back-whole",
  title: "A binary tensor of 10 MB comes back whole, as far as the target takes such requests",
  clause: "BIN-05",
  requires: ["model:identity_fp32"],
  heavy: "large",
  kills: ["v2-binary:zeros-above-four-megabytes", "v2-binary:loses-the-last-chunk"],
  async run(context) {
    answerOf(given, await context.send(goodInfer(context)));
    for (const megabytes of MEGABYTES) {
      const tensor = largeTensor(megabytes * 1_000_000);
      const request = infer("identity_fp32", [inBinary(tensor)], { parameters: { binary_data_output: true } });
      const exchange = await context.send(request, { deadlineMs: PATIENCE_MS });
      if (!isTaken(context, exchange, `a tensor of ${megabytes} MB`)) continue;
      const output = tensorOf(expect, outputNamed(expect, answerOf(expect, exchange), "OUTPUT0"));
      const difference = describeDifference(output, tensor);
      return expect.that(difference === undefined, "the elements unchanged", difference ?? "", "outputs/OUTPUT0");
    }
  },
});
