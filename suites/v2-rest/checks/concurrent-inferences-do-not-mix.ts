import { askCallersAtOnce, type Callers, describeDifference, type Exchange, given, rowsOfCaller } from "#kit";
import { observe } from "../clauses.ts";
import { infer, inferBody, outputNamed, outputsOf } from "../messages.ts";

const request = (caller: number) =>
  infer("identity_fp32", inferBody([rowsOfCaller(caller)], { id: `caller-${caller}` }));

function differenceFor(caller: number, exchange: Exchange): string | undefined {
  return describeDifference(outputNamed(given, outputsOf(given, exchange), "OUTPUT0"), rowsOfCaller(caller));
}

const callers: Callers = {
  count: 32,
  request,
  difference: differenceFor,
  id: (exchange) => given.object(exchange)["id"],
  idAt: "/id",
  isBusy: ({ head }) => head?.status === 503,
  busy: () => "some of 32 concurrent inferences were answered with 503",
};

export default observe({
  id: "v2-rest/concurrent-inferences-do-not-mix",
  title: "Of 32 inferences at once, each gets its own id and its own rows back, in their order",
  clause: "V2REST-GEN-10",
  requires: ["model:identity_fp32"],
  heavy: "many-at-once",
  needsSeveral: true,
  kills: ["v2-rest:shares-the-id", "v2-rest:crosses-answers", "v2-rest:mixes-rows-in-flight"],
  run: (context) => askCallersAtOnce(context, callers),
});
