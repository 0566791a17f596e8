import {
  bodyOf,
  type CheckContext,
  declaredSize,
  describeDifference,
  type Exchange,
  elementCount,
  expect,
  FIXTURES,
  given,
  headerOf,
  LENGTH_HEADER,
  listOf,
  memberOf,
  sizeOf,
  splitAt,
  type Tensor,
  textIn,
} from "#kit";
import { observe } from "../clauses.ts";
import { answerOf, inBinary, infer, inJson, layoutOf, output, outputNamed, tensorOf } from "../messages.ts";

const TENSOR: Tensor = { name: "INPUT0", datatype: "FP32", shape: [2, 2], values: [1.5, -2.25, 3, 0.125] };
const BOTH = [output("OUTPUT0", true), output("OUTPUT1", true)];
const requires = ["model:two_out"];

/** An inference of which both outputs are asked for as binary data. */
function bothBinary(context: CheckContext, extra: { id?: string } = {}): Promise<Exchange> {
  return context.send(infer("two_out", [inBinary(TENSOR)], { ...extra, outputs: BOTH }));
}

export default [
  observe({
    id: "v2-binary/binary-answer-has-the-header",
    title: `An answer with binary outputs has ${LENGTH_HEADER}`,
    clause: "BIN-09",
    requires,
    kills: ["v2-binary:omits-the-header"],
    async run(context) {
      const exchange = await bothBinary(context);
      given.status(exchange, 200);
      given.that(Buffer.from(bodyOf(exchange)).includes('"binary_data_size"'), "a binary output", "none");
      const header = headerOf(exchange.head?.headers, LENGTH_HEADER);
      expect.that(header !== undefined, `the header ${LENGTH_HEADER}`, "none");
    },
  }),
  observe({
    id: "v2-binary/header-counts-bytes",
    title: `${LENGTH_HEADER} of an answer is the length of its JSON in bytes`,
    clause: "BIN-09",
    requires,
    kills: ["v2-binary:header-counts-characters"],
    async run(context) {
      const exchange = await bothBinary(context, { id: "é日" });
      given.status(exchange, 200);
      const header = headerOf(exchange.head?.headers, LENGTH_HEADER);
      given.that(header !== undefined, `the header ${LENGTH_HEADER}`, "none");
      const split = splitAt(header, bodyOf(exchange));
      const problem = "problem" in split ? split.problem : undefined;
      expect.that(problem === undefined, "JSON in as many bytes as the header says", problem ?? "");
    },
  }),
  observe({
    id: "v2-binary/content-length-covers-the-blobs",
    title: "Content-Length of a binary answer is the length of the whole body",
    clause: "BIN-10",
    requires,
    kills: [
      "v2-binary:content-length-of-the-json",
      "v2-binary:cuts-answers",
      { mutant: "v2-binary:chunked-binary-answers", as: "warn" },
    ],
    async run(context) {
      const exchange = await bothBinary(context);
      const { header, declared } = layoutOf(given, exchange);
      given.that(header !== undefined && declared > 0, "a binary answer", "a JSON one");
      const length = headerOf(exchange.head?.headers, "content-length");
      if (length === undefined) return context.warn("a binary answer comes without Content-Length");
      const least = Number(header) + declared;
      expect.that(Number(length) >= least, `Content-Length of at least ${least}`, length);
    },
  }),
  observe({
    id: "v2-binary/answer-ends-with-its-blobs",
    title: "A binary answer holds its JSON and the declared bytes of its outputs, nothing else",
    clause: "BIN-02",
    requires,
    kills: ["v2-binary:pads-answers", "v2-binary:cuts-answers", "v2-binary:content-length-of-the-json"],
    async run(context) {
      const { declared, rest } = layoutOf(given, await bothBinary(context));
      given.that(declared > 0, "a binary answer", "a JSON one");
      expect.that(rest.length === declared, `${declared} bytes after the JSON`, `${rest.length}`);
    },
  }),
  observe({
    id: "v2-binary/binary-output-has-no-data",
    title: "A binary output has no data in its JSON",
    clause: "BIN-11",
    requires,
    kills: ["v2-binary:data-and-binary"],
    async run(context) {
      const { outputs } = answerOf(given, await bothBinary(context));
      given.that(
        outputs.every(({ blob }) => blob),
        "binary outputs",
        "JSON ones",
      );
      for (const { name, json } of outputs)
        expect.that(memberOf(json, "data") === undefined, "no data", "data beside binary data", `outputs/${name}`);
    },
  }),
  observe({
    id: "v2-binary/binary-output-declares-its-size",
    title: "binary_data_size of an output is an integer and what its shape and datatype call for",
    clause: "BIN-11",
    requires,
    kills: ["v2-binary:size-as-text"],
    async run(context) {
      const exchange = await bothBinary(context);
      given.status(exchange, 200);
      const split = splitAt(headerOf(exchange.head?.headers, LENGTH_HEADER), bodyOf(exchange));
      if ("problem" in split) return given.that(false, "JSON of the length that the header says", split.problem);
      const sizes: Readonly<Record<string, number>> = { FP32: 4, INT64: 8 };
      const outputs = listOf(split.json, "outputs").filter((each) => declaredSize(each) !== undefined);
      given.equal(outputs.length, BOTH.length, "/outputs");
      for (const [index, each] of outputs.entries()) {
        const at = `/outputs/${index}/parameters/binary_data_size`;
        const size = sizeOf(declaredSize(each));
        expect.that(size !== undefined, "an unsigned integer", "another kind of value", at);
        const shape = listOf(each, "shape").map((dimension) => sizeOf(dimension) ?? 0);
        expect.equal(size, elementCount(shape) * (sizes[textIn(each, "datatype")] ?? 0), at);
      }
    },
  }),
  observe({
    id: "v2-binary/blobs-follow-their-outputs",
    title: "The bytes of two binary outputs follow the order of the outputs in the JSON",
    clause: "BIN-15",
    requires,
    kills: ["v2-binary:answers-blobs-backwards"],
    async run(context) {
      for (const outputs of [BOTH, BOTH.toReversed()]) {
        const answer = answerOf(given, await context.send(infer("two_out", [inBinary(TENSOR)], { outputs })));
        for (const wanted of FIXTURES.get("two_out")?.expected([TENSOR]) ?? []) {
          const answered = outputNamed(given, answer, wanted.name);
          given.that(answered.blob, "a binary output", "JSON", `outputs/${wanted.name}`);
          const difference = describeDifference(tensorOf(expect, answered), wanted);
          expect.that(difference === undefined, "the bytes of this output", difference ?? "", `outputs/${wanted.name}`);
        }
      }
    },
  }),
  observe({
    id: "v2-binary/json-answer-ends-with-its-json",
    title: `An answer without binary outputs has no ${LENGTH_HEADER}, or one that is the length of its body`,
    clause: "BIN-12",
    requires,
    kills: ["v2-binary:header-on-json-answers"],
    async run(context) {
      const outputs = [output("OUTPUT0", false), output("OUTPUT1", false)];
      for (const input of [inBinary(TENSOR), inJson(TENSOR)]) {
        const exchange = await context.send(infer("two_out", [input], { outputs }));
        const answered = given.object(exchange);
        given.that(Array.isArray(answered["outputs"]), "an array of outputs", "none", "/outputs");
        const header = headerOf(exchange.head?.headers, LENGTH_HEADER);
        expect.that(
          header === undefined || Number(header) === bodyOf(exchange).length,
          `no header or ${bodyOf(exchange).length}`,
          header ?? "none",
          LENGTH_HEADER,
        );
      }
    },
  }),
  observe({
    id: "v2-binary/content-type-of-binary-answers",
    title: "The content type of a binary answer is recorded",
    clause: "BIN-22",
    requires,
    kills: [],
    async run(context) {
      const exchange = await bothBinary(context);
      const { declared } = answerOf(given, exchange);
      given.that(declared > 0, "a binary answer", "a JSON one");
      context.record("content type of a binary answer", headerOf(exchange.head?.headers, "content-type") ?? "none");
    },
  }),
];
