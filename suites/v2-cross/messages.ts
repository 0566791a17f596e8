import {
  bodyOf,
  type CheckContext,
  decodeMessage,
  describeAnswer,
  describeDifference,
  type Encodable,
  type Exchange,
  encodeMessage,
  expect,
  type GrpcRequest,
  given,
  grpcOutcome,
  grpcPath,
  type HttpRequest,
  headerOf,
  type Judge,
  LENGTH_HEADER,
  listOf,
  type ModelInfo,
  messageOf,
  type OipMessages,
  splitAt,
  synthesise,
  type Tensor,
  type TensorSpec,
  type WireRequest,
} from "#kit";
import { FORMS, type Form, isHalf } from "./forms.ts";

type Method = "ServerReady" | "ModelReady" | "ServerMetadata" | "ModelMetadata";
type ResponseOf<M extends Method> = OipMessages[`${M}Response`];

const INFER_PATH = /^\/v2\/models\/[^/]+(\/versions\/[^/]+)?\/infer$/;

/** Which of the bindings' endpoints a request goes to. */
export function endpointOf(request: WireRequest): string | undefined {
  if (request.protocol === "http")
    return INFER_PATH.test(request.path) ? "infer" : request.path.startsWith("/v2") ? "read" : undefined;
  return /^\/inference\.GRPCInferenceService\/(\w+)$/.exec(request.path)?.[1];
}

/** A GET as an ordinary client sends it. */
export function get(path: string): HttpRequest {
  return { protocol: "http", method: "GET", path, headers: [["accept", "application/json"]] };
}

/** The REST path of a model. */
export function modelPath(model: string): string {
  return `/v2/models/${encodeURIComponent(model)}`;
}

/** A call of a method. */
export function call<M extends Method>(method: M, message: Encodable<OipMessages[`${M}Request`]>): GrpcRequest {
  const bytes = encodeMessage(`${method}Request`, message as never);
  return { protocol: "grpc", path: grpcPath(method), metadata: [], messages: [bytes] };
}

/** The message of an OK answer. */
export function answerOf<M extends Method>(judge: Judge, method: M, exchange: Exchange): ResponseOf<M> {
  const bytes = judge.message(exchange);
  try {
    return decodeMessage(`${method}Response`, bytes) as ResponseOf<M>;
  } catch (thrown) {
    judge.that(false, `a ${method}Response`, messageOf(thrown));
    throw thrown;
  }
}

/** The forms that the target offers: the binary one where server metadata lists the extension. */
export function formsOf({ info }: Pick<CheckContext, "info">): readonly Form[] {
  return FORMS.filter(({ name }) => name !== "binary" || info.server.extensions.includes("binary_tensor_data"));
}

/** Those of them that carry these tensors: half-precision floats have no typed field, and JSON may refuse them. */
export function formsFor(context: Pick<CheckContext, "info">, tensors: readonly Tensor[]): readonly Form[] {
  const halves = tensors.some(({ datatype }) => isHalf(datatype));
  return formsOf(context).filter(({ name }) => !halves || name === "raw" || name === "binary");
}

/** Valid tensors for a model; undecided when its inputs are not known. */
export function goodTensors({ random }: CheckContext, model: ModelInfo, batch = 1): readonly Tensor[] {
  given.that(model.inputs.length > 0 || model.sample, "a model whose inputs are known", `no inputs of ${model.name}`);
  return synthesise(model, { random, batch });
}

/** Presupposes that the model under test infers over both transports. */
export async function givenServes(context: CheckContext): Promise<void> {
  const tensors = goodTensors(context, context.model);
  const grpc = tensors.some(({ datatype }) => isHalf(datatype)) ? "raw" : "typed";
  for (const form of FORMS.filter(({ name }) => name === grpc || name === "JSON")) {
    const outputs = form.outputs(given, await context.send(form.request(context.model.name, tensors)));
    given.that(outputs.length > 0, `an inference with outputs ${form.words}`, "none");
  }
}

/** What differs between two results, output by output; undefined when every bit agrees. */
export function differenceOf(actual: readonly Tensor[], wanted: readonly Tensor[]): string | undefined {
  const names = (tensors: readonly Tensor[]) => tensors.map(({ name }) => name).toSorted();
  if (names(actual).join() !== names(wanted).join())
    return `outputs ${names(actual).join(", ") || "none"} for ${names(wanted).join(", ")}`;
  for (const tensor of wanted) {
    const other = actual.find(({ name }) => name === tensor.name) as Tensor;
    const difference = describeDifference(other, tensor);
    if (difference !== undefined) return `${tensor.name}: ${difference}`;
  }
  return undefined;
}

