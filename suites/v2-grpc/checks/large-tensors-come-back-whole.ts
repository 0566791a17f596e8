import {
  type CheckContext,
  describeAnswer,
  describeDifference,
  type Exchange,
  expect,
  given,
  grpcOutcome,
  largeTensor,
} from "#kit";
import { observe } from "../clauses.ts";
import { givenServes, infer, outputNamed, outputsOf } from "../messages.ts";

/** The second is sent where the first is more than the target takes; many stacks take 4 MiB unless told otherwise. */
const MEGABYTES = [10, 3];
const PATIENCE_MS = 60_000;
const RESOURCE_EXHAUSTED = 8;
const UNAVAILABLE = 14;

/** Whether the call was taken: a limit is recorded, any other refusal warns. */
function isTaken(context: CheckContext, exchange: Exchange, what: string): boolean {
  const outcome = grpcOutcome(exchange);
  const code = outcome.ok ? outcome.code : undefined;
  given.that(
    exchange.failure?.code !== "timeout" && code !== UNAVAILABLE,
    "a server with time for the call",
    describeAnswer(exchange),
  );
  if (code === 0) return true;
  if (code === RESOURCE_EXHAUSTED) context.record(what, "more than the target takes");
  else context.warn(`${what}: ${describeAnswer(exchange)}`);
  return false;
}

export default observe({
  id: "v2-grpc/large-tensors-come-back-whole",
  title: "A raw tensor of 10 MB comes back whole, as far as the target takes such calls",
  clause: "V2GRPC-RAW-10",
  requires: ["model:identity_fp32"],
  heavy: "large",
  kills: ["v2-grpc:zeros-above-four-megabytes", "v2-grpc:loses-the-last-chunk"],
  async run(context) {
    await givenServes(context);
    for (const megabytes of MEGABYTES) {
      const tensor = largeTensor(megabytes * 1_000_000);
      const exchange = await context.send(infer("identity_fp32", [tensor], { form: "raw" }), {
        deadlineMs: PATIENCE_MS,
      });
      if (!isTaken(context, exchange, `a tensor of ${megabytes} MB`)) continue;
      const difference = describeDifference(outputNamed(expect, outputsOf(expect, exchange), "OUTPUT0"), tensor);
      return expect.that(difference === undefined, "the elements unchanged", difference ?? "", "outputs/OUTPUT0");
    }
  },
});
