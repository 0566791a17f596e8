import { type HttpRequest, type RefuseCheck, versionedModel } from "#kit";
import { type clauses, refuse } from "../clauses.ts";
import { get, goodTensors, infer, inferBody, modelPath, refusesUnknown } from "../messages.ts";

type Context = Parameters<RefuseCheck["control"]>[0];

interface Row {
  readonly slug: string;
  readonly clause: keyof typeof clauses;
  readonly title: string;
  readonly kills: RefuseCheck["kills"];
  readonly request: (context: Context, model: string, version?: string) => HttpRequest;
}

const UNKNOWN_MODEL = "no-such-model";
/** Valid for runtimes whose versions are integers as well as for those whose versions are names. */
const UNKNOWN_VERSION = "999999";

const ready = (_: Context, model: string, version?: string) => get(`${modelPath(model, version)}/ready`);
const metadata = (_: Context, model: string, version?: string) => get(modelPath(model, version));
const inference = (context: Context, model: string, version?: string) =>
  infer(model, inferBody(goodTensors(context, versionedModel(context))), version === undefined ? {} : { version });

/** Asked for a model that does not exist. */
const MODELS: readonly Row[] = [
  {
    slug: "unknown-model-is-not-ready",
    clause: "V2REST-MREADY-06",
    title: "A model that does not exist is never reported ready",
    kills: ["v2-rest:every-model-is-ready"],
    request: ready,
  },
  {
    slug: "unknown-model-has-no-metadata",
    clause: "V2REST-MMETA-10",
    title: "Metadata of a model that does not exist is an error",
    kills: ["v2-rest:metadata-for-any-name"],
    request: metadata,
  },
  {
    slug: "unknown-model-does-not-infer",
    clause: "V2REST-INFER-41",
    title: "Inference on a model that does not exist is an error",
    kills: ["v2-rest:any-name-is-the-only-model"],
    request: inference,
  },
];

/** Asked for a version that does not exist, of a model that has versions. */
const VERSIONS: readonly Row[] = [
  {
    slug: "unknown-version-is-not-ready",
    clause: "V2REST-MREADY-08",
    title: "A version that does not exist is never reported ready",
    kills: ["v2-rest:ready-ignores-the-version"],
    request: ready,
  },
  {
    slug: "unknown-version-has-no-metadata",
    clause: "V2REST-MMETA-13",
    title: "Metadata of a version that does not exist is an error",
    kills: ["v2-rest:metadata-ignores-the-version"],
    request: metadata,
  },
  {
    slug: "unknown-version-does-not-infer",
    clause: "V2REST-INFER-42",
    title: "Inference on a version that does not exist is an error",
    kills: ["v2-rest:infer-ignores-the-version"],
    request: inference,
  },
];

export default [
  ...MODELS.map(({ slug, request, ...row }) =>
    refuse({
      id: `v2-rest/${slug}`,
      ...row,
      control: (context) => request(context, versionedModel(context).name),
      defects: [{ name: "a model that does not exist", request: (context) => request(context, UNKNOWN_MODEL) }],
      accept: refusesUnknown,
    }),
  ),
  ...VERSIONS.map(({ slug, request, ...row }) =>
    refuse({
      id: `v2-rest/${slug}`,
      ...row,
      requires: ["versions"],
      control: (context) => request(context, versionedModel(context).name, versionedModel(context).versions[0]),
      defects: [
        {
          name: "a version that does not exist",
          request: (context) => request(context, versionedModel(context).name, UNKNOWN_VERSION),
        },
      ],
      accept: refusesUnknown,
    }),
  ),
];
