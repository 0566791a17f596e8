import { type CheckContext, describeDifference, type Exchange, expect, given, rowsOfCaller, textIn } from "#kit";
import { observe } from "../clauses.ts";
import { answerOf, inBinary, infer, outputNamed, tensorOf } from "../messages.ts";

const CONCURRENT = 32;

const request = (caller: number) =>
  infer("identity_fp32", [inBinary(rowsOfCaller(caller))], {
    id: `caller-${caller}`,
    parameters: { binary_data_output: true },
  });

function differenceFor(caller: number, exchange: Exchange): string | undefined {
  return describeDifference(
    tensorOf(given, outputNamed(given, answerOf(given, exchange), "OUTPUT0")),
    rowsOfCaller(caller),
  );
}

/** Asks all callers at once, and holds each answer against what its caller sent. */
async function askAtOnce(context: CheckContext): Promise<void> {
  const alone = await context.send(request(CONCURRENT));
  given.that(differenceFor(CONCURRENT, alone) === undefined, "the rows of a call alone", "others");
  const exchanges = await context.sendAtOnce(
    Array.from({ length: CONCURRENT }, (_, caller) => request(caller)),
    alone,
  );
  for (const [caller, exchange] of exchanges.entries()) {
    if (exchange.head?.status === 503) continue;
    context.point(exchange);
    const difference = differenceFor(caller, exchange);
    expect.that(difference === undefined, `the rows of caller ${caller}`, difference ?? "");
    const id = textIn(answerOf(given, exchange).json, "id");
    if (id.startsWith("caller-")) expect.equal(id, `caller-${caller}`, "/id");
  }
  const busy = exchanges.find(({ head }) => head?.status === 503);
  if (busy) {
    context.point(busy);
    context.warn(`some of ${CONCURRENT} concurrent inferences were answered with 503`);
  }
}

export default observe({
  id: "v2-binary/concurrent-inferences-do-not-mix",
  title: "Of 32 binary inferences at once, each is computed from the bytes of its own body, in their order",
  clause: "BIN-05",
  requires: ["model:identity_fp32"],
  heavy: "many-at-once",
  needsSeveral: true,
  kills: ["v2-binary:crosses-answers", "v2-binary:swaps-ids-in-flight", "v2-binary:mixes-rows-in-flight"],
  run: askAtOnce,
});
