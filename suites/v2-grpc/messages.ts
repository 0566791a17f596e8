import {
  type Accept,
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
  inferRequestMessage,
  type Judge,
  type ModelInferRequest,
  type ModelInferResponse,
  type ModelInfo,
  messageOf,
  type OipMessages,
  synthesise,
  type Tensor,
  tensorsFromInferResponse,
  type WireRequest,
} from "#kit";

export type Method = "ServerLive" | "ServerReady" | "ModelReady" | "ServerMetadata" | "ModelMetadata" | "ModelInfer";

type RequestOf<M extends Method> = Encodable<OipMessages[`${M}Request`]>;
type ResponseOf<M extends Method> = OipMessages[`${M}Response`];

/** The method of this service that a request calls. */
export function endpointOf(request: WireRequest): Method | undefined {
  if (request.protocol !== "grpc") return undefined;
  return /^\/inference\.GRPCInferenceService\/(ServerLive|ServerReady|ModelReady|ServerMetadata|ModelMetadata|ModelInfer)$/.exec(
    request.path,
  )?.[1] as Method | undefined;
}

/** A call of a method. */
export function call<M extends Method>(method: M, message: RequestOf<M>): GrpcRequest {
  return callBytes(method, encodeMessage(`${method}Request`, message as never));
}

/** A call whose message is these bytes. */
export function callBytes(method: Method, message: Uint8Array): GrpcRequest {
  return { protocol: "grpc", path: grpcPath(method), metadata: [], messages: [message] };
}

type InferOptions = Partial<Omit<Parameters<typeof inferRequestMessage>[0], "model" | "inputs">>;

/** An inference call; typed unless `form` says raw. */
export function infer(model: string, inputs: readonly Tensor[], options: InferOptions = {}): GrpcRequest {
  return call("ModelInfer", inferRequestMessage({ model, inputs, form: formFor(inputs), ...options }));
}

/** An inference call whose message is changed before it is encoded. */
export function inferWith(
  model: string,
  inputs: readonly Tensor[],
  change: (message: Encodable<ModelInferRequest>) => Encodable<ModelInferRequest>,
  options: InferOptions = {},
): GrpcRequest {
  return call("ModelInfer", change(inferRequestMessage({ model, inputs, form: formFor(inputs), ...options })));
}

/** Half-precision floats have no typed field. */
function formFor(inputs: readonly Tensor[]): "typed" | "raw" {
  return inputs.some(({ datatype }) => datatype === "FP16" || datatype === "BF16") ? "raw" : "typed";
}

/** Valid tensors for a model; undecided when its inputs are not known. */
export function goodTensors({ random }: CheckContext, model: ModelInfo, batch?: number): readonly Tensor[] {
  given.that(model.inputs.length > 0 || model.sample, "a model whose inputs are known", `no inputs of ${model.name}`);
  return synthesise(model, { random, ...(batch !== undefined && { batch }) });
}

/** A valid inference on the model under test, or on `model`. */
export function goodInfer(context: CheckContext, model: ModelInfo = context.model): GrpcRequest {
  return infer(model.name, goodTensors(context, model));
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

/** The tensors of a successful inference, whether typed or raw. */
export function outputsOf(judge: Judge, exchange: Exchange): readonly Tensor[] {
  const read = tensorsFromInferResponse(answerOf(judge, "ModelInfer", exchange));
  if (!read.ok) judge.that(false, "outputs that can be read", read.problem);
  return (read as { tensors: readonly Tensor[] }).tensors;
}

/** The output of that name. */
export function outputNamed(judge: Judge, outputs: readonly Tensor[], name: string): Tensor {
  const found = outputs.find((output) => output.name === name);
  judge.that(found, `an output ${name}`, `outputs ${outputs.map((output) => output.name).join(", ") || "none"}`);
  return found;
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

/** Presupposes that the target serves: a good inference returns outputs. */
export async function givenServes(context: CheckContext): Promise<ModelInferResponse> {
  const answer = answerOf(given, "ModelInfer", await context.send(goodInfer(context)));
  given.that(answer.outputs.length > 0, "an inference with outputs", "none");
  return answer;
}

const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
/** What blames the caller. */
const CLIENT_FAULT = new Set([INVALID_ARGUMENT, 9, 11, 12]);

/** The status of a proper gRPC answer. What is no such answer is judged once, over all answers. */
export function statusOf(judge: Judge, exchange: Exchange): number {
  const outcome = grpcOutcome(exchange);
  judge.that(outcome.ok, "a gRPC status", describeAnswer(exchange));
  return outcome.code;
}

/** Any status but OK refuses; those that are not among `fine` warn. */
export function refusedWith(fine: ReadonlySet<number>, what: string): Accept {
  return (answer, { context }) => {
    const code = statusOf(given, answer);
    expect.that(code !== 0, "a status other than OK", describeAnswer(answer));
    if (!fine.has(code)) context.warn(`${what} is answered with ${describeAnswer(answer)}`);
  };
}

/** A client fault: a code that blames the client is right, others warn, OK accepts the request. */
export const refusesClientFault: Accept = refusedWith(CLIENT_FAULT, "a client's fault");

/** Something that does not exist: NOT_FOUND or INVALID_ARGUMENT is right, others warn, OK invents it. */
export const refusesUnknown: Accept = refusedWith(
  new Set([NOT_FOUND, INVALID_ARGUMENT]),
  "something that does not exist",
);

/** OK with a message that is not empty, and for an inference one with outputs: a server that answers OK to everything has not succeeded. */
export function succeeded(exchange: Exchange): boolean {
  const outcome = grpcOutcome(exchange);
  const [message] = outcome.ok && outcome.code === 0 ? outcome.messages : [];
  if (!message || message.length === 0) return false;
  if (endpointOf(exchange.request) !== "ModelInfer") return true;
  try {
    return decodeMessage("ModelInferResponse", message).outputs.length > 0;
  } catch {
    // Bytes that are no response are no success; the check that is about them says so.
    return false;
  }
}
