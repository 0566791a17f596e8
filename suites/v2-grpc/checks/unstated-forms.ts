import {
  type CheckContext,
  describeAnswer,
  type Exchange,
  expect,
  given,
  grpcOutcome,
  type ObserveCheck,
  type RefuseCheck,
  type Tensor,
  versionedModel,
} from "#kit";
import { type clauses, observe, refuse } from "../clauses.ts";
import {
  answerOf,
  call,
  callBytes,
  givenServes,
  goodTensors,
  infer,
  inferWith,
  refusesClientFault,
  statusOf,
} from "../messages.ts";

const FP32: Tensor = { name: "INPUT0", datatype: "FP32", shape: [1, 4], values: [1, 2, 3, 4] };
const EMPTY: Tensor = { ...FP32, shape: [0, 4], values: [] };
const good = () => infer("identity_fp32", [FP32]);
const withInput = (input: object) =>
  inferWith("identity_fp32", [FP32], (message) => ({
    ...message,
    inputs: (message.inputs ?? []).map((each) => ({ ...each, ...input })),
  }));

/** Request bytes with a parameter that chooses no alternative: field 4, an entry with the key "p" and an empty value. */
function withEmptyParameter(): ReturnType<typeof callBytes> {
  const [message] = good().messages as [Uint8Array];
  return callBytes("ModelInfer", Buffer.concat([message, Uint8Array.of(0x22, 0x05, 0x0a, 0x01, 0x70, 0x12, 0x00)]));
}

interface Row extends Pick<RefuseCheck, "kills" | "defects"> {
  readonly slug: string;
  readonly clause: keyof typeof clauses;
  readonly title: string;
}

/** What no source gives a meaning to: any answer is recorded, only a dropped connection fails. */
const ROWS: readonly Row[] = [
  {
    slug: "empty-tensors-do-no-harm",
    clause: "V2GRPC-INFER-27",
    title: "A tensor of size zero or rank zero is answered",
    kills: ["v2-grpc:dies-on-empty-tensors"],
    defects: [
      { name: "shape [0,4]", request: () => withInput({ shape: [0, 4], contents: {} }) },
      { name: "shape [0,4], raw", request: () => infer("identity_fp32", [EMPTY], { form: "raw" }) },
      { name: "shape []", request: () => withInput({ shape: [], contents: { fp32_contents: [1] } }) },
    ],
  },
  {
    slug: "parameter-without-a-value-does-no-harm",
    clause: "V2GRPC-PARAM-03",
    title: "A parameter with no alternative chosen is answered",
    kills: ["v2-grpc:dies-on-empty-parameters"],
    defects: [{ name: "an empty parameter", request: withEmptyParameter }],
  },
];

const rows = ROWS.map(
  ({ slug, ...row }): RefuseCheck =>
    refuse({
      id: `v2-grpc/${slug}`,
      ...row,
      requires: ["model:identity_fp32"],
      control: good,
      accept: (answer, { context }) => context.record(slug, describeAnswer(answer)),
    }),
);

const twoFields = refuse({
  id: "v2-grpc/two-contents-fields-are-refused",
  title: "A tensor with two contents fields filled is refused",
  clause: "V2GRPC-INFER-16",
  requires: ["model:identity_fp32"],
  kills: [{ mutant: "v2-grpc:ignores-a-second-field", as: "warn" }],
  control: good,
  defects: [
    {
      name: "fp32_contents and int_contents",
      request: () => withInput({ contents: { fp32_contents: [1, 2, 3, 4], int_contents: [9] } }),
    },
  ],
  accept(answer, scene) {
    if (statusOf(given, answer) !== 0) refusesClientFault(answer, scene);
    else scene.context.warn("two contents fields are accepted for one tensor");
  },
});

const impossibleShape = refuse({
  id: "v2-grpc/impossible-shape-is-refused",
  title: "A shape with more elements than any message has is refused without harm",
  clause: "V2GRPC-INFER-32",
  requires: ["model:identity_fp32"],
  kills: ["v2-grpc:dies-on-impossible-shapes"],
  dangerous: true,
  control: good,
  defects: [{ name: "shape [2^40, 2]", request: () => withInput({ shape: [2n ** 40n, 2n] }) }],
  accept: refusesClientFault,
});

const readyWithoutVersion = observe({
  id: "v2-grpc/readiness-needs-no-version",
  title: "ModelReady with an empty version lets the server choose",
  clause: "V2GRPC-MREADY-02",
  requires: ["versions"],
  kills: ["v2-grpc:wants-a-version-for-readiness"],
  async run(context) {
    const { name, versions } = versionedModel(context);
    const explicit = answerOf(
      given,
      "ModelReady",
      await context.send(call("ModelReady", { name, version: versions[0] })),
    );
    given.equal(explicit.ready, true, "ready");
    const outcome = grpcOutcome(await context.send(call("ModelReady", { name })));
    given.that(outcome.ok, "a gRPC status", outcome.ok ? "" : outcome.problem);
    expect.equal(outcome.codeName, "OK", "status");
  },
});

const observing = (
  slug: string,
  clause: keyof typeof clauses,
  title: string,
  look: (context: CheckContext) => Promise<void>,
): ObserveCheck =>
  observe({
    id: `v2-grpc/${slug}`,
    title,
    clause,
    kills: [],
    async run(context) {
      await givenServes(context);
      await look(context);
    },
  });

const metadataOf = async (context: CheckContext): Promise<Exchange> =>
  context.send(call("ModelMetadata", { name: context.model.name }));

const observations = [
  observing("metadata-properties", "V2GRPC-MMETA-05", "Model metadata has a field 6 or not", async (context) => {
    context.record(
      "field 6",
      answerOf(given, "ModelMetadata", await metadataOf(context)).hasField6 ? "present" : "absent",
    );
  }),
  observing(
    "platform-name",
    "V2GRPC-MMETA-08",
    "The platform of a model is one of the published names or another",
    async (context) => {
      context.record("platform", answerOf(given, "ModelMetadata", await metadataOf(context)).platform || "empty");
    },
  ),
  observing(
    "id-without-a-request-id",
    "V2GRPC-INFER-05",
    "Without an id in the request, the response has one or none",
    async (context) => {
      const answer = answerOf(
        given,
        "ModelInfer",
        await context.send(infer(context.model.name, goodTensors(context, context.model))),
      );
      context.record("id", answer.id === "" ? "empty" : "made up");
    },
  ),
  observing(
    "double-and-unsigned-parameters",
    "V2GRPC-PARAM-02",
    "Parameters of type double and uint64 are accepted or refused",
    async (context) => {
      const parameters = { suite_probe_d: { double_param: 0.5 }, suite_probe_u: { uint64_param: 3n } };
      const exchange = await context.send(
        infer(context.model.name, goodTensors(context, context.model), { parameters }),
      );
      context.record("double and uint64 parameters", describeAnswer(exchange));
    },
  ),
  observing("form-of-outputs", "V2GRPC-RESP-09", "Outputs come in raw or in typed form", async (context) => {
    const tensors = goodTensors(context, context.model);
    for (const form of ["typed", "raw"] as const) {
      const exchange = await context.send(infer(context.model.name, tensors, { form }));
      const { raw_output_contents: raw } = answerOf(given, "ModelInfer", exchange);
      context.record(`outputs of a ${form} request`, raw.length > 0 ? "raw" : "typed");
    }
  }),
];

export default [readyWithoutVersion, ...rows, twoFields, impossibleShape, ...observations];
