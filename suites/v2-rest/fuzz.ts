import { type Arbitrary, array, boolean, nat, option, record, subarray, tuple } from "fast-check";
import {
  bodyOf,
  type Exchange,
  type FuzzCase,
  type Fuzzing,
  type FuzzScene,
  type JsonValue,
  listOf,
  type ModelInfo,
  memberOf,
  nest,
  readJson,
  shorten,
  tensorFromJson,
} from "#kit";
import {
  changedRequest,
  chosenTensors,
  computedBy,
  differenceFrom,
  isHarmless,
  type JsonRequestChange,
  jsonRequestChanges,
  requestId,
  spelling,
  tensorChoice,
} from "#kit/fuzz";
import { endpointOf } from "./endpoints.ts";
import { infer, inferBody, inferBytes } from "./messages.ts";

/** What a valid request is made from; its smallest form is the plainest request. */
function draft({ models }: FuzzScene) {
  return record({
    model: nat({ max: models.length - 1 }),
    tensors: tensorChoice(),
    spelling: spelling(),
    nested: boolean(),
    chunked: boolean(),
    id: requestId(),
    parameters: option(subarray(["text", "number", "boolean"] as const), { freq: 2 }),
    outputs: option(array(nat({ max: 3 }), { minLength: 1, maxLength: 2 }), { freq: 2 }),
    unknown: boolean(),
  });
}

type Draft = ReturnType<typeof draft> extends Arbitrary<infer Value> ? Value : never;

const NAMES = ["inputs", "shape", "data", "datatype", "name", "parameters", "suite_probe_number", "id", "outputs"];

const PARAMETERS = { text: "x", number: 3, boolean: true } as const;

function bodyOfDraft(model: ModelInfo, { tensors, nested, id, parameters, outputs, unknown }: Draft): object {
  const { inputs } = inferBody(chosenTensors(model, tensors, "json"));
  const wanted = outputs?.map((pick) => model.outputs[pick % model.outputs.length]?.name) ?? [];
  return {
    ...(id !== null && { id }),
    ...(parameters !== null && {
      parameters: Object.fromEntries(parameters.map((kind) => [`suite_probe_${kind}`, PARAMETERS[kind]])),
    }),
    inputs: inputs.map((input) => ({
      ...input,
      data: nested ? nest(input.shape, input.data as readonly unknown[]) : input.data,
    })),
    ...(wanted[0] !== undefined && { outputs: [...new Set(wanted)].map((name) => ({ name })) }),
    ...(unknown && { suite_probe: { a: [1] } }),
  };
}

function caseOf(scene: FuzzScene, chosen: Draft, changes: readonly JsonRequestChange[]) {
  const model = scene.models[chosen.model] as ModelInfo;
  const changed = changedRequest(
    {
      body: bodyOfDraft(model, chosen),
      spelling: chosen.spelling,
      request: (json) => inferBytes(model.name, json, chosen.chunked ? { framing: "chunked" } : {}),
    },
    changes,
  );
  return { ...changed, answerKnown: changes.length === 0 && model.fixture } satisfies FuzzCase;
}

function tensorsIn(value: JsonValue, list: "inputs" | "outputs") {
  return listOf(value, list).flatMap((each) => {
    const read = tensorFromJson(each, { anyRange: true });
    return read.ok ? [read.tensor] : [];
  });
}

/** The Open Inference Protocol over REST, changed. */
export const fuzzing: Fuzzing = {
  requests(scene) {
    const { dangerous, models } = scene;
    const cases = tuple(draft(scene), jsonRequestChanges(NAMES, scene)).map(([chosen, changes]) =>
      caseOf(scene, chosen, changes),
    );
    const [model] = models as [ModelInfo];
    const plain = chosenTensors(model, { rows: 1, pick: 0, extremes: [] }, "json");
    return { good: infer(model.name, inferBody(plain)), cases: dangerous ? cases : cases.filter(isHarmless) };
  },

  successProblem(exchange) {
    if (endpointOf(exchange.request) !== "infer") return undefined;
    const read = readJson(bodyOf(exchange), { nonFinite: true });
    if (!read.ok) return `a success whose body is no JSON: ${read.problem}`;
    return Array.isArray(memberOf(read.value, "outputs")) ? undefined : "a success without outputs";
  },

  errorProblem(exchange) {
    if (endpointOf(exchange.request) !== "infer") return undefined;
    const body = Buffer.from(bodyOf(exchange)).toString("utf8");
    const read = readJson(body);
    if (read.ok && typeof memberOf(read.value, "error") === "string") return undefined;
    return body === "" ? "an empty body" : `the body ${shorten(JSON.stringify(body), 80)}`;
  },

  difference({ request, ...answer }: Exchange) {
    if (request.protocol !== "http") return undefined;
    const sent = readJson(request.body ?? new Uint8Array(0));
    const came = readJson(bodyOf({ request, ...answer }), { nonFinite: true });
    const model = decodeURIComponent(request.path.split("/")[3] ?? "");
    const expected = sent.ok ? computedBy(model, tensorsIn(sent.value, "inputs")) : undefined;
    if (!sent.ok || !came.ok || !expected) return undefined;
    const wanted = listOf(sent.value, "outputs").map((output) => memberOf(output, "name") as string);
    return differenceFrom(expected, tensorsIn(came.value, "outputs"), wanted.length > 0 ? wanted : undefined);
  },
};
