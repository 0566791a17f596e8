import { describeAnswer, describeDifference, expect, given, type ModelInfo, type Tensor, toRaw } from "#kit";
import { observe, refuse } from "../clauses.ts";
import { answerOf, formOf, inBinary, infer, outputNamed, refusesClientFault, request, tensorOf } from "../messages.ts";

const TENSOR: Tensor = { name: "INPUT0", datatype: "FP32", shape: [2, 2], values: [1.5, -2.25, 3, 0.125] };
const MODEL = "fixed22";
const requires = [`model:${MODEL}`];
const control = () => infer(MODEL, [inBinary(TENSOR)]);
/** The whole body is the data of the one input. */
const raw = (model: string, body = toRaw(TENSOR)) => request(model, body, "0");

const isDataOrRefused = observe({
  id: "v2-binary/raw-request-is-data-or-refused",
  title: "A body that is all data, under a header of 0, is the one input's contents, or is refused",
  clause: "BIN-27",
  negative: true,
  requires,
  kills: ["v2-binary:zeros-for-raw-requests"],
  async run(context) {
    answerOf(given, await context.send(control()));
    const exchange = await context.send(raw(MODEL), { invalid: true });
    expect.answered(exchange);
    context.record("raw request", describeAnswer(exchange));
    if (exchange.head.status >= 400) return;
    const output = tensorOf(given, outputNamed(given, answerOf(given, exchange), "OUTPUT0"));
    const difference = describeDifference(output, { ...TENSOR, name: "OUTPUT0" });
    expect.that(difference === undefined, "the values of the body, or a refusal", difference ?? "");
  },
});

const needsOneInput = refuse({
  id: "v2-binary/raw-request-needs-one-plain-input",
  title: "A body that is all data is refused where the input or its shape would have to be guessed",
  clause: "BIN-28",
  requires: [...requires, "model:addsub", "model:identity_fp32"],
  kills: ["v2-binary:raw-requests-for-any-model"],
  control,
  defects: [
    { name: "two inputs", request: () => raw("addsub") },
    { name: "two variable dimensions", request: () => raw("identity_fp32") },
    { name: "bytes that do not fill the shape", request: () => raw(MODEL, toRaw(TENSOR).subarray(0, 12)) },
  ],
  accept: refusesClientFault,
});

const answersInBinary = observe({
  id: "v2-binary/raw-request-is-answered-in-binary",
  title: "Where a body that is all data is taken, all outputs come back in binary form",
  clause: "BIN-29",
  negative: true,
  requires,
  kills: ["v2-binary:json-for-raw-requests"],
  async run(context) {
    const model: ModelInfo = context.fixture(MODEL);
    answerOf(given, await context.send(control()));
    const exchange = await context.send(raw(MODEL), { invalid: true });
    given.answered(exchange);
    context.record("raw request", describeAnswer(exchange));
    if (exchange.head.status >= 400) return;
    const answer = answerOf(given, exchange);
    for (const { name } of model.outputs)
      expect.equal(formOf(outputNamed(expect, answer, name)), "binary", `outputs/${name}`);
  },
});

export default [isDataOrRefused, needsOneInput, answersInBinary];
