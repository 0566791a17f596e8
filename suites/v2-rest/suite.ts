import { type Check, type Feature, listsVersions, type Suite } from "#kit";
import aftermath from "./checks/bad-request-leaves-server-serving.ts";
import chunkedRequests from "./checks/chunked-requests-are-read.ts";
import concurrency from "./checks/concurrent-inferences-do-not-mix.ts";
import dataSemantics from "./checks/data-semantics.ts";
import edgeValues from "./checks/edge-values.ts";
import errorBody from "./checks/error-body.ts";
import health from "./checks/health.ts";
import unknownMembers from "./checks/ignores-unknown-members.ts";
import answersJson from "./checks/infer-answers-json.ts";
import echoesId from "./checks/infer-echoes-id.ts";
import elementCount from "./checks/infer-refuses-wrong-element-count.ts";
import succeeds from "./checks/infer-succeeds-with-200.ts";
import inputBinding from "./checks/input-binding.ts";
import largeElement from "./checks/large-bytes-element.ts";
import largeElements from "./checks/large-elements-come-back-whole.ts";
import listedVersions from "./checks/listed-versions-are-served.ts";
import malformedRequests from "./checks/malformed-requests.ts";
import mediaType from "./checks/media-type-spelling-does-not-matter.ts";
import metadata from "./checks/metadata.ts";
import modelNames from "./checks/model-names-are-case-sensitive.ts";
import numericId from "./checks/numeric-id-is-not-dropped.ts";
import observations from "./checks/observations.ts";
import oddData from "./checks/odd-data.ts";
import parameters from "./checks/parameters.ts";
import repeatedReads from "./checks/reads-can-be-repeated.ts";
import requestedOutputs from "./checks/requested-outputs.ts";
import responseMembers from "./checks/response-members.ts";
import responseValues from "./checks/response-values.ts";
import versionless from "./checks/servers-without-versions-send-none.ts";
import everyEndpoint from "./checks/serves-every-endpoint.ts";
import shapes from "./checks/shapes.ts";
import unknownRoutes from "./checks/unknown-routes-are-refused.ts";
import unknownThings from "./checks/unknown-things.ts";
import unloadedModel from "./checks/unloaded-model.ts";
import unstatedForms from "./checks/unstated-forms.ts";
import wrongVerbs from "./checks/wrong-verbs-are-refused.ts";
import { clauses } from "./clauses.ts";
import { endpointOf } from "./endpoints.ts";
import { get, inferRequestProblem, succeeded } from "./messages.ts";

const checks: readonly Check[] = [
  everyEndpoint,
  modelNames,
  answersJson,
  listedVersions,
  unknownMembers,
  wrongVerbs,
  unknownRoutes,
  aftermath,
  concurrency,
  repeatedReads,
  mediaType,
  ...health,
  ...unloadedModel,
  ...metadata,
  ...unknownThings,
  succeeds,
  ...malformedRequests,
  ...errorBody,
  echoesId,
  numericId,
  ...parameters,
  ...requestedOutputs,
  ...inputBinding,
  ...shapes,
  elementCount,
  chunkedRequests,
  ...responseMembers,
  ...responseValues,
  versionless,
  ...dataSemantics,
  ...oddData,
  ...edgeValues,
  largeElement,
  ...unstatedForms,
  ...observations,
  largeElements,
];

/** The model under test has two of them, or the target serves the fixture that has. */
function several(which: "inputs" | "outputs"): Feature {
  return {
    title: `a model with two ${which}`,
    rare: true,
    missing: ({ models: [first, ...others] }) =>
      (first?.[which].length ?? 0) > 1 || [first, ...others].some((model) => model?.fixture && model.name === "addsub")
        ? undefined
        : `the model under test has not two ${which}, and the target does not serve the fixture model addsub`,
  };
}

/** The Open Inference Protocol (KServe V2) over HTTP/REST. */
export const suite: Suite = {
  id: "v2-rest",
  title: "Open Inference Protocol V2 over REST",
  transport: "rest",
  specifications: [
    { document: "Open Inference Protocol, inference_rest.md and open_inference_rest.yaml", revision: "2.0.0" },
    { document: "KServe, Predict Protocol Version 2, required_api.md", revision: "2" },
  ],
  features: { versions: listsVersions, "two-inputs": several("inputs"), "two-outputs": several("outputs") },
  clauses,
  checks,
  retired: {},
  endpointOf,
  succeeded,
  requestProblem: (request) =>
    request.protocol === "http" && endpointOf(request) === "infer" ? inferRequestProblem(request) : undefined,
  alive: () => get("/v2/health/live"),
  fuzz: async () => (await import("./fuzz.ts")).fuzzing,
};
