import { type Arbitrary, array, boolean, nat, option, record, subarray, tuple } from "fast-check";
import {
  decodeMessage,
  type Encodable,
  type Exchange,
  encodeMessage,
  type FuzzCase,
  type Fuzzing,
  type FuzzScene,
  grpcOutcome,
  inferRequestMessage,
  type ModelInferRequest,
  type ModelInfo,
  messageOf,
  type Tensor,
  tensorsFromInferResponse,
} from "#kit";
import { chosenTensors, computedBy, differenceFrom, MOST_ELEMENTS, requestId, tensorChoice } from "#kit/fuzz";
import { changeMessage, type MessageChange, messageChange } from "./fuzz-messages.ts";
import { changeWire, unknownField, type WireChange, wireChange } from "./fuzz-wire.ts";
import { callBytes, endpointOf, infer } from "./messages.ts";

/** What a valid request is made from; its smallest form is the plainest request. */
function draft({ models }: FuzzScene) {
  return record({
    model: nat({ max: models.length - 1 }),
    tensors: tensorChoice(),
    raw: boolean(),
    id: requestId(),
    parameters: option(subarray(["bool_param", "int64_param", "string_param"] as const), { freq: 2 }),
    outputs: option(array(nat({ max: 3 }), { minLength: 1, maxLength: 2 }), { freq: 2 }),
    unknown: boolean(),
  });
}

type Draft = ReturnType<typeof draft> extends Arbitrary<infer Value> ? Value : never;

const PARAMETERS = {
  bool_param: { bool_param: true },
  int64_param: { int64_param: 3n },
  string_param: { string_param: "x" },
} as const;

function isHalf({ datatype }: Tensor): boolean {
  return datatype === "FP16" || datatype === "BF16";
}

function messageOfDraft(model: ModelInfo, chosen: Draft): Encodable<ModelInferRequest> {
  const inputs = chosenTensors(model, chosen.tensors, "bytes");
  const wanted = chosen.outputs?.map((pick) => model.outputs[pick % model.outputs.length]?.name) ?? [];
  return inferRequestMessage({
    model: model.name,
    inputs,
    // Half-precision floats have no typed field.
    form: chosen.raw || inputs.some(isHalf) ? "raw" : "typed",
    ...(chosen.id !== null && { id: chosen.id }),
    parameters: Object.fromEntries((chosen.parameters ?? []).map((kind) => [`suite_probe_${kind}`, PARAMETERS[kind]])),
    outputs: [...new Set(wanted)].filter((name) => name !== undefined),
  });
}

function caseOf(
  scene: FuzzScene,
  chosen: Draft,
  edits: readonly MessageChange[],
  damages: readonly WireChange[],
): FuzzCase & { readonly message: Uint8Array } {
  const model = scene.models[chosen.model] as ModelInfo;
  const says: string[] = [];
  let value = messageOfDraft(model, chosen);
  for (const edit of edits) {
    const changed = changeMessage(value, edit);
    value = changed.message;
    says.push(changed.says);
  }
  let message = encodeMessage("ModelInferRequest", value);
  if (chosen.unknown) message = new Uint8Array(Buffer.concat([message, unknownField()]));
  for (const damage of damages) {
    const changed = changeWire(message, damage);
    message = changed.bytes;
    says.push(changed.says);
  }
  const answerKnown = edits.length === 0 && damages.length === 0 && model.fixture;
  return { request: callBytes("ModelInfer", message), message, changes: says, answerKnown };
}

/** Whether a server that believes the shapes of a message allocates little. */
function isHarmless({ message }: { readonly message: Uint8Array }): boolean {
  try {
    return decodeMessage("ModelInferRequest", message).inputs.every(({ shape }) => {
      const elements = shape.reduce((product, size) => product * (size < 0n ? -size : size === 0n ? 1n : size), 1n);
      return elements <= BigInt(MOST_ELEMENTS);
    });
  } catch {
    // What is no message has no shapes.
    return true;
  }
}

function answerIn(exchange: Exchange) {
  const outcome = grpcOutcome(exchange);
  const [bytes, ...more] = outcome.ok ? outcome.messages : [];
  if (!bytes || more.length > 0) throw new Error(`${bytes ? more.length + 1 : 0} messages`);
  return decodeMessage("ModelInferResponse", bytes);
}

/** The Open Inference Protocol over gRPC, changed. */
export const fuzzing: Fuzzing = {
  requests(scene) {
    const { dangerous, models } = scene;
    const changes = {
      edits: array(messageChange(dangerous), { maxLength: 2 }),
      damages: array(wireChange(dangerous), { maxLength: 2 }),
    };
    const cases = tuple(draft(scene), changes.edits, changes.damages).map(([chosen, edits, damages]) =>
      caseOf(scene, chosen, edits, damages),
    );
    const [model] = models as [ModelInfo];
    const plain = chosenTensors(model, { rows: 1, pick: 0, extremes: [] }, "bytes");
    return { good: infer(model.name, plain), cases: dangerous ? cases : cases.filter(isHarmless) };
  },

  successProblem(exchange) {
    if (endpointOf(exchange.request) !== "ModelInfer") return undefined;
    try {
      const read = tensorsFromInferResponse(answerIn(exchange));
      return read.ok ? undefined : `OK with outputs that cannot be read: ${read.problem}`;
    } catch (thrown) {
      return `OK with ${messageOf(thrown)}`;
    }
  },

  difference(exchange) {
    if (exchange.request.protocol !== "grpc") return undefined;
    const asked = decodeMessage("ModelInferRequest", exchange.request.messages[0] as Uint8Array);
    const { inputs, raw_input_contents, outputs } = asked;
    const sent = tensorsFromInferResponse({ outputs: inputs, raw_output_contents: raw_input_contents });
    const came = tensorsFromInferResponse(answerIn(exchange));
    const expected = sent.ok ? computedBy(asked.model_name, sent.tensors) : undefined;
    if (!expected || !came.ok) return undefined;
    return differenceFrom(expected, came.tensors, outputs.length > 0 ? outputs.map(({ name }) => name) : undefined);
  },
};
