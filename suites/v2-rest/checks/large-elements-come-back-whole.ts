import { describeDifference, expect, given, isTaken, LARGE_MEGABYTES, LARGE_PATIENCE_MS, type Tensor } from "#kit";
import { observe } from "../clauses.ts";
import { infer, inferBody, outputNamed, outputsOf } from "../messages.ts";

const MEGABYTE = 1_000_000;

/** So many elements of a megabyte of text each, no two alike. */
function texts(count: number): Tensor {
  const values = Array.from({ length: count }, (_, index) => Buffer.from(`line ${index},`.repeat(MEGABYTE / 7)));
  return { name: "INPUT0", datatype: "BYTES", shape: [1, count], values };
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
    for (const megabytes of LARGE_MEGABYTES) {
      const tensor = texts(megabytes);
      const request = infer("identity_bytes", inferBody([tensor]));
      const exchange = await context.send(request, { deadlineMs: LARGE_PATIENCE_MS });
      if (!isTaken(context, exchange, `${megabytes} elements of 1 MB`)) continue;
      const difference = describeDifference(outputNamed(expect, outputsOf(expect, exchange), "OUTPUT0"), tensor);
      return expect.that(difference === undefined, "the elements unchanged", difference ?? "", "/outputs/0/data");
    }
  },
});
