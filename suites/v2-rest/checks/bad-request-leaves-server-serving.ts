import { expect, type Observed } from "#kit";
import { census } from "../clauses.ts";
import { endpointOf } from "../endpoints.ts";
import { goodInfer, inferBytes, succeeded } from "../messages.ts";

/** A server that answers everything alike has not shown that it serves. */
function isGoodInference({ exchange }: Observed): boolean {
  return endpointOf(exchange.request) === "infer" && succeeded(exchange);
}

export default census({
  id: "v2-rest/bad-request-leaves-server-serving",
  title: "After a bad request the server answers the next good one",
  clause: "V2REST-GEN-09",
  needsSeveral: true,
  kills: ["v2-rest:dies-on-ragged-data", "v2-rest:stops-serving-after-bad-json"],
  async prompt(context) {
    const good = goodInfer(context);
    await context.send(good);
    const cut = inferBytes(context.model.name, new TextEncoder().encode('{"inputs":'));
    const bad = await context.send(cut, { invalid: true });
    await context.followUp("cut JSON", bad, good);
  },
  over: ({ aftermaths, observed }) =>
    (observed.some(isGoodInference) ? aftermaths : []).map((each) => ({
      check: each.check,
      exchange: each.followUp,
      aftermath: each,
    })),
  judge({ check, aftermath }) {
    const { recovered, defect } = aftermath;
    expect.that(recovered, "the good request succeeds again", `it fails after "${defect}" of ${check}`);
  },
});
