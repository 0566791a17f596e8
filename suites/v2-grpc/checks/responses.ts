import {
  type CensusCheck,
  DATATYPES,
  type Exchange,
  elementCount,
  expect,
  fromRaw,
  given,
  grpcOutcome,
  isDatatype,
  type ModelInferResponse,
  oncePer,
  type Tensor,
} from "#kit";
import { census, type clauses, observe } from "../clauses.ts";
import { answerOf, endpointOf, goodInfer, goodTensors, infer, outputNamed, outputsOf } from "../messages.ts";

interface Row {
  readonly slug: string;
  readonly clause: keyof typeof clauses;
  readonly title: string;
  readonly kills: CensusCheck["kills"];
  readonly requires?: readonly string[];
  readonly judge: (answer: ModelInferResponse, context: Parameters<CensusCheck["judge"]>[1]) => void;
  /** Which answers it is about. A server that legally never gives one keeps the statement. */
  readonly about?: (answer: ModelInferResponse) => boolean;
}

const isRaw = ({ raw_output_contents: raw }: ModelInferResponse) => raw.length > 0;

/** Statements about the form of every inference response that the suite sees. */
const ROWS: readonly Row[] = [
  {
    slug: "outputs-have-name-datatype-and-shape",
    clause: "V2GRPC-RESP-03",
    title: "Every output has a name, a datatype of the table and a concrete shape",
    kills: ["v2-grpc:numpy-datatypes-in-outputs", "v2-grpc:minus-one-in-output-shape"],
    judge({ outputs }) {
      for (const { name, datatype, shape } of outputs) {
        expect.that(name !== "", "a name", "an empty one", "outputs/*/name");
        expect.that(isDatatype(datatype), "a datatype of the table", `"${datatype}"`, "outputs/*/datatype");
        expect.that(
          shape.every((size) => size >= 0n),
          "dimensions of at least zero",
          `[${shape.join(",")}]`,
          "outputs/*/shape",
        );
      }
    },
  },
  {
    slug: "raw-contents-match-outputs",
    clause: "V2GRPC-RESP-04",
    title: "Raw contents, where used, have one entry per output",
    kills: ["v2-grpc:one-raw-entry-for-all"],
    about: isRaw,
    judge: ({ outputs, raw_output_contents: raw }) => expect.equal(raw.length, outputs.length, "raw_output_contents"),
  },
  {
    slug: "raw-contents-have-their-size",
    clause: "V2GRPC-RESP-05",
    title: "Each raw entry has the size that shape and datatype call for",
    kills: ["v2-grpc:raw-padded-to-eight", "v2-grpc:raw-cut-short"],
    about: (answer) => isRaw(answer) && answer.raw_output_contents.length === answer.outputs.length,
    judge({ outputs, raw_output_contents: raw }) {
      for (const [index, { name, datatype, shape }] of outputs.entries()) {
        if (!isDatatype(datatype) || shape.some((dimension) => dimension < 0n)) continue;
        const read = fromRaw({ name, datatype, shape: shape.map(Number) }, raw[index] as Uint8Array);
        expect.that(
          read.ok,
          `raw contents for ${datatype} of that shape`,
          read.ok ? "" : read.problem,
          "raw_output_contents/*",
        );
      }
    },
  },
  {
    slug: "raw-contents-exclude-typed-ones",
    clause: "V2GRPC-RESP-06",
    title: "A response with raw contents leaves the contents of every output unset",
    kills: ["v2-grpc:raw-and-typed"],
    about: isRaw,
    judge({ outputs }, context) {
      for (const { name, contents } of outputs) {
        const filled = Object.values(contents ?? {}).some((values) => (values as readonly unknown[]).length > 0);
        expect.that(!filled, "contents unset", "elements in both forms", "outputs/*/contents");
        if (contents !== undefined) context.warn(`output ${name} has empty contents beside raw ones`);
      }
    },
  },
  {
    slug: "typed-contents-use-their-field",
    clause: "V2GRPC-RESP-07",
    title: "Typed contents, where used, are in the field of the datatype, with as many elements as the shape has",
    kills: ["v2-grpc:int32-in-int64-contents", "v2-grpc:typed-elements-get-lost"],
    about: (answer) => !isRaw(answer),
    judge({ outputs }) {
      for (const { datatype, shape, contents } of outputs) {
        const field = isDatatype(datatype) ? DATATYPES[datatype].contents : undefined;
        const used = Object.entries(contents ?? {})
          .filter(([, values]) => (values as readonly unknown[]).length > 0)
          .map(([name]) => name);
        if (field === undefined || shape.some((dimension) => dimension < 0n)) continue;
        expect.that(
          used.every((name) => name === field),
          `${datatype} elements in ${field}`,
          used.join(", "),
          "outputs/*/contents",
        );
        const values = contents?.[field as keyof typeof contents] ?? [];
        expect.equal(values.length, elementCount(shape.map(Number)), `outputs/*/contents/${field}`);
      }
    },
  },
  {
    slug: "half-floats-are-raw",
    clause: "V2GRPC-RESP-08",
    title: "FP16 and BF16 outputs come in raw form",
    requires: ["half-floats"],
    kills: ["v2-grpc:fp16-in-fp32-contents"],
    about: ({ outputs }) => outputs.some(({ datatype }) => datatype === "FP16" || datatype === "BF16"),
    judge: (answer) => expect.that(isRaw(answer), "raw_output_contents", "typed contents", "raw_output_contents"),
  },
  {
    slug: "output-names-are-unique",
    clause: "V2GRPC-RESP-10",
    title: "No two outputs of a response share a name",
    kills: ["v2-grpc:duplicates-the-first-output"],
    judge: ({ outputs }) => expect.equal(new Set(outputs.map(({ name }) => name)).size, outputs.length, "outputs"),
  },
];

