import { FIXTURES, type Fixture, matchesFixture } from "./fixtures.ts";
import { JsonNumber, type JsonObject, type JsonValue } from "./json.ts";
import type { ModelInfo, TensorSpec } from "./model.ts";
import type { ModelMetadataResponse } from "./oip-messages.ts";
import type { BindingId, Questions, RestAnswer } from "./probe-questions.ts";

/** The path of a model, e.g. `/v2/models/iris`. */
export function modelPath(protocol: "v1" | "v2", model: string): string {
  return `/${protocol}/models/${encodeURIComponent(model)}`;
}

interface Metadata {
  readonly versions: readonly string[];
  readonly platform?: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Names also where the rest of the tensors is wrong. */
  readonly named: { readonly inputs: readonly string[]; readonly outputs: readonly string[] };
}

/** That a binding knows a model; with metadata when it tells any that can be read. */
interface Finding {
  readonly binding: BindingId;
  readonly metadata?: Metadata;
}

export interface FindOptions {
  readonly bindings: readonly BindingId[];
  /** Recognise the fixture models. */
  readonly fixtures: boolean;
}

/** What the bindings tell about a model: metadata of the first that tells it, V2 REST before gRPC. Undefined when none knows it. */
export async function findModel(ask: Questions, name: string, options: FindOptions): Promise<ModelInfo | undefined> {
  const findings = await Promise.all(options.bindings.map((binding) => FIND[binding](ask, name)));
  const found = findings.filter((finding) => finding !== undefined);
  if (found.length === 0) return undefined;
  const byBinding = (binding: BindingId) => found.find((each) => each.binding === binding)?.metadata;
  const metadata = byBinding("v2-rest") ?? byBinding("v2-grpc");
  const fixture = options.fixtures ? FIXTURES.get(name) : undefined;
  const recognised = fixture && (await isRecognised(ask, fixture, found));
  return {
    ...unknownModel(name),
    ...(metadata && { versions: metadata.versions }),
    ...(metadata?.platform !== undefined && { platform: metadata.platform }),
    ...tensorsOf(recognised ? fixture : metadata),
    fixture: recognised === true,
    foundBy: found.map(({ binding }) => binding),
  };
}

/**
 * Metadata of one binding with the fixture's tensor names is enough: what the other says wrongly is for its checks to find. Without any metadata the
 * name must do, where the target knows some names and others not.
 */
async function isRecognised(ask: Questions, fixture: Fixture, found: readonly Finding[]): Promise<boolean> {
  const told = found.flatMap(({ metadata }) => metadata ?? []);
  if (told.length > 0) return told.some(({ named }) => matchesFixture(fixture, named));
  const choosy = await Promise.all(found.map(async ({ binding }) => !(await knowsAnyName(ask, binding))));
  return choosy.includes(true);
}

const KNOWS_ANY_NAME = new WeakMap<Questions, Map<BindingId, Promise<boolean>>>();

/** Whether a binding also says of a model that nobody has that it is there. Asked once. */
function knowsAnyName(ask: Questions, binding: BindingId): Promise<boolean> {
  const known = KNOWS_ANY_NAME.get(ask) ?? new Map<BindingId, Promise<boolean>>();
  KNOWS_ANY_NAME.set(ask, known);
  const answer = known.get(binding) ?? FIND[binding](ask, "no-such-model").then((finding) => finding !== undefined);
  known.set(binding, answer);
  return answer;
}

/** A model of which nothing but its name is known. */
export function unknownModel(name: string): ModelInfo {
  return { name, versions: [], inputs: [], outputs: [], fixture: false, foundBy: [] };
}

function tensorsOf(source: Pick<Fixture, "inputs" | "outputs"> | undefined): Pick<ModelInfo, "inputs" | "outputs"> {
  return { inputs: source?.inputs ?? [], outputs: source?.outputs ?? [] };
}

type Find = (ask: Questions, name: string) => Promise<Finding | undefined>;

