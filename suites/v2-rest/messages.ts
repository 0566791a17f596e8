import {
  type Accept,
  assetJson,
  bodyOf,
  bodySchema,
  type CheckContext,
  describeAnswer,
  describeDifference,
  type Exchange,
  expect,
  given,
  type HttpRequest,
  type Judge,
  type ModelInfo,
  readJson,
  skipForModel,
  synthesise,
  type Tensor,
  tensorFromJson,
  tensorToJsonData,
  toPlain,
  type WireRequest,
  writeJson,
} from "#kit";
import { endpointOf } from "./endpoints.ts";

const utf8 = new TextEncoder();
const JSON_TYPE = ["content-type", "application/json"] as const;
const ACCEPT = ["accept", "application/json"] as const;

/** A GET as an ordinary client sends it. */
export function get(path: string): HttpRequest {
  return { protocol: "http", method: "GET", path, headers: [ACCEPT] };
}

/** The path of a model, of one of its versions when one is named. */
export function modelPath(model: string, version?: string): string {
  return `/v2/models/${encodeURIComponent(model)}${version === undefined ? "" : `/versions/${encodeURIComponent(version)}`}`;
}

export interface InferOptions {
  readonly version?: string;
  readonly framing?: "chunked";
  readonly contentType?: string;
}

/** POST …/infer with these bytes as its body. */
export function inferBytes(model: string, body: Uint8Array, options: InferOptions = {}): HttpRequest {
  return {
    protocol: "http",
    method: "POST",
    path: `${modelPath(model, options.version)}/infer`,
    headers: [options.contentType === undefined ? JSON_TYPE : ["content-type", options.contentType], ACCEPT],
    body,
    ...(options.framing && { framing: options.framing }),
  };
}

/** POST …/infer with this value as its JSON body; bigints are written as integers. */
export function infer(model: string, body: unknown, options: InferOptions = {}): HttpRequest {
  return inferBytes(model, utf8.encode(writeJson(body)), options);
}

/** An input of a request, its data flat. */
export interface InputJson {
  name: string;
  datatype: string;
  shape: readonly number[];
  data: unknown;
  parameters?: unknown;
}

export interface InferBody {
  id?: string;
  inputs: InputJson[];
  outputs?: { name: string; parameters?: unknown }[];
  parameters?: unknown;
}

/** The request object for these tensors. */
export function inferBody(tensors: readonly Tensor[], extra: Partial<Omit<InferBody, "inputs">> = {}): InferBody {
  const inputs = tensors.map((tensor) => ({
    name: tensor.name,
    datatype: tensor.datatype,
    shape: tensor.shape,
    data: tensorToJsonData(tensor),
  }));
  return { ...extra, inputs };
}

/** Valid tensors for a model; undecided when its inputs are not known. */
export function goodTensors({ random }: CheckContext, model: ModelInfo, batch?: number): readonly Tensor[] {
  given.that(model.inputs.length > 0 || model.sample, "a model whose inputs are known", `no inputs of ${model.name}`);
  return synthesise(model, { random, ...(batch !== undefined && { batch }) });
}

/** The model that a check asks, and whether it is the fixture whose values are known. */
export interface Subject {
  readonly model: ModelInfo;
  readonly known: boolean;
}

/** A fixture where the target serves it, else the model under test. */
export function subject({ info, model }: Pick<CheckContext, "info" | "model">, fixture: string): Subject {
  const found = info.models.find((each) => each.fixture && each.name === fixture);
  return { model: found ?? model, known: found !== undefined };
}

/** The tensors of a check on its fixture; valid ones on any other model. */
export function tensorsFor(
  context: CheckContext,
  { model, known }: Subject,
  ofFixture: readonly Tensor[],
  batch?: number,
): readonly Tensor[] {
  return known ? ofFixture : goodTensors(context, model, batch);
}

/** A valid inference request with its body changed. */
export function changed(good: WireRequest, change: (body: InferBody) => unknown): HttpRequest {
  const request = good as HttpRequest;
  const read = readJson(request.body ?? new Uint8Array(0));
  if (!read.ok) throw new Error(`the good request is no JSON: ${read.problem}`);
  return { ...request, body: utf8.encode(writeJson(change(toPlain(read.value) as InferBody))) };
}

