import { describeDifference, type Exchange, expect, FIXTURES, given, type Tensor } from "#kit";
import { observe } from "../clauses.ts";
import { answerOf, goodInfer, inBinary, infer, inJson, outputNamed, tensorOf } from "../messages.ts";

const FIRST: Tensor = { name: "INPUT0", datatype: "INT32", shape: [1, 4], values: [1000, 2, 3, -4] };
const SECOND: Tensor = { name: "INPUT1", datatype: "INT32", shape: [1, 4], values: [50, 6, 70, 8] };

/** The values of a fixture, judged: what came back is what its definition says. */
function expectValues(exchange: Exchange, model: string, inputs: readonly Tensor[]): void {
  expect.status(exchange, 200);
  const answer = answerOf(given, exchange);
  for (const wanted of FIXTURES.get(model)?.expected(inputs) ?? []) {
    const difference = describeDifference(tensorOf(expect, outputNamed(expect, answer, wanted.name)), wanted);
    expect.that(difference === undefined, "the values of these inputs", difference ?? "", `outputs/${wanted.name}`);
  }
}

export default [
  observe({
    id: "v2-binary/listed-extension-is-served",
    title: "A server that lists binary_tensor_data takes an inference in binary form",
    clause: "BIN-01",
    kills: ["v2-binary:lists-it-only", "v2-binary:asks-for-data"],
    async run(context) {
      context.record("extensions listed", context.info.server.extensions.join(", ") || "none");
      const exchange = await context.send(goodInfer(context));
      expect.status(exchange, 200);
      answerOf(given, exchange);
    },
  }),
  observe({
    id: "v2-binary/binary-input-is-read",
    title: "An input with binary_data_size takes its contents from after the JSON",
    clause: "BIN-05",
    requires: ["model:identity_fp32"],
    kills: ["v2-binary:lists-it-only", "v2-binary:asks-for-data"],
    async run(context) {
      const tensor: Tensor = { name: "INPUT0", datatype: "FP32", shape: [2, 2], values: [1.5, -2.25, 3, 0.125] };
      expectValues(await context.send(infer("identity_fp32", [inBinary(tensor)])), "identity_fp32", [tensor]);
    },
  }),
  observe({
    id: "v2-binary/blobs-follow-their-inputs",
    title: "The bytes of two binary inputs follow the order of the inputs in the JSON",
    clause: "BIN-06",
    requires: ["model:addsub"],
    kills: ["v2-binary:blobs-in-metadata-order", "v2-binary:lists-it-only", "v2-binary:asks-for-data"],
    async run(context) {
      for (const inputs of [
        [FIRST, SECOND],
        [SECOND, FIRST],
      ])
        expectValues(await context.send(infer("addsub", inputs.map(inBinary))), "addsub", [FIRST, SECOND]);
    },
  }),
  observe({
    id: "v2-binary/json-and-binary-inputs-mix",
    title: "A request mixes JSON and binary inputs, and JSON inputs take no bytes",
    clause: "BIN-07",
    requires: ["model:addsub"],
    kills: ["v2-binary:json-inputs-take-bytes", "v2-binary:lists-it-only", "v2-binary:asks-for-data"],
    async run(context) {
      for (const inputs of [
        [inJson(FIRST), inBinary(SECOND)],
        [inBinary(FIRST), inJson(SECOND)],
        [inJson(SECOND), inBinary(FIRST)],
      ])
        expectValues(await context.send(infer("addsub", inputs)), "addsub", [FIRST, SECOND]);
    },
  }),
];
