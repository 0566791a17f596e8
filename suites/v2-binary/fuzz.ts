import { type Arbitrary, array, boolean, constantFrom, integer, nat, option, record, tuple } from "fast-check";
import {
  bodyOf,
  type Exchange,
  type FuzzCase,
  type Fuzzing,
  type FuzzScene,
  framedTensors,
  type HttpRequest,
  headerOf,
  type JsonValue,
  LENGTH_HEADER,
  listOf,
  type ModelInfo,
  memberOf,
  readJson,
  shorten,
  splitAt,
  textIn,
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
import { type Input, inBinary, infer, inJson, output, request } from "./messages.ts";

/** What a valid request is made from; its smallest form is the plainest request. */
function draft({ models }: FuzzScene) {
  return record({
    model: nat({ max: models.length - 1 }),
    tensors: tensorChoice(),
    spelling: spelling(),
    id: requestId(),
    /** Which inputs travel as JSON, bit by bit; at least one is binary. */
    asJson: nat({ max: 3 }),
    outputs: option(array(boolean(), { minLength: 1, maxLength: 2 }), { freq: 2 }),
    binaryOutput: option(boolean(), { freq: 2 }),
  });
}

type Draft = ReturnType<typeof draft> extends Arbitrary<infer Value> ? Value : never;

const NAMES = [
  "inputs",
  "shape",
  "parameters",
  "binary_data_size",
  "datatype",
  "name",
  "data",
  "id",
  "outputs",
  "binary_data",
];

/** What the extension adds to what can be wrong with a request. */
interface Misfit {
  readonly how: "header" | "size" | "blob";
  /** Added to a length: to what the header says, to a declared size, or to the bytes after the JSON. */
  readonly by: number;
  /** In place of what the header says. */
  readonly header: string | null;
  readonly size: string | null;
}

const HEADERS = ["", "x", "-1", "1.5", "0x10", " ", "1e2", "999999999999", "99999999999999999999", "+5", "5, 5"];
const SIZES = ['"4"', "null", "-4", "4.5", "true", "[]", "1e1", "16777216", "NaN"];
const HUGE = ["4294967296", "1099511627776", "18446744073709551615"];

function misfits(dangerous: boolean): Arbitrary<readonly Misfit[]> {
  const misfit = record({
    how: constantFrom("header", "size", "blob"),
    by: integer({ min: -20, max: 20 }),
    header: option(constantFrom(...HEADERS), { freq: 1 }),
    size: option(constantFrom(...SIZES, ...(dangerous ? HUGE : [])), { freq: 1 }),
  });
  return array(misfit, { maxLength: 2 });
}

/** What JSON cannot carry is sent only where both ways are binary. */
function isAllBinary({ asJson, outputs, binaryOutput }: Draft): boolean {
  return asJson === 0 && (outputs === null ? binaryOutput === true : outputs.every(Boolean));
}

function inputsOf(model: ModelInfo, draft: Draft): readonly Input[] {
  const { tensors, asJson } = draft;
  const chosen = chosenTensors(model, tensors, isAllBinary(draft) ? "bytes" : "json");
  const json = chosen.map((_, index) => ((asJson >> index) & 1) === 1);
  return chosen.map((tensor, index) => (json[index] && !json.every(Boolean) ? inJson(tensor) : inBinary(tensor)));
}

/** The JSON of an input, its declared size changed. */
function withSize({ json }: Input, { by, size }: Misfit): object {
  const { parameters } = json as { parameters?: { binary_data_size: number } };
  if (!parameters) return json;
  return { ...json, parameters: { binary_data_size: size === null ? parameters.binary_data_size + by : raw(size) } };
}

/** A text that stands in the JSON as it is. */
function raw(text: string): JsonValue {
  const read = readJson(text, { nonFinite: true });
  return read.ok ? read.value : null;
}

function caseOf(scene: FuzzScene, chosen: Draft, wrong: readonly Misfit[], changes: readonly JsonRequestChange[]) {
  const model = scene.models[chosen.model] as ModelInfo;
  const inputs = inputsOf(model, chosen);
  const of = (how: Misfit["how"]) => wrong.find((misfit) => misfit.how === how);
  const sized = of("size");
  const says = wrong.map(({ how, by, header, size }) => {
    const text = how === "header" ? header : how === "size" ? size : null;
    return `${{ header: LENGTH_HEADER, size: "binary_data_size", blob: "bytes after the JSON" }[how]} ${text === null ? `off by ${by}` : `is ${text}`}`;
  });
  const outputs = chosen.outputs?.flatMap((binary, index) => {
    const name = model.outputs[index]?.name;
    return name === undefined ? [] : [output(name, binary)];
  });
  const changed = changedRequest(
    {
      body: {
        ...(chosen.id !== null && { id: chosen.id }),
        ...(chosen.binaryOutput !== null && { parameters: { binary_data_output: chosen.binaryOutput } }),
        inputs: inputs.map((input) => (sized ? withSize(input, sized) : input.json)),
        ...(outputs?.[0] && { outputs }),
      },
      spelling: chosen.spelling,
      request: (json) => framed(model.name, json, inputs, { header: of("header"), blob: of("blob") }),
    },
    changes,
  );
  return {
    request: changed.request,
    changes: [...says, ...changed.changes],
    answerKnown: changes.length === 0 && wrong.length === 0 && model.fixture,
  } satisfies FuzzCase;
}

function framed(
  model: string,
  json: Uint8Array,
  inputs: readonly Input[],
  { header, blob }: { readonly header: Misfit | undefined; readonly blob: Misfit | undefined },
): HttpRequest {
  const blobs = Buffer.concat([json, ...inputs.flatMap((input) => input.blob ?? [])]);
  const by = blob?.by ?? 0;
  const body = by < 0 ? blobs.subarray(0, Math.max(0, blobs.length + by)) : Buffer.concat([blobs, new Uint8Array(by)]);
  return request(model, new Uint8Array(body), header?.header ?? String(json.length + (header?.by ?? 0)));
}

function splitOf(exchange: Exchange) {
  return splitAt(headerOf(exchange.head?.headers, LENGTH_HEADER), bodyOf(exchange));
}

/** The binary tensor data extension, changed. */
export const fuzzing: Fuzzing = {
  requests(scene) {
    const cases = tuple(draft(scene), misfits(scene.dangerous), jsonRequestChanges(NAMES, scene)).map(
      ([chosen, wrong, changes]) => caseOf(scene, chosen, wrong, changes),
    );
    const [model] = scene.models as [ModelInfo];
    const plain = chosenTensors(model, { rows: 1, pick: 0, extremes: [] }, "bytes");
    return { good: infer(model.name, plain.map(inBinary)), cases: scene.dangerous ? cases : cases.filter(isHarmless) };
  },

  successProblem(exchange) {
    if (endpointOf(exchange.request) !== "infer") return undefined;
    const split = splitOf(exchange);
    if ("problem" in split) return `a success with ${split.problem}`;
    if (!Array.isArray(memberOf(split.json, "outputs"))) return "a success without outputs";
    const short = framedTensors(listOf(split.json, "outputs"), split.rest).find(({ blob, read }) => blob && !read.ok);
    return short && !short.read.ok
      ? `a success whose output ${short.name} cannot be read: ${short.read.problem}`
      : undefined;
  },

  errorProblem(exchange) {
    if (endpointOf(exchange.request) !== "infer") return undefined;
    const body = Buffer.from(bodyOf(exchange)).toString("utf8");
    const read = readJson(body);
    if (read.ok && typeof memberOf(read.value, "error") === "string") return undefined;
    return body === "" ? "an empty body" : `the body ${shorten(JSON.stringify(body), 80)}`;
  },

  difference(exchange) {
    const { request: sent } = exchange;
    if (sent.protocol !== "http") return undefined;
    const asked = splitAt(headerOf(sent.headers, LENGTH_HEADER), sent.body ?? new Uint8Array(0));
    const came = splitOf(exchange);
    if ("problem" in asked || "problem" in came) return undefined;
    const model = decodeURIComponent(sent.path.split("/")[3] ?? "");
    const tensors = (list: "inputs" | "outputs", { json, rest }: typeof asked) =>
      framedTensors(listOf(json, list), rest).flatMap(({ read }) => (read.ok ? [read.tensor] : []));
    const expected = computedBy(model, tensors("inputs", asked));
    const wanted = listOf(asked.json, "outputs").map((each) => textIn(each, "name"));
    return expected && differenceFrom(expected, tensors("outputs", came), wanted.length > 0 ? wanted : undefined);
  },
};