const FIND: Readonly<Record<BindingId, Find>> = {
  "v2-rest": async (ask, name) => {
    const { status, object } = await ask.get("v2-rest", modelPath("v2", name));
    if (status === 200 && object) return { binding: "v2-rest", metadata: metadataFromJson(object) };
    const ready = await ask.get("v2-rest", `${modelPath("v2", name)}/ready`);
    return affirms(ready, name) ? { binding: "v2-rest" } : undefined;
  },
  "v2-grpc": async (ask, name) => {
    const message = await ask.call("ModelMetadata", name);
    if (message) return { binding: "v2-grpc", metadata: metadataFromMessage(message) };
    const ready = await ask.call("ModelReady", name);
    return ready?.ready === true ? { binding: "v2-grpc" } : undefined;
  },
  "v1-rest": async (ask, name) => {
    const known = affirms(await ask.get("v1-rest", modelPath("v1", name)), name);
    return known ? { binding: "v1-rest" } : undefined;
  },
};

/** A success that speaks of no other model: its form is for a check to judge. */
function affirms({ status = 0, object }: RestAnswer, name: string): boolean {
  const named = object?.get("name");
  return status >= 200 && status <= 299 && (typeof named !== "string" || named === name);
}

function metadataFromJson(object: JsonObject): Metadata {
  const platform = object.get("platform");
  const inputs = items(object.get("inputs"));
  const outputs = items(object.get("outputs"));
  return {
    versions: strings(object.get("versions")),
    ...(typeof platform === "string" && { platform }),
    inputs: allOrNone(inputs, specFromJson),
    outputs: allOrNone(outputs, specFromJson),
    named: { inputs: allOrNone(inputs, nameFromJson), outputs: allOrNone(outputs, nameFromJson) },
  };
}

function metadataFromMessage({ versions, platform, inputs, outputs }: ModelMetadataResponse): Metadata {
  const spec = (tensor: ModelMetadataResponse["inputs"][number]): TensorSpec => ({
    ...tensor,
    shape: tensor.shape.map(Number),
  });
  return {
    versions,
    ...(platform !== "" && { platform }),
    inputs: inputs.map(spec),
    outputs: outputs.map(spec),
    named: { inputs: inputs.map(({ name }) => name), outputs: outputs.map(({ name }) => name) },
  };
}

function specFromJson(json: JsonValue): TensorSpec | undefined {
  const name = nameFromJson(json);
  if (name === undefined) return undefined;
  const datatype = (json as JsonObject).get("datatype");
  const shape = items((json as JsonObject).get("shape"));
  const sizes = shape.map((size) => (size instanceof JsonNumber ? Number(size.text) : Number.NaN));
  if (typeof datatype !== "string" || !sizes.every((size) => Number.isSafeInteger(size))) return undefined;
  return { name, datatype, shape: sizes };
}

function nameFromJson(json: JsonValue): string | undefined {
  const name = json instanceof Map ? (json as JsonObject).get("name") : undefined;
  return typeof name === "string" ? name : undefined;
}

/** A list with one broken item is a broken list, and tells nothing. */
function allOrNone<T>(list: readonly JsonValue[], read: (item: JsonValue) => T | undefined): readonly T[] {
  const readable = list.map(read).filter((item) => item !== undefined);
  return readable.length === list.length ? readable : [];
}

function items(json: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(json) ? (json as readonly JsonValue[]) : [];
}

/** The strings of a JSON array; none when it is no array. */
export function strings(json: JsonValue | undefined): readonly string[] {
  return items(json).filter((item) => typeof item === "string");
}

/** Names that a listing gives: of `POST /v2/repository/index`, or of the array in `GET /v1/models`. What is not ready is left out. */
export function listedNames(json: JsonValue | undefined): readonly string[] {
  return items(json).flatMap((item) => {
    if (typeof item === "string") return [item];
    const name = nameFromJson(item);
    const state = item instanceof Map ? (item as JsonObject).get("state") : undefined;
    return name !== undefined && (typeof state !== "string" || ["", "READY"].includes(state)) ? [name] : [];
  });
}
