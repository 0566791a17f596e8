import {
  type CheckContext,
  describeAnswer,
  type Encodable,
  expect,
  given,
  type ModelInferRequest,
  type RefuseCheck,
  versionedModel,
} from "#kit";
import { type clauses, refuse } from "../clauses.ts";
import { A, addsub, B, FP32, identity, identityWith, rawWith, warnsWhenRight } from "../known-requests.ts";
import {
  answerOf,
  goodInfer,
  goodTensors,
  infer,
  inferWith,
  outputNamed,
  outputsOf,
  refusesClientFault,
  refusesUnknown,
  statusOf,
} from "../messages.ts";

interface Row extends Pick<RefuseCheck, "requires" | "kills" | "control" | "defects"> {
  readonly slug: string;
  readonly clause: keyof typeof clauses;
  readonly title: string;
  readonly accept?: RefuseCheck["accept"];
}

/** Nothing out for nothing in only warns. */
const refusesOrHasNoOutputs: RefuseCheck["accept"] = (answer, scene) => {
  if (statusOf(given, answer) !== 0) return refusesClientFault(answer, scene);
  const names = answerOf(expect, "ModelInfer", answer).outputs.map(({ name }) => name);
  expect.that(names.length === 0, "an error, or no outputs", names.join(", "), "outputs");
  return scene.context.warn("a request without inputs is answered without outputs");
};

