import type { HttpRequest } from "../transport/index.ts";
import type { ModelInfo } from "./model.ts";

/** The fixture model whose generated text is known: the capitals of its input, a token for each word. */
export const TEXT_MODEL = "text";

/** The model that text is generated with: the fixture `text` where the target serves it, else the model under test. */
export function textModel(models: readonly ModelInfo[]): ModelInfo | undefined {
  return models.find(({ name, fixture }) => fixture && name === TEXT_MODEL) ?? models[0];
}

/** The path of text generation: of the last version that the model lists, without a version where it lists none. */
export function generatePath({ name, versions }: ModelInfo, verb: "generate" | "generate_stream"): string {
  const version = versions.at(-1);
  const within = version === undefined ? "" : `/versions/${encodeURIComponent(version)}`;
  return `/v2/models/${encodeURIComponent(name)}${within}/${verb}`;
}

/** POST of a body to text generation, to be answered in one piece or as a stream of events. */
export function generateRequest(model: ModelInfo, body: Uint8Array, stream = false): HttpRequest {
  return {
    protocol: "http",
    method: "POST",
    path: generatePath(model, stream ? "generate_stream" : "generate"),
    headers: [
      ["content-type", "application/json"],
      ["accept", stream ? "text/event-stream" : "application/json"],
    ],
    body,
  };
}
