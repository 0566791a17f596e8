import { describeAnswer, expect, given } from "#kit";
import { observe } from "../clauses.ts";
import { goodInfer } from "../messages.ts";

export default observe({
  id: "v2-rest/infer-succeeds-with-200",
  title: "A successful inference is answered with status 200",
  clause: "V2REST-INFER-02",
  kills: ["v2-rest:infer-201"],
  async run(context) {
    const exchange = await context.send(goodInfer(context));
    const status = exchange.head?.status ?? 0;
    given.that(status >= 200 && status < 300 && !exchange.failure, "a successful inference", describeAnswer(exchange));
    given.that("outputs" in given.object(exchange), "an inference response", "an object without outputs");
    expect.status(exchange, 200);
  },
});