/** A result and the form in which it came. */
export interface Result {
  readonly form: Form;
  readonly outputs: readonly Tensor[];
}

/** Judges that a result is that of another form. */
export function expectSame({ form, outputs }: Result, other: Result): void {
  const difference = differenceOf(outputs, other.outputs);
  expect.that(
    difference === undefined,
    `the outputs that come ${other.form.words}`,
    `${form.words}: ${difference ?? ""}`,
  );
}

/** What metadata tells of a model, with what is left out or null as nothing. */
export interface Description {
  readonly platform: string;
  readonly versions: readonly string[];
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

/** What both transports tell of a model; undecided where one of them does not. */
export async function describedBoth(
  context: CheckContext,
  model: ModelInfo,
): Promise<{ readonly rest: Description; readonly grpc: Description }> {
  const message = answerOf(given, "ModelMetadata", await context.send(call("ModelMetadata", { name: model.name })));
  const exchange = await context.send(get(modelPath(model.name)));
  given.status(exchange, 200);
  const { platform, versions, inputs, outputs } = given.object(exchange);
  return {
    grpc: { ...message, inputs: message.inputs.map(specOf), outputs: message.outputs.map(specOf) },
    rest: {
      platform: typeof platform === "string" ? platform : "",
      versions: list(versions, "versions").map(String),
      inputs: list(inputs, "inputs").map((each) => specOf(each as SpecLike)),
      outputs: list(outputs, "outputs").map((each) => specOf(each as SpecLike)),
    },
  };
}

type SpecLike = { readonly name: string; readonly datatype: string; readonly shape: readonly (bigint | number)[] };

function specOf({ name, datatype, shape }: SpecLike): TensorSpec {
  given.that(typeof name === "string" && Array.isArray(shape), "tensors with a name and a shape", "others");
  return { name, datatype, shape: shape.map(Number) };
}

function list(value: unknown, at: string): readonly unknown[] {
  given.that(value === undefined || value === null || Array.isArray(value), "a list", typeof value, `/${at}`);
  return (value as readonly unknown[] | null | undefined) ?? [];
}

/** What differs between two lists of tensors, whatever their order; undefined when nothing does. */
export function differenceOfSpecs(rest: readonly TensorSpec[], grpc: readonly TensorSpec[]): string | undefined {
  const shown = ({ name, datatype, shape }: TensorSpec) => `${name} ${datatype} [${shape.join(",")}]`;
  const texts = (specs: readonly TensorSpec[]) => specs.map(shown).toSorted().join("; ") || "none";
  return texts(rest) === texts(grpc) ? undefined : `REST ${texts(rest)}, gRPC ${texts(grpc)}`;
}

/** Whether a complete answer refuses its request. */
export function isRefusal(exchange: Exchange): boolean {
  if (exchange.request.protocol === "http") return (exchange.head?.status ?? 0) >= 400;
  const outcome = grpcOutcome(exchange);
  given.that(outcome.ok, "a gRPC status", describeAnswer(exchange));
  return outcome.code !== 0;
}

/** A complete success, and for an inference one with outputs. */
export function succeeded(exchange: Exchange): boolean {
  if (exchange.failure || !exchange.head || isBroken(exchange) || isRefusal(exchange)) return false;
  const endpoint = endpointOf(exchange.request);
  if (endpoint === "infer") {
    const split = splitAt(headerOf(exchange.head.headers, LENGTH_HEADER), bodyOf(exchange));
    return !("problem" in split) && listOf(split.json, "outputs").length > 0;
  }
  if (endpoint !== "ModelInfer") return true;
  const outcome = grpcOutcome(exchange);
  try {
    return (
      outcome.ok && decodeMessage("ModelInferResponse", outcome.messages[0] ?? new Uint8Array(0)).outputs.length > 0
    );
  } catch {
    // Bytes that are no response are no success.
    return false;
  }
}

function isBroken(exchange: Exchange): boolean {
  return exchange.request.protocol === "grpc" && !grpcOutcome(exchange).ok;
}
