import { type CheckContext, expect, given, type Tensor } from "#kit";
import { observe } from "../clauses.ts";
import {
  answerOf,
  formOf,
  type InferBody,
  type Input,
  inBinary,
  infer,
  inJson,
  output,
  outputNamed,
  tensorOf,
} from "../messages.ts";

const TENSOR: Tensor = { name: "INPUT0", datatype: "FP32", shape: [2, 2], values: [1.5, -2.25, 3, 0.125] };
const requires = ["model:two_out"];

/** The form in which each output of `two_out` comes back, with a readable tensor in it. */
async function formsFor(context: CheckContext, inputs: readonly Input[], extra: InferBody = {}) {
  const answer = answerOf(given, await context.send(infer("two_out", inputs, extra)));
  for (const each of answer.outputs) tensorOf(given, each);
  return Object.fromEntries(answer.outputs.map((each) => [each.name, formOf(each)]));
}

export default [
  observe({
    id: "v2-binary/binary-data-makes-an-output-binary",
    title: "binary_data true on a requested output brings it back as binary data",
    clause: "BIN-11",
    requires,
    kills: ["v2-binary:ignores-binary-data"],
    async run(context) {
      const outputs = [output("OUTPUT0", true), output("OUTPUT1", true)];
      const forms = await formsFor(context, [inBinary(TENSOR)], { outputs });
      expect.equal(forms, { OUTPUT0: "binary", OUTPUT1: "binary" }, "/outputs");
    },
  }),
  observe({
    id: "v2-binary/outputs-are-json-unless-asked",
    title: "binary_data false brings an output back as JSON",
    clause: "BIN-12",
    requires,
    kills: ["v2-binary:any-binary-data-is-true"],
    async run(context) {
      const outputs = [output("OUTPUT0", false), output("OUTPUT1", false)];
      const forms = await formsFor(context, [inBinary(TENSOR)], { outputs });
      expect.equal(forms, { OUTPUT0: "JSON", OUTPUT1: "JSON" }, "/outputs");
    },
  }),
  observe({
    id: "v2-binary/binary-data-is-chosen-per-output",
    title: "One output comes back as binary data and the other as JSON",
    clause: "BIN-12",
    requires,
    kills: ["v2-binary:any-binary-data-is-true", "v2-binary:ignores-binary-data", "v2-binary:one-form-for-all-outputs"],
    async run(context) {
      for (const binary of [true, false]) {
        const outputs = [output("OUTPUT0", binary), output("OUTPUT1", !binary)];
        const forms = await formsFor(context, [inBinary(TENSOR)], { outputs });
        const wanted = binary ? { OUTPUT0: "binary", OUTPUT1: "JSON" } : { OUTPUT0: "JSON", OUTPUT1: "binary" };
        expect.equal(forms, wanted, "/outputs");
      }
    },
  }),
  observe({
    id: "v2-binary/binary-data-output-makes-all-binary",
    title: "binary_data_output true without a list of outputs makes all of them binary",
    clause: "BIN-13",
    requires,
    kills: ["v2-binary:binary-data-output-needs-a-list"],
    async run(context) {
      const forms = await formsFor(context, [inBinary(TENSOR)], { parameters: { binary_data_output: true } });
      expect.equal(forms, { OUTPUT0: "binary", OUTPUT1: "binary" }, "/outputs");
    },
  }),
  observe({
    id: "v2-binary/output-overrides-request",
    title: "binary_data of an output overrides binary_data_output of the request, both ways",
    clause: "BIN-14",
    requires,
    kills: [
      "v2-binary:request-choice-wins",
      "v2-binary:any-binary-data-is-true",
      "v2-binary:ignores-binary-data",
      "v2-binary:one-form-for-all-outputs",
    ],
    async run(context) {
      for (const binary of [true, false]) {
        const outputs = [output("OUTPUT0", binary), output("OUTPUT1", !binary)];
        const parameters = { binary_data_output: !binary };
        const forms = await formsFor(context, [inBinary(TENSOR)], { outputs, parameters });
        expect.equal(forms["OUTPUT0"], binary ? "binary" : "JSON", "outputs/OUTPUT0");
        expect.equal(forms["OUTPUT1"], binary ? "JSON" : "binary", "outputs/OUTPUT1");
      }
    },
  }),
  observe({
    id: "v2-binary/request-form-does-not-bind-the-answer",
    title: "A JSON request gets binary outputs, and a binary request that asks for nothing gets JSON",
    clause: "BIN-23",
    requires,
    kills: ["v2-binary:answers-in-the-form-of-the-request"],
    async run(context) {
      const asked = { parameters: { binary_data_output: true } };
      const crossed = await formsFor(context, [inJson(TENSOR)], asked);
      expect.equal(crossed, { OUTPUT0: "binary", OUTPUT1: "binary" }, "/outputs");
      const plain = await formsFor(context, [inBinary(TENSOR)]);
      expect.equal(plain, { OUTPUT0: "JSON", OUTPUT1: "JSON" }, "/outputs");
    },
  }),
  observe({
    id: "v2-binary/listed-outputs-under-binary-data-output",
    title: "Listed outputs without binary_data come back in a form of the server's choice under binary_data_output",
    clause: "BIN-13",
    requires,
    kills: [],
    async run(context) {
      const outputs = [{ name: "OUTPUT0" }];
      const request = infer("two_out", [inBinary(TENSOR)], { outputs, parameters: { binary_data_output: true } });
      const answered = outputNamed(given, answerOf(given, await context.send(request)), "OUTPUT0");
      tensorOf(given, answered);
      context.record("a listed output under binary_data_output", formOf(answered));
    },
  }),
];
