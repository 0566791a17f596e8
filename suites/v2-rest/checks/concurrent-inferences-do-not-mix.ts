import { type CheckContext, describeDifference, type Exchange, expect, given, rowsOfCaller } from "#kit";
import { observe } from "../clauses.ts";
import { infer, inferBody, outputNamed, outputsOf } from "../messages.ts";

const CONCURRENT = 32;

const request = (caller: number) =>
  infer("identity_fp32", inferBody([rowsOfCaller(caller)], { id: `caller-${caller}` }));

function differenceFor(caller: number, exchange: Exchange): string | undefined {
  return describeDifference(outputNamed(given, outputsOf(given, exchange), "OUTPUT0"), rowsOfCaller(caller));
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
    const { id } = given.object(exchange);
    if (typeof id === "string" && id.startsWith("caller-")) expect.equal(id, `caller-${caller}`, "/id");
  }
  const busy = exchanges.find(({ head }) => head?.status === 503);
  if (busy) {
    context.point(busy);
    context.warn(`some of ${CONCURRENT} concurrent inferences were answered with 503`);
  }
}

export default observe({
  id: "v2-rest/concurrent-inferences-do-not-mix",
  title: "Of 32 inferences at once, each gets its own id and its own rows back, in their order",
  clause: "V2REST-GEN-10",
  requires: ["model:identity_fp32"],
  heavy: "many-at-once",
  needsSeveral: true,
  kills: ["v2-rest:shares-the-id", "v2-rest:crosses-answers", "v2-rest:mixes-rows-in-flight"],
  run: askAtOnce,
});
