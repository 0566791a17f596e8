import { writeEvent, writeJson } from "#kit";
import type { Handler, HttpReply, ReferenceRequest } from "../../src/reference/handler.ts";
import type { ReferenceModel, World } from "../../src/reference/world.ts";
import { type Endpoint, endpointOf } from "./messages.ts";
import { type Generation, InvalidInput, readGeneration } from "./reference-request.ts";

type HttpRequest = Extract<ReferenceRequest, { protocol: "http" }>;

/** A piece of generated text. */
interface Token {
  readonly id: number;
  readonly text: string;
  readonly logprob: number;
  readonly special: boolean;
}

interface Generated {
  readonly tokens: readonly Token[];
  readonly reason: "length" | "eos_token" | "stop_sequence";
}

/** Text generation as the reference runtime speaks it: what a model makes of a text, a token for each word. */
export const reference: Handler = async (request, world) => {
  if (request.protocol !== "http") return undefined;
  const { method, path } = request;
  const endpoint = endpointOf({ protocol: "http", method, path: path.split("?")[0] ?? "", headers: [] });
  if (endpoint === undefined) return undefined;
  if (method !== "POST") return problem(405, `${method} is not allowed here`, endpoint);
  return generate(request, world, endpoint);
};

async function generate(request: HttpRequest, world: World, endpoint: Endpoint): Promise<HttpReply> {
  const [, , , name = "", , asked] = (request.path.split("?")[0] ?? "").split("/").map(decodeURIComponent);
  const model = world.models.get(name);
  const version = request.path.includes("/versions/") ? asked : model?.versions.at(-1);
  if (!model || version === undefined || !model.versions.includes(version))
    return problem(404, `there is no model ${name} of this version`, endpoint);
  if (world.notReady.has(name)) return problem(503, `model ${name} is not ready`, endpoint);
  try {
    const call = readGeneration(request.body);
    const generated = tokensOf(await textBy(model, version, call.text), call);
    const named = { model_name: name, model_version: version };
    return endpoint === "generate" ? inOnePiece(generated, named, call) : asEvents(generated, named, call);
  } catch (thrown) {
    if (thrown instanceof InvalidInput) return problem(422, thrown.message, endpoint);
    if (thrown instanceof Error && thrown.name === "ModelError") return problem(424, thrown.message, endpoint);
    throw thrown;
  }
}

async function textBy(model: ReferenceModel, version: string, text: string): Promise<string> {
  const [input] = model.inputs;
  if (input?.datatype !== "BYTES") throw new InvalidInput(`model ${model.name} does not read text`);
  const tensor = { name: input.name, datatype: "BYTES", shape: [1, 1], values: [new TextEncoder().encode(text)] };
  const [output] = await model.infer({ version, inputs: [tensor], parameters: {} });
  return new TextDecoder().decode(output?.values[0] as Uint8Array | undefined);
}

/** The words of a text with the space before them, up to a stop sequence or as many as are asked for. */
function tokensOf(text: string, { maxTokens, stop }: Generation): Generated {
  const ends = stop.map((sequence) => text.indexOf(sequence)).filter((at) => at >= 0);
  const words = text.slice(0, ends.length > 0 ? Math.min(...ends) : undefined).match(/\s*\S+|\s+$/g) ?? [];
  const tokens = words.slice(0, maxTokens).map((word, index) => ({
    id: new TextEncoder().encode(word).reduce((sum, byte) => sum + byte, 0),
    text: word,
    logprob: -0.125 * (index + 1),
    special: false,
  }));
  if (words.length >= maxTokens) return { tokens, reason: "length" };
  return { tokens, reason: ends.length > 0 ? "stop_sequence" : "eos_token" };
}

type Named = { readonly model_name: string; readonly model_version: string };

function inOnePiece({ tokens, reason }: Generated, named: Named, { details }: Generation): HttpReply {
  return json(200, {
    text_output: tokens.map(({ text }) => text).join(""),
    ...named,
    ...(details && { details: { finish_reason: reason, logprobs: tokens } }),
  });
}

/** An event for each token; for no token, one event without text. */
function asEvents({ tokens, reason }: Generated, named: Named, { details }: Generation): HttpReply {
  const objects = tokens.map((token, index) => ({
    text_output: token.text,
    ...named,
    ...(details && { details: { ...(index === tokens.length - 1 && { finish_reason: reason }), token } }),
  }));
  return events(200, objects.length > 0 ? objects : [{ text_output: "", ...named }]);
}

function problem(status: number, error: string, endpoint: Endpoint): HttpReply {
  return endpoint === "generate" ? json(status, { error }) : events(status, [{ error }]);
}

function json(status: number, value: unknown): HttpReply {
  return {
    protocol: "http",
    status,
    headers: [["content-type", "application/json"]],
    body: new TextEncoder().encode(writeJson(value)),
  };
}

function events(status: number, objects: readonly object[]): HttpReply {
  const pieces = objects.map((object) => writeEvent(writeJson(object)));
  const body = new Uint8Array(Buffer.concat(pieces));
  let end = 0;
  const cuts = pieces.map((piece) => (end += piece.length));
  return { protocol: "http", status, headers: [["content-type", "text/event-stream"]], body, cuts };
}
