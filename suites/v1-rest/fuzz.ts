import { type Arbitrary, boolean, nat, record, tuple } from "fast-check";
import {
  bodyOf,
  type Exchange,
  type FuzzCase,
  type Fuzzing,
  type FuzzScene,
  headerOf,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  type ModelInfo,
  nest,
  readJson,
  type Tensor,
  tensorFromJson,
  tensorToJsonData,
} from "#kit";
import {
  changedRequest,
  chosenTensors,
  differenceFrom,
  isHarmless,
  type JsonRequestChange,
  jsonRequestChanges,
  spelling,
  tensorChoice,
} from "#kit/fuzz";
import { endpointOf, modelPath, post, postBytes } from "./messages.ts";

/** What a valid request is made from; its smallest form is the plainest request. */
function draft(models: readonly ModelInfo[]) {
  return record({
    model: nat({ max: models.length - 1 }),
    tensors: tensorChoice(),
    spelling: spelling(),
    inputs: boolean(),
    unknown: boolean(),
  });
}

type Draft = ReturnType<typeof draft> extends Arbitrary<infer Value> ? Value : never;

const NAMES = ["instances", "inputs"];

/** V1 has no names for inputs, and its instances are rows. */
function takesInstances({ inputs, sample }: ModelInfo): boolean {
  const [only, ...more] = sample ?? inputs;
  return only !== undefined && more.length === 0 && only.shape.length > 0;
}

function instancesOf([tensor]: readonly Tensor[]): unknown {
  return tensor && nest(tensor.shape, tensorToJsonData(tensor));
}

function caseOf(
  models: readonly ModelInfo[],
  chosen: Draft,
  changes: readonly JsonRequestChange[],
): FuzzCase & ReturnType<typeof changedRequest> {
  const model = models[chosen.model] as ModelInfo;
  const instances = instancesOf(chosenTensors(model, chosen.tensors, "json"));
  const body = {
    ...(chosen.inputs ? { inputs: instances } : { instances }),
    ...(chosen.unknown && { suite_probe: { a: [1] } }),
  };
  const path = modelPath(model.name, "predict");
  const changed = changedRequest(
    { body, spelling: chosen.spelling, request: (json) => postBytes(path, json) },
    changes,
  );
  return { ...changed, answerKnown: changes.length === 0 && model.fixture };
}

function memberOf(value: JsonValue, name: string): JsonValue | undefined {
  return value instanceof Map ? (value as JsonObject).get(name) : undefined;
}

function isJson(exchange: Exchange): boolean {
  return /^application\/json\s*(;|$)/i.test(headerOf(exchange.head?.headers, "content-type") ?? "");
}

const IDENTITY = /^\/v1\/models\/identity_(fp32|fp64|int32|int64|bool|bytes):predict$/;

/** Nested rows as a tensor. */
function tensorOf(rows: JsonValue | undefined, datatype: string): Tensor | undefined {
  if (!Array.isArray(rows)) return undefined;
  const flat = (rows as readonly unknown[]).flat(Infinity);
  const read = tensorFromJson(
    new Map<string, JsonValue>([
      ["name", "rows"],
      ["datatype", datatype],
      ["shape", [new JsonNumber(String(flat.length))]],
      ["data", rows as readonly JsonValue[]],
    ]),
    { anyRange: true },
  );
  return read.ok ? read.tensor : undefined;
}

/** KServe V1 over REST, changed. */
export const fuzzing: Fuzzing = {
  requests(scene: FuzzScene) {
    const models = scene.models.filter(takesInstances);
    const [model] = models;
    if (!model) return "no model takes instances";
    const cases = tuple(draft(models), jsonRequestChanges(NAMES, scene)).map(([chosen, changes]) =>
      caseOf(models, chosen, changes),
    );
    const instances = instancesOf(chosenTensors(model, { rows: 1, pick: 0, extremes: [] }, "json"));
    return {
      good: post(modelPath(model.name, "predict"), { instances }),
      cases: scene.dangerous ? cases : cases.filter(isHarmless),
    };
  },

  // A custom server may answer in a form of its own; what says that it is JSON is.
  successProblem(exchange) {
    if (endpointOf(exchange.request) !== "predict" || !isJson(exchange)) return undefined;
    const read = readJson(bodyOf(exchange), { nonFinite: true });
    return read.ok ? undefined : `a success whose body is no JSON: ${read.problem}`;
  },

  difference(exchange) {
    const { request } = exchange;
    const datatype = request.protocol === "http" ? IDENTITY.exec(request.path)?.[1]?.toUpperCase() : undefined;
    if (datatype === undefined || request.protocol !== "http") return undefined;
    const sent = readJson(request.body ?? new Uint8Array(0));
    const came = readJson(bodyOf(exchange), { nonFinite: true });
    if (!sent.ok || !came.ok) return undefined;
    const expected = tensorOf(memberOf(sent.value, "instances") ?? memberOf(sent.value, "inputs"), datatype);
    const predictions = memberOf(came.value, "predictions");
    if (!expected || !Array.isArray(predictions)) return undefined;
    const actual = tensorOf(predictions, datatype);
    return differenceFrom([expected], actual ? [actual] : []);
  },
};