/** Requests that the protocol does not allow, each beside a good one. */
const ROWS: readonly Row[] = [
  {
    slug: "unknown-model-does-not-infer",
    clause: "V2GRPC-INFER-01",
    title: "Inference on a model that does not exist is an error",
    kills: ["v2-grpc:any-name-is-the-first-model"],
    control: goodInfer,
    defects: [
      { name: "a model that does not exist", request: (context) => renamed(context, "no-such-model") },
      { name: "an empty model name", request: (context) => renamed(context, "") },
    ],
    accept: refusesUnknown,
  },
  {
    slug: "unknown-version-does-not-infer",
    clause: "V2GRPC-INFER-03",
    title: "Inference on a version that does not exist is an error",
    requires: ["versions"],
    kills: ["v2-grpc:infer-ignores-the-version"],
    control: (context) =>
      infer(versionedModel(context).name, goodTensors(context, versionedModel(context)), {
        version: versionedModel(context).versions[0] as string,
      }),
    defects: [
      {
        name: "a version that does not exist",
        request: (context) =>
          infer(versionedModel(context).name, goodTensors(context, versionedModel(context)), { version: "999999" }),
      },
    ],
    accept: refusesUnknown,
  },
  {
    slug: "wrong-element-count-is-refused",
    clause: "V2GRPC-INFER-14",
    title: "Typed contents with more or fewer elements than the shape has are refused",
    requires: ["model:identity_fp32"],
    kills: ["v2-grpc:pads-short-contents"],
    control: () => identity(),
    defects: [
      { name: "one element short", request: () => identityWith({ contents: { fp32_contents: [1, 2, 3] } }) },
      { name: "one element too many", request: () => identityWith({ contents: { fp32_contents: [1, 2, 3, 4, 5] } }) },
    ],
  },
  {
    slug: "contents-in-the-wrong-field-are-not-misread",
    clause: "V2GRPC-INFER-15",
    title: "Contents in a field of another datatype are refused",
    requires: ["model:identity_fp32"],
    kills: [{ mutant: "v2-grpc:takes-int-contents-for-floats", as: "warn" }],
    control: () => identity(),
    defects: [
      { name: "int_contents for FP32", request: () => identityWith({ contents: { int_contents: [1, 2, 3, 4] } }) },
    ],
    accept: warnsWhenRight("contents in the wrong field are accepted"),
  },
  {
    slug: "no-contents-is-refused",
    clause: "V2GRPC-INFER-31",
    title: "An input that needs elements and has none is refused",
    requires: ["model:identity_fp32"],
    kills: ["v2-grpc:zero-fills-missing-contents"],
    control: () => identity(),
    defects: [
      { name: "no contents", request: () => identityWith({ contents: undefined }) },
      { name: "empty contents", request: () => identityWith({ contents: {} }) },
    ],
  },
  {
    slug: "unknown-output-is-refused",
    clause: "V2GRPC-INFER-20",
    title: "A request for an output that the model does not have is an error",
    requires: ["model:addsub"],
    kills: ["v2-grpc:unknown-output-as-nothing"],
    control: () => addsub(),
    defects: [
      { name: "an output no_such_output", request: () => infer("addsub", [A, B], { outputs: ["no_such_output"] }) },
    ],
    accept(answer, scene) {
      if (statusOf(given, answer) !== 0) return refusesClientFault(answer, scene);
      const names = outputsOf(expect, answer).map(({ name }) => name);
      expect.that(
        names.length > 0 && names.every((name) => name.startsWith("OUTPUT")),
        "an error, or the outputs that exist",
        names.join(", ") || "no output",
      );
      return scene.context.warn("the unknown output is ignored");
    },
  },
  {
    slug: "missing-inputs-are-refused",
    clause: "V2GRPC-INFER-21",
    title: "A request that leaves out an input, or all of them, is an error",
    requires: ["model:addsub"],
    kills: ["v2-grpc:zero-fills-missing-inputs", { mutant: "v2-grpc:no-outputs-for-no-inputs", as: "warn" }],
    control: () => addsub(),
    defects: [
      { name: "INPUT1 left out", request: () => infer("addsub", [A]) },
      { name: "no inputs", request: () => infer("addsub", []), accept: refusesOrHasNoOutputs },
    ],
  },
  {
    slug: "unknown-datatype-is-refused",
    clause: "V2GRPC-INFER-23",
    title: "A datatype that the protocol does not define is refused",
    requires: ["model:identity_fp32"],
    kills: ["v2-grpc:unknown-datatype-is-fp32"],
    control: () => identity(),
    defects: [
      { name: "datatype FLOAT99", request: () => identityWith({ datatype: "FLOAT99" }) },
      { name: "an empty datatype", request: () => identityWith({ datatype: "" }) },
    ],
  },
  {
    slug: "datatype-at-odds-with-metadata-is-not-reinterpreted",
    clause: "V2GRPC-INFER-24",
    title: "Another datatype than metadata declares is refused, or converted by value",
    requires: ["model:identity_fp32"],
    kills: ["v2-grpc:reinterprets-integers"],
    control: () => identity(),
    defects: [{ name: "INT32 for FP32", request: () => infer("identity_fp32", [{ ...FP32, datatype: "INT32" }]) }],
    accept(answer, scene) {
      if (statusOf(given, answer) !== 0) return refusesClientFault(answer, scene);
      given.equal(outputNamed(given, outputsOf(given, scene.control), "OUTPUT0").values, [1, 2, 3, 4]);
      expect.equal(
        outputNamed(expect, outputsOf(expect, answer), "OUTPUT0").values.map(Number),
        [1, 2, 3, 4],
        "outputs/OUTPUT0",
      );
      return scene.context.warn("INT32 is accepted for an FP32 input");
    },
  },
  {
    slug: "negative-dimensions-do-not-come-back",
    clause: "V2GRPC-INFER-25",
    title: "A negative dimension in a request is refused, or resolved",
    requires: ["model:identity_fp32"],
    kills: ["v2-grpc:echoes-minus-one"],
    control: () => identity(),
    defects: [{ name: "shape [-1,4]", request: () => identityWith({ shape: [-1, 4] }) }],
    accept(answer, scene) {
      if (statusOf(given, answer) !== 0) return refusesClientFault(answer, scene);
      const { shape } = outputNamed(expect, outputsOf(expect, answer), "OUTPUT0");
      scene.context.record("a dimension of -1", `resolved to [${shape.join(",")}]`);
      return undefined;
    },
  },
  {
    slug: "values-beyond-their-datatype-are-refused",
    clause: "V2GRPC-INFER-26",
    title: "A value that an 8-bit tensor cannot hold is refused",
    requires: ["model:identity_int8"],
    kills: [{ mutant: "v2-grpc:wraps-int8", as: "warn" }, "v2-grpc:echoes-int8-beyond-its-range"],
    control: () => infer("identity_int8", [{ name: "INPUT0", datatype: "INT8", shape: [1, 1], values: [3] }]),
    defects: [
      {
        name: "INT8 with 300",
        request: () => infer("identity_int8", [{ name: "INPUT0", datatype: "INT8", shape: [1, 1], values: [300] }]),
      },
    ],
    accept(answer, scene) {
      if (statusOf(given, answer) !== 0) return refusesClientFault(answer, scene);
      const { outputs } = answerOf(given, "ModelInfer", answer);
      const values = outputs.flatMap(({ contents }) => contents?.int_contents ?? []);
      expect.that(!values.includes(300), "an error, or a value that an INT8 can hold", "300", "outputs/OUTPUT0");
      return scene.context.warn("300 is accepted as an INT8");
    },
  },
  {
    slug: "repeated-names-do-no-harm",
    clause: "V2GRPC-INFER-28",
    title: "Two inputs or two requested outputs of one name are answered",
    requires: ["model:identity_fp32"],
    kills: ["v2-grpc:dies-on-repeated-names"],
    control: () => identity(),
    defects: [
      { name: "an input twice", request: () => infer("identity_fp32", [FP32, FP32]) },
      { name: "an output twice", request: () => infer("identity_fp32", [FP32], { outputs: ["OUTPUT0", "OUTPUT0"] }) },
    ],
    accept: (answer, { context }) => context.record("repeated names", describeAnswer(answer)),
  },
  {
    slug: "fewer-raw-entries-than-inputs-are-refused",
    clause: "V2GRPC-RAW-02",
    title: "Raw form has an entry for each input",
    requires: ["model:addsub"],
    kills: ["v2-grpc:last-raw-entry-for-the-rest"],
    control: () => addsub("raw"),
    defects: [
      { name: "one entry for two inputs", request: () => rawWith((raw) => raw.slice(0, 1), "addsub", [A, B]) },
      {
        name: "three entries for two inputs",
        request: () => rawWith((raw) => [...raw, ...raw.slice(0, 1)], "addsub", [A, B]),
        accept: warnsWhenRight("a surplus raw entry is ignored"),
      },
    ],
  },
  {
    slug: "raw-entries-have-their-exact-size",
    clause: "V2GRPC-RAW-03",
    title: "A raw entry of another size than shape and datatype call for is refused",
    requires: ["model:identity_fp32"],
    kills: ["v2-grpc:dies-on-short-raw-data", "v2-grpc:cuts-long-raw-data"],
    control: () => identity("raw"),
    defects: [
      { name: "one byte short", request: () => rawWith((raw) => raw.map((entry) => entry.slice(0, -1))) },
      {
        name: "one byte too long",
        request: () => rawWith((raw) => raw.map((entry) => Buffer.concat([entry, Uint8Array.of(0)]))),
      },
      { name: "one element short", request: () => rawWith((raw) => raw.map((entry) => entry.slice(0, -4))) },
      {
        name: "one element too long",
        request: () => rawWith((raw) => raw.map((entry) => Buffer.concat([entry, entry.slice(0, 4)]))),
      },
    ],
  },
  {
    slug: "raw-and-typed-contents-are-not-combined",
    clause: "V2GRPC-RAW-04",
    title: "A request that combines raw and typed contents that disagree is refused",
    requires: ["model:identity_fp32"],
    kills: ["v2-grpc:prefers-raw-contents", { mutant: "v2-grpc:takes-two-forms-that-agree", as: "warn" }],
    control: () => identity("raw"),
    defects: [
      {
        name: "raw and typed contents with different values",
        request: () => identityWith({ contents: { fp32_contents: [9, 9, 9, 9] } }, "raw"),
      },
      {
        name: "raw and typed contents with the same values",
        request: () => identityWith({ contents: { fp32_contents: FP32.values as readonly number[] } }, "raw"),
        accept: warnsWhenRight("raw and typed contents that agree are accepted"),
      },
    ],
  },
];

function renamed(context: CheckContext, name: string) {
  return inferWith(
    context.model.name,
    goodTensors(context, context.model),
    (message: Encodable<ModelInferRequest>) => ({ ...message, model_name: name }),
  );
}

export default ROWS.map(({ slug, accept = refusesClientFault, ...row }) =>
  refuse({ id: `v2-grpc/${slug}`, accept, ...row }),
);
