import { type CheckContext, describeAnswer, describeDifference, type Exchange, expect, given, type Tensor } from "#kit";
import { observe } from "../clauses.ts";
import { infer, inferBody, outputNamed, outputsOf } from "../messages.ts";

const MEGABYTE = 1_000_000;
/** The second is sent where the first is more than the target takes: how much that is, is its own choice. */
const MEGABYTES = [10, 3];
const PATIENCE_MS = 60_000;

/** So many elements of a megabyte of text each, no two alike. */
function texts(count: number): Tensor {
  const values = Array.from({ length: count }, (_, index) => Buffer.from(`line ${index},`.repeat(MEGABYTE / 7)));
  return { name: "INPUT0", datatype: "BYTES", shape: [1, count], values };
}

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
  id: "v2-rest/large-elements-come-back-whole",
  title: "BYTES elements of a megabyte each come back whole, as far as the target takes such requests",
  clause: "V2REST-DATA-22",
  requires: ["model:identity_bytes"],
  heavy: "large",
  kills: ["v2-rest:cuts-megabyte-elements", "v2-rest:loses-the-last-chunk"],
  async run(context) {
    const small: Tensor = { ...texts(1), values: [Buffer.from("a")] };
    const control = await context.send(infer("identity_bytes", inferBody([small])));
    given.that(
      describeDifference(outputNamed(given, outputsOf(given, control), "OUTPUT0"), small) === undefined,
      "a small element unchanged",
      "others",
    );
    for (const megabytes of MEGABYTES) {
      const tensor = texts(megabytes);
      const exchange = await context.send(infer("identity_bytes", inferBody([tensor])), { deadlineMs: PATIENCE_MS });
      if (!isTaken(context, exchange, `${megabytes} elements of 1 MB`)) continue;
      const difference = describeDifference(outputNamed(expect, outputsOf(expect, exchange), "OUTPUT0"), tensor);
      return expect.that(difference === undefined, "the elements unchanged", difference ?? "", "/outputs/0/data");
    }
  },
});
