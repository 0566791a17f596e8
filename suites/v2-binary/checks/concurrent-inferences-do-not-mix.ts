import { askCallersAtOnce, type Callers, describeDifference, type Exchange, given, rowsOfCaller, textIn } from "#kit";
import { observe } from "../clauses.ts";
import { answerOf, inBinary, infer, outputNamed, tensorOf } from "../messages.ts";

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

const callers: Callers = {
  count: 32,
  request,
  difference: differenceFor,
  id: (exchange) => textIn(answerOf(given, exchange).json, "id"),
  idAt: "/id",
  isBusy: ({ head }) => head?.status === 503,
  busy: () => "some of 32 concurrent inferences were answered with 503",
};

export default observe({
  id: "v2-binary/concurrent-inferences-do-not-mix",
  title: "Of 32 binary inferences at once, each is computed from the bytes of its own body, in their order",
  clause: "BIN-05",
  requires: ["model:identity_fp32"],
  heavy: "many-at-once",
  needsSeveral: true,
  kills: ["v2-binary:crosses-answers", "v2-binary:swaps-ids-in-flight", "v2-binary:mixes-rows-in-flight"],
  run: (context) => askCallersAtOnce(context, callers),
});
