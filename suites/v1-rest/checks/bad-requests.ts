import type { HttpRequest } from "#kit";
import { refuse } from "../clauses.ts";
import {
  anyAnswer,
  get,
  goodPredict,
  instancesFor,
  modelPath,
  post,
  postBytes,
  refusesClientFault,
} from "../messages.ts";

const utf8 = new TextEncoder();
const predictPath = (model: string) => modelPath(model, "predict");

const mustBeList = refuse({
  id: "v1-rest/instances-must-be-a-list",
  title: "Instances that are no list are refused",
  clause: "V1-PREDICT-05",
  kills: ["v1-rest:wraps-scalars"],
  control: goodPredict,
  defects: [{ name: "instances: 3", request: ({ model }) => post(predictPath(model.name), { instances: 3 }) }],
  accept: refusesClientFault,
});

const malformed = refuse({
  id: "v1-rest/malformed-json-is-refused",
  title: "A body that is not JSON is refused",
  clause: "V1-PREDICT-06",
  kills: ["v1-rest:bad-json-as-200"],
  control: goodPredict,
  defects: [
    { name: "JSON that is cut", request: ({ model }) => postBytes(predictPath(model.name), utf8.encode('{"inst')) },
  ],
  accept: refusesClientFault,
});

const unknownModel = refuse({
  id: "v1-rest/unknown-model-does-not-predict",
  title: "A prediction by a model that does not exist is an error",
  clause: "V1-PREDICT-09",
  kills: ["v1-rest:predicts-for-any-name"],
  control: goodPredict,
  defects: [
    {
      name: "a model that does not exist",
      request: (_, good) => ({ ...(good as HttpRequest), path: predictPath("no-such-model") }),
    },
  ],
  accept: refusesClientFault,
});

const verbs = refuse({
  id: "v1-rest/only-known-verbs-are-served",
  title: "The verb after the colon is part of the path: others are not found, and predict is a POST",
  clause: "V1-PREDICT-15",
  kills: ["v1-rest:any-verb-predicts", "v1-rest:predicts-on-get"],
  control: goodPredict,
  defects: [
    {
      name: "the verb nosuchverb",
      request: ({ model }, good) => ({ ...(good as HttpRequest), path: modelPath(model.name, "nosuchverb") }),
    },
    { name: "GET on predict", request: ({ model }) => get(predictPath(model.name)) },
  ],
  accept: refusesClientFault,
});

const emptyInstances = refuse({
  id: "v1-rest/empty-instances-do-no-harm",
  title: "An empty list of instances is answered",
  clause: "V1-PREDICT-12",
  kills: ["v1-rest:dies-on-empty-instances"],
  control: goodPredict,
  defects: [{ name: "instances: []", request: ({ model }) => post(predictPath(model.name), { instances: [] }) }],
  accept: anyAnswer,
});

const nonFinite = refuse({
  id: "v1-rest/non-finite-numbers-do-no-harm",
  title: "The tokens NaN and Infinity are answered, whether they are read or refused",
  clause: "V1-PREDICT-13",
  kills: ["v1-rest:dies-on-nan"],
  control: goodPredict,
  defects: [
    {
      name: "instances: [NaN]",
      request: ({ model }) => postBytes(predictPath(model.name), utf8.encode('{"instances":[[NaN,1]]}')),
    },
  ],
  accept: anyAnswer,
});

const neitherKey = refuse({
  id: "v1-rest/request-with-neither-key",
  title: "A request with neither instances nor inputs is answered",
  clause: "V1-PREDICT-07",
  kills: ["v1-rest:dies-on-neither-key"],
  control: goodPredict,
  defects: [{ name: "neither key", request: ({ model }) => post(predictPath(model.name), { foo: 1 }) }],
  accept: anyAnswer,
});

const bothKeys = refuse({
  id: "v1-rest/request-with-both-keys",
  title: "A request with instances and inputs is answered",
  clause: "V1-PREDICT-08",
  kills: ["v1-rest:dies-on-both-keys"],
  control: goodPredict,
  defects: [
    {
      name: "both keys",
      request: (context) => {
        const instances = instancesFor(context, context.model);
        return post(predictPath(context.model.name), { instances, inputs: instances });
      },
    },
  ],
  accept: anyAnswer,
});

const noBody = refuse({
  id: "v1-rest/request-without-a-body",
  title: "A prediction without a body is answered",
  clause: "V1-PREDICT-16",
  kills: ["v1-rest:dies-without-a-body"],
  control: goodPredict,
  defects: [
    {
      name: "no body",
      request: ({ model }) => ({ protocol: "http", method: "POST", path: predictPath(model.name), headers: [] }),
    },
  ],
  accept: anyAnswer,
});

export default [mustBeList, malformed, neitherKey, bothKeys, unknownModel, emptyInstances, nonFinite, verbs, noBody];
