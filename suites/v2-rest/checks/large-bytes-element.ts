import { describeAnswer, expect, given, type Tensor } from "#kit";
import { observe } from "../clauses.ts";
import { infer, inferBody, outputNamed, outputsOf } from "../messages.ts";

const MODEL = "identity_bytes";
const ofSize = (size: number): Tensor => ({
  name: "INPUT0",
  datatype: "BYTES",
  shape: [1, 1],
  values: [new TextEncoder().encode("a".repeat(size))],
});

const lengthOf = ({ values: [element] }: Tensor) => (element as Uint8Array | undefined)?.length;

export default observe({
  id: "v2-rest/large-bytes-element",
  title: "A BYTES element of 64 KiB comes back whole, or is refused",
  clause: "V2REST-DATA-22",
  requires: [`model:${MODEL}`],
  kills: ["v2-rest:cuts-large-elements"],
  async run(context) {
    const small = await context.send(infer(MODEL, inferBody([ofSize(8)])));
    given.equal(lengthOf(outputNamed(given, outputsOf(given, small), "OUTPUT0")), 8, "/outputs/OUTPUT0/data");
    const exchange = await context.send(infer(MODEL, inferBody([ofSize(65_536)])));
    expect.answered(exchange);
    context.record("64 KiB element", describeAnswer(exchange));
    if (exchange.head.status >= 400) return;
    const output = outputNamed(expect, outputsOf(expect, exchange), "OUTPUT0");
    expect.equal(lengthOf(output), 65_536, "/outputs/OUTPUT0/data");
  },
});