const forms = ROWS.map(
  ({ slug, judge, about = () => true, ...row }): CensusCheck =>
    census({
      id: `v2-grpc/${slug}`,
      ...row,
      async prompt(context) {
        await context.send(goodInfer(context));
        const tensors = goodTensors(context, context.model);
        await context.send(infer(context.model.name, tensors, { form: "raw" }));
        const half = context.info.models.find(({ fixture, name }) => fixture && name === "identity_fp16");
        if (half) await context.send(goodInfer(context, half));
      },
      over: ({ observed }) =>
        observed.flatMap(({ exchange, check, invalid }) => {
          const outcome = grpcOutcome(exchange);
          if (invalid || endpointOf(exchange.request) !== "ModelInfer" || !outcome.ok || outcome.code !== 0) return [];
          const answer = decodedOrNothing(exchange);
          return answer && answer.outputs.length > 0 ? [{ exchange, check, answer }] : [];
        }),
      judge({ answer }, context) {
        if (about(answer)) judge(answer, context);
      },
    }),
);

const decodedOrNothing = oncePer((exchange: Exchange): ModelInferResponse | undefined => {
  try {
    return answerOf(given, "ModelInfer", exchange);
  } catch {
    // What cannot be decoded is judged where the answer is asked for.
    return undefined;
  }
});

const namesModel = observe({
  id: "v2-grpc/response-names-its-model",
  title: "A response names the model that was asked",
  clause: "V2GRPC-RESP-01",
  kills: ["v2-grpc:response-without-model-name"],
  async run(context) {
    const answer = answerOf(given, "ModelInfer", await context.send(goodInfer(context)));
    given.that(answer.outputs.length > 0, "outputs", "none");
    expect.equal(answer.model_name, context.model.name, "model_name");
  },
});

const namesVersion = observe({
  id: "v2-grpc/response-names-the-version-that-ran",
  title: "With an explicit version, model_version is that version",
  clause: "V2GRPC-RESP-02",
  requires: ["model:twoversions", "versions"],
  kills: ["v2-grpc:latest-version-whatever-ran", "v2-grpc:infer-ignores-the-version"],
  async run(context) {
    const model = context.fixture("twoversions");
    for (const version of model.versions) {
      const answer = answerOf(
        given,
        "ModelInfer",
        await context.send(infer(model.name, goodTensors(context, model), { version })),
      );
      given.that(answer.outputs.length > 0, "outputs", "none");
      expect.equal(answer.model_version, version, "model_version");
    }
  },
});

const batch = observe({
  id: "v2-grpc/batches-come-back-whole-and-in-order",
  title: "A batch of three comes back as three rows in the order they were sent",
  clause: "V2GRPC-RESP-11",
  requires: ["model:identity_fp32"],
  kills: ["v2-grpc:only-the-first-row", "v2-grpc:rows-reversed"],
  async run(context) {
    const tensor: Tensor = { name: "INPUT0", datatype: "FP32", shape: [3, 1], values: [1, 20, 300] };
    const output = outputNamed(
      given,
      outputsOf(given, await context.send(infer("identity_fp32", [tensor]))),
      "OUTPUT0",
    );
    expect.equal(output.shape, [3, 1], "outputs/OUTPUT0/shape");
    expect.equal(output.values, tensor.values, "outputs/OUTPUT0");
  },
});

const echoesId = observe({
  id: "v2-grpc/response-echoes-id",
  title: "A response carries the id of its request",
  clause: "V2GRPC-INFER-04",
  kills: ["v2-grpc:drops-id", "v2-grpc:fresh-id"],
  async run(context) {
    for (const id of ["42", "é".repeat(128), 'with space, "quotes"']) {
      const exchange = await context.send(infer(context.model.name, goodTensors(context, context.model), { id }));
      const answer = answerOf(id === "42" ? given : expect, "ModelInfer", exchange);
      given.that(answer.outputs.length > 0, "outputs", "none");
      expect.equal(answer.id, id, "id");
    }
  },
});

export default [...forms, namesModel, namesVersion, batch, echoesId];
