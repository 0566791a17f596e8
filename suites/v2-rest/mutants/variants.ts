import type { HttpReply, Mutant } from "../../../src/reference/handler.ts";
import { type Body, jsonReply, mapMembers, onReply, onSuccess, without } from "./rewrite.ts";

const legal = (mutant: Mutant): Mutant => ({ ...mutant, id: mutant.id.replace(":", "~") });

const reversed = (body: Body): Body => Object.fromEntries(Object.entries(body).toReversed());

function pretty(reply: HttpReply): HttpReply {
  // Re-indenting by hand keeps the numbers' text.
  const text = new TextDecoder().decode(reply.body).replace(/([[{,])(?=(?:[^"\\]|\\.|"(?:[^"\\]|\\.)*")*$)/g, "$1\n  ");
  return { ...reply, body: new TextEncoder().encode(`${text}\n`) };
}

/** Deviations that the specification allows. */
export const legalVariants: readonly Mutant[] = [
  onSuccess("extra-response-members", "adds members that the specification does not name", "infer", (body) => ({
    ...body,
    took_ms: 1,
    parameters: { cached: false },
  })),
  onSuccess("extra-metadata-members", "adds members to model metadata", "model-metadata", (body) => ({
    ...body,
    max_batch_size: 8,
    parameters: {},
  })),
  onSuccess("members-in-another-order", "sends members in another order", "infer", (body) =>
    reversed(mapMembers(body, "outputs", (output) => reversed(output))),
  ),
  onReply("pretty-printed", "pretty-prints its JSON", ({ reply }) =>
    reply.body.length > 0 ? pretty(reply) : undefined,
  ),
  onReply("chunked-answers", "sends bodies chunked", ({ reply }) => ({ ...reply, contentLength: "none" })),
  onReply("content-type-with-charset", "says application/json; charset=utf-8", ({ reply }) => ({
    ...reply,
    headers: [["Content-Type", "application/json; charset=utf-8"]],
  })),
  onReply("400-for-unknown-models", "answers 400 where others answer 404", ({ reply }) =>
    reply.status === 404 ? { ...reply, status: 400 } : undefined,
  ),
  onReply("422-for-bad-requests", "answers 422 to requests that are not valid", ({ reply, endpoint }) =>
    endpoint === "infer" && reply.status === 400 ? { ...reply, status: 422 } : undefined,
  ),
  onReply("forgets-what-is-unloaded", "answers 404 for a model that was unloaded", ({ reply, endpoint }) =>
    endpoint !== "ready" && reply.status === 503 ? jsonReply(404, { error: "there is no such model" }) : undefined,
  ),
  onReply("ready-without-what-is-unloaded", "is ready without a model that was unloaded", ({ reply, endpoint }) =>
    endpoint === "ready" && reply.status === 503 ? jsonReply(200, { ready: true }) : undefined,
  ),
  onReply("empty-health-bodies", "sends no health bodies", ({ endpoint, reply }) =>
    endpoint === "live" || endpoint === "ready" || endpoint === "model-ready"
      ? { ...reply, headers: [], body: new Uint8Array(0) }
      : undefined,
  ),
  onSuccess("ready-body-says-live", 'sends {"live":true} for ready', "ready", () => ({ live: true })),
  onSuccess("no-model-version", "leaves model_version out", "infer", (body) => without(body, "model_version")),
  onSuccess("no-versions-in-metadata", "leaves versions out of metadata", "model-metadata", (body) =>
    without(body, "versions"),
  ),
  onSuccess("an-id-of-its-own", "makes up an id when there was none", "infer", (body) =>
    "id" in body ? body : { ...body, id: "generated-1" },
  ),
  onSuccess("nested-data", "sends data nested like its shape", "infer", (body) =>
    mapMembers(body, "outputs", (output) => ({ ...output, data: nested(output) })),
  ),
  onReply(
    "500-for-a-failing-model",
    "answers bad requests with a JSON error and more members",
    ({ endpoint, reply }) =>
      endpoint === "infer" && reply.status >= 400
        ? jsonReply(reply.status, { error: "invalid request", code: "INVALID", trace: null })
        : undefined,
  ),
  onReply("slow", "yields several times before it answers", async () => {
    for (let i = 0; i < 5; i++) await new Promise<void>((resolve) => setImmediate(resolve));
    return undefined;
  }),
].map(legal);

function nested({ shape, data }: Body): unknown {
  const [rows = 0] = (shape as readonly { text: string }[]).map(({ text }) => Number(text));
  const flat = data as readonly unknown[];
  if ((shape as readonly unknown[]).length < 2 || rows === 0) return flat;
  const width = flat.length / rows;
  return Array.from({ length: rows }, (_, row) => flat.slice(row * width, (row + 1) * width));
}
