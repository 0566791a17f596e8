import {
  bodyOf,
  type CheckContext,
  describeAnswer,
  type ModelInfo,
  type ObserveCheck,
  readJson,
  skip,
  type Tensor,
  toPlain,
} from "#kit";
import { type clauses, observe } from "../clauses.ts";
import { get, givenServes, goodTensors, infer, inferBody, modelPath, subject, tensorsFor } from "../messages.ts";

interface Row {
  readonly slug: string;
  readonly clause: keyof typeof clauses;
  readonly title: string;
  readonly requires?: readonly string[];
  /** The model that it is about, where that is not the one under test. */
  readonly model?: (context: CheckContext) => ModelInfo;
  readonly look: (context: CheckContext) => Promise<void>;
}

const bodyForm = async (context: CheckContext, path: string): Promise<string> => {
  const exchange = await context.send(get(path));
  const body = bodyOf(exchange);
  if (body.length === 0) return `${describeAnswer(exchange)}, no body`;
  const read = readJson(body);
  const plain = read.ok ? toPlain(read.value) : undefined;
  const form =
    typeof plain === "object" && plain !== null
      ? `members ${Object.keys(plain).join(", ") || "none"}`
      : "not a JSON object";
  return `${describeAnswer(exchange)}, ${form}`;
};

const TENSOR: Tensor = { name: "INPUT0", datatype: "FP32", shape: [1, 2], values: [1, 2] };

/** A model with versions to choose from. */
function unversioned(context: CheckContext): ModelInfo {
  const { model, known } = subject(context, "twoversions");
  const listing = known ? model : context.info.models.find(({ versions }) => versions.length > 0);
  return listing ?? skip("no model lists versions");
}

/** What the sources leave open or only recommend: recorded, never judged. */
const ROWS: readonly Row[] = [
  {
    slug: "transports-offered",
    clause: "V2REST-GEN-02",
    title: "The protocol is offered over REST alone or over gRPC too",
    look: async (context) => {
      const { grpc, bindings } = context.info;
      const overGrpc = grpc ? (bindings["v2-grpc"]?.evidence ?? "not looked for") : "no gRPC address was given";
      context.record("beside REST", overGrpc);
    },
  },
  {
    slug: "live-body-length",
    clause: "V2REST-LIVE-04",
    title: "The body of health/live is empty or not",
    look: async (context) => context.record("health/live", await bodyForm(context, "/v2/health/live")),
  },
  {
    slug: "live-body-form",
    clause: "V2REST-LIVE-06",
    title: "The body of health/live has the live object or not",
    look: async (context) => context.record("health/live", await bodyForm(context, "/v2/health/live")),
  },
  {
    slug: "ready-body-form",
    clause: "V2REST-READY-05",
    title: "The body of health/ready has the ready object or not",
    look: async (context) => context.record("health/ready", await bodyForm(context, "/v2/health/ready")),
  },
  {
    slug: "model-ready-body-form",
    clause: "V2REST-MREADY-09",
    title: "The body of model ready has name and ready or not",
    look: async (context) =>
      context.record("model ready", await bodyForm(context, `${modelPath(context.model.name)}/ready`)),
  },
  {
    slug: "metadata-with-a-trailing-slash",
    clause: "V2REST-SMETA-04",
    title: "GET /v2/ is answered in one way or another",
    look: async (context) => context.record("GET /v2/", describeAnswer(await context.send({ ...get("/v2/") }))),
  },
  {
    slug: "extension-names",
    clause: "V2REST-SMETA-07",
    title: "The server names its extensions",
    look: async (context) => context.record("extensions", context.info.server.extensions.join(", ") || "none"),
  },
  {
    slug: "platform-name",
    clause: "V2REST-MMETA-06",
    title: "The platform of a model is one of the published names or another",
    look: async (context) => context.record("platform", context.model.platform ?? "none"),
  },
  {
    slug: "unversioned-readiness",
    clause: "V2REST-MREADY-07",
    title: "Without a version, the server chooses one to report ready",
    model: unversioned,
    look: async (context) =>
      context.record(
        "ready without version",
        describeAnswer(await context.send(get(`${modelPath(unversioned(context).name)}/ready`))),
      ),
  },
  {
    slug: "unversioned-metadata",
    clause: "V2REST-MMETA-12",
    title: "Without a version, the server chooses one to describe",
    model: unversioned,
    look: async (context) =>
      context.record(
        "metadata without version",
        describeAnswer(await context.send(get(modelPath(unversioned(context).name)))),
      ),
  },
  {
    slug: "unversioned-inference",
    clause: "V2REST-INFER-03",
    title: "Without a version, the server chooses one to run",
    model: unversioned,
    async look(context) {
      const model = unversioned(context);
      const tensors = tensorsFor(context, { model, known: subject(context, "twoversions").known }, [TENSOR]);
      const exchange = await context.send(infer(model.name, inferBody(tensors)));
      context.record("inference without version", describeAnswer(exchange));
    },
  },
  {
    slug: "unknown-parameter",
    clause: "V2REST-INFER-20",
    title: "An unknown parameter is accepted or refused",
    look: async (context) => {
      const body = inferBody(goodTensors(context, context.model), { parameters: { suite_probe: "x" } });
      context.record("unknown parameter", describeAnswer(await context.send(infer(context.model.name, body))));
    },
  },
];

export default ROWS.map(
  ({ slug, look, model, ...row }): ObserveCheck =>
    observe({
      id: `v2-rest/${slug}`,
      ...row,
      kills: [],
      async run(context) {
        model?.(context);
        await givenServes(context);
        await look(context);
      },
    }),
);
