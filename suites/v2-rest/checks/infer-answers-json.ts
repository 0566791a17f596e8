import { expect, given, headerOf, type Kill } from "#kit";
import { observe } from "../clauses.ts";
import { goodInfer } from "../messages.ts";

const BREAKS_OFF = new Set(["closed", "reset"]);

const FAULTS_IN_FRAMING: readonly Kill[] = [
  "v2-rest:infer-as-text",
  "v2-rest:content-length-too-long",
  "v2-rest:content-length-too-short",
  "v2-rest:two-content-lengths",
  "v2-rest:length-beside-chunks",
  "v2-rest:says-chunked-but-is-not",
  "v2-rest:chunks-of-the-wrong-size",
  "v2-rest:no-last-chunk",
  "v2-rest:stray-bytes",
  { mutant: "v2-rest:json-as-text-plain", as: "warn" },
];

export default observe({
  id: "v2-rest/infer-answers-json",
  title: "An inference is answered with a JSON document, labelled as one",
  clause: "V2REST-GEN-04",
  kills: FAULTS_IN_FRAMING,
  async run(context) {
    const exchange = await context.send(goodInfer(context));
    const { head, failure } = exchange;
    // What is no HTTP or breaks off is no document. No answer at all, or a slow one, decides nothing here.
    const broken = failure?.code === "malformed" || (head?.status === 200 && BREAKS_OFF.has(failure?.code ?? ""));
    if (!broken) given.status(exchange, 200);
    const body = expect.json(exchange);
    expect.that(!exchange.surplus, "nothing after the end of the answer", "bytes that belong to no answer");
    given.that(body instanceof Map && body.has("outputs"), "an inference response", "a body without outputs");
    const type = headerOf(exchange.head?.headers, "content-type") ?? "none";
    if (!/^application\/json\s*(;|$)/i.test(type)) context.warn(`the content type of a JSON body is ${type}`);
  },
});
