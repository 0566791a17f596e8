import { expect, given, headerOf } from "#kit";
import { observe } from "../clauses.ts";
import { goodInfer } from "../messages.ts";

export default observe({
  id: "v2-rest/infer-answers-json",
  title: "An inference is answered with a JSON document, labelled as one",
  clause: "V2REST-GEN-04",
  kills: ["v2-rest:infer-as-text", { mutant: "v2-rest:json-as-text-plain", as: "warn" }],
  async run(context) {
    const exchange = await context.send(goodInfer(context));
    given.status(exchange, 200);
    const body = expect.json(exchange);
    given.that(body instanceof Map && body.has("outputs"), "an inference response", "a body without outputs");
    const type = headerOf(exchange.head?.headers, "content-type") ?? "none";
    if (!/^application\/json\s*(;|$)/i.test(type)) context.warn(`the content type of a JSON body is ${type}`);
  },
});