/** A valid inference request with its first input changed. */
export function withFirstInput(good: WireRequest, change: (input: InputJson) => object): HttpRequest {
  return changed(good, (body) => ({
    ...body,
    inputs: body.inputs.map((input, index) => (index === 0 ? change(input) : input)),
  }));
}

/** Leaves a check out where the model under test cannot show what it is about. */
export function needs(condition: unknown, what: string): void {
  if (!condition) skipForModel(what);
}

/** A valid inference on the model under test, or on `model`. */
export function goodInfer(context: CheckContext, model: ModelInfo = context.model): HttpRequest {
  return infer(model.name, inferBody(goodTensors(context, model)));
}

/** The outputs of a successful inference, read without loss. */
export function outputsOf(
  judge: Judge,
  exchange: Exchange,
  options: { readonly anyRange?: boolean } = {},
): readonly Tensor[] {
  judge.status(exchange, 200);
  const body = judge.json(exchange);
  const outputs = memberOf(body, "outputs");
  judge.that(Array.isArray(outputs), "an array of outputs", "none", "/outputs");
  return (outputs as readonly unknown[]).map((output, index) => {
    const read = tensorFromJson(output as never, options);
    if (!read.ok) judge.that(false, "a readable output", read.problem, `/outputs/${index}`);
    return (read as { tensor: Tensor }).tensor;
  });
}

function memberOf(value: unknown, name: string): unknown {
  return value instanceof Map ? value.get(name) : (value as Readonly<Record<string, unknown>> | null)?.[name];
}

/** What differs between the outputs of two answers; the first is presupposed to be readable, the second is judged. */
export function differenceOfOutputs(control: Exchange, answer: Exchange): string | undefined {
  const plain = outputsOf(given, control);
  given.that(plain.length > 0, "an answer with outputs", "none");
  const outputs = outputsOf(expect, answer);
  return plain
    .map((output) => describeDifference(outputNamed(expect, outputs, output.name), output))
    .find((difference) => difference !== undefined);
}

/** The output of that name. */
export function outputNamed(judge: Judge, outputs: readonly Tensor[], name: string): Tensor {
  const found = outputs.find((output) => output.name === name);
  judge.that(found, `an output ${name}`, `outputs ${outputs.map((output) => output.name).join(", ") || "none"}`);
  return found;
}

/** Presupposes that the target serves: a good inference returns outputs. */
export async function givenServes(context: CheckContext): Promise<void> {
  const outputs = outputsOf(given, await context.send(goodInfer(context)));
  given.that(outputs.length > 0, "an inference with outputs", "none");
}

/** A client fault: 4xx is right, 5xx blames the server and warns, anything else accepts the request. */
export const refusesClientFault: Accept = (answer, { context }) => {
  const status = answer.head?.status ?? 0;
  if (status >= 500) context.warn(`a client's fault is answered with status ${status}`);
  expect.that(status >= 400, "status 4xx", describeAnswer(answer));
};

/** Something that does not exist: 400 or 404 is right, other error statuses warn, anything else invents it. */
export const refusesUnknown: Accept = (answer, { context }) => {
  const status = answer.head?.status ?? 0;
  if (status >= 400 && status !== 400 && status !== 404)
    context.warn(`status ${status} for something that does not exist`);
  expect.that(status >= 400, "status 400 or 404", describeAnswer(answer));
};

const requestSchema = bodySchema(inferRequestSchema());

function inferRequestSchema(): object {
  return assetJson("#suites/v2-rest/schemas/infer-request.schema.json") as object;
}

/** What is wrong with an inference request by the protocol's own schema. */
export function inferRequestProblem(request: HttpRequest): string | undefined {
  const read = readJson(request.body ?? new Uint8Array(0));
  if (!read.ok) return read.problem;
  const [violation] = requestSchema.violations(toPlain(read.value));
  return violation && `${violation.at || "/"}: expected ${violation.expected}`;
}

/** A 2xx answer, and for an inference one that holds outputs: a server that answers 200 to everything has not succeeded. */
export function succeeded(exchange: Exchange): boolean {
  const status = exchange.head?.status ?? 0;
  if (exchange.failure || status < 200 || status > 299) return false;
  if (endpointOf(exchange.request) !== "infer") return true;
  const read = readJson(bodyOf(exchange), { nonFinite: true });
  return read.ok && memberOf(read.value, "outputs") !== undefined;
}
