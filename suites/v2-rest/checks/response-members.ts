import type { CensusCheck, CheckContext } from "#kit";
import { census, type clauses } from "../clauses.ts";
import type { Endpoint } from "../endpoints.ts";
import { get, goodInfer, modelPath } from "../messages.ts";
import { judgeBySchema, successesAt } from "../schemas.ts";

interface Row {
  readonly slug: string;
  readonly endpoint: Endpoint;
  readonly clause: keyof typeof clauses;
  readonly title: string;
  readonly kills: CensusCheck["kills"];
}

/** Statements about the members of successful answers: one row each, judged by the part of the schema that carries the clause. */
const ROWS: readonly Row[] = [
  {
    slug: "server-metadata-has-its-members",
    endpoint: "server-metadata",
    clause: "V2REST-SMETA-02",
    title: "Server metadata carries name, version and extensions",
    kills: ["v2-rest:drops-extensions"],
  },
  {
    slug: "server-metadata-members-have-their-types",
    endpoint: "server-metadata",
    clause: "V2REST-SMETA-03",
    title: "In server metadata, name and version are strings and extensions is an array of strings",
    kills: ["v2-rest:extensions-as-string"],
  },
  {
    slug: "model-metadata-has-name-and-platform",
    endpoint: "model-metadata",
    clause: "V2REST-MMETA-02",
    title: "Model metadata carries a name and a platform, both strings",
    kills: ["v2-rest:omits-platform"],
  },
  {
    slug: "model-versions-are-strings",
    endpoint: "model-metadata",
    clause: "V2REST-MMETA-05",
    title: "The versions of a model are an array of strings",
    kills: ["v2-rest:numeric-versions"],
  },
  {
    slug: "tensor-metadata-has-its-members",
    endpoint: "model-metadata",
    clause: "V2REST-MMETA-07",
    title: "Every tensor in model metadata has a name, a datatype and a shape",
    kills: ["v2-rest:dtype-for-datatype"],
  },
  {
    slug: "tensor-metadata-datatypes-are-known",
    endpoint: "model-metadata",
    clause: "V2REST-MMETA-08",
    title: "Datatypes in model metadata come from the specification's table, spelled exactly",
    kills: ["v2-rest:numpy-datatypes-in-metadata"],
  },
  {
    slug: "tensor-metadata-dimensions-are-integers",
    endpoint: "model-metadata",
    clause: "V2REST-MMETA-09",
    title: "Shapes in model metadata are integers, with -1 and nothing else for a variable dimension",
    kills: ["v2-rest:null-dimensions"],
  },
  {
    slug: "model-properties-are-strings",
    endpoint: "model-metadata",
    clause: "V2REST-MMETA-14",
    title: "The properties of a model, when given, map names to strings",
    kills: ["v2-rest:nested-properties"],
  },
  {
    slug: "infer-response-is-an-object",
    endpoint: "infer",
    clause: "V2REST-RESP-01",
    title: "A successful inference returns a JSON object",
    kills: ["v2-rest:bare-outputs-array"],
  },
  {
    slug: "infer-response-names-a-model",
    endpoint: "infer",
    clause: "V2REST-RESP-02",
    title: "An inference response carries model_name, a string",
    kills: ["v2-rest:omits-model-name"],
  },
  {
    slug: "infer-response-version-is-a-string",
    endpoint: "infer",
    clause: "V2REST-RESP-04",
    title: "The model_version of an inference response, when given, is a string",
    kills: ["v2-rest:numeric-model-version"],
  },
  {
    slug: "infer-response-id-is-a-string",
    endpoint: "infer",
    clause: "V2REST-INFER-15",
    title: "An inference response either has no id or a string",
    kills: ["v2-rest:id-zero"],
  },
  {
    slug: "infer-response-has-outputs",
    endpoint: "infer",
    clause: "V2REST-RESP-05",
    title: "An inference response carries an array of outputs",
    kills: ["v2-rest:outputs-by-name"],
  },
  {
    slug: "outputs-have-their-members",
    endpoint: "infer",
    clause: "V2REST-RESP-06",
    title: "Every output has a name, a shape, a datatype and data",
    kills: ["v2-rest:omits-output-shape"],
  },
  {
    slug: "output-dimensions-are-unsigned",
    endpoint: "infer",
    clause: "V2REST-RESP-07",
    title: "Dimensions of outputs are integers of at least zero",
    kills: ["v2-rest:minus-one-in-output-shape"],
  },
  {
    slug: "output-datatypes-are-known",
    endpoint: "infer",
    clause: "V2REST-RESP-09",
    title: "Datatypes of outputs come from the specification's table, spelled exactly",
    kills: ["v2-rest:numpy-datatypes-in-outputs"],
  },
  {
    slug: "response-parameters-have-their-types",
    endpoint: "infer",
    clause: "V2REST-RESP-12",
    title: "Parameters in a response map names to strings, numbers or booleans",
    kills: ["v2-rest:parameters-as-list"],
  },
];

async function prompt(endpoint: Endpoint, context: CheckContext): Promise<void> {
  if (endpoint === "infer") await context.send(goodInfer(context));
  else await context.send(get(endpoint === "server-metadata" ? "/v2" : modelPath(context.model.name)));
}

export default ROWS.map(({ slug, endpoint, clause, title, kills }) =>
  census({
    id: `v2-rest/${slug}`,
    title,
    clause,
    kills,
    prompt: (context) => prompt(endpoint, context),
    over: (evidence) => successesAt(endpoint, evidence),
    judge: ({ body }, context) => judgeBySchema(endpoint, clause, body, context),
  }),
);
