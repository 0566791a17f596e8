import { decodeMessage, encodeMessage } from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import { metadataValue, methodOf, mutant, onReply, onRequest, onResponse, requestMessage, status } from "./rewrite.ts";

const dropped = { ...status(13, ""), fault: "die" } as const;

export const serviceMutants: readonly Mutant[] = [
  onReply("service-in-another-package", "registers the service under another package", () =>
    status(12, "unknown service inference.GRPCInferenceService"),
  ),
  onReply(
    "refuses-offered-compression",
    "refuses calls whose client offers to read compressed answers",
    ({ request }) =>
      metadataValue(request, "grpc-accept-encoding") === undefined
        ? undefined
        : status(13, "compression is not supported"),
  ),
  onReply("errors-as-http-400", "answers failures with HTTP 400 and JSON, as a gateway would", ({ reply }) =>
    reply.status === 0 ? undefined : { ...reply, httpStatus: 400, headers: [["content-type", "application/json"]] },
  ),
  onReply("errors-without-message", "sends no message with its errors", ({ reply }) =>
    reply.status === 0 ? undefined : { ...reply, message: "" },
  ),
  onReply("refuses-unknown-fields", "refuses messages with fields that it does not know", ({ request, method }) => {
    const [message] = request.messages;
    if (method !== "ModelInfer" || !message) return undefined;
    const known = encodeMessage("ModelInferRequest", decodeMessage("ModelInferRequest", message));
    return known.length < message.length ? status(3, "unknown field") : undefined;
  }),
  onRequest(
    "lower-cases-model-names",
    "lower-cases model names before it looks them up",
    "ModelMetadata",
    (message) => ({ ...message, name: message.name.toLowerCase() }),
  ),
  {
    ...mutant(
      "shares-the-id",
      "keeps the last id in a shared variable and gives it to everyone",
      (handler) => async (request, world) => {
        if (request.protocol !== "grpc" || methodOf(request) !== "ModelInfer") return handler(request, world);
        const message = requestMessage("ModelInfer", request);
        if (message.id === "") return handler(request, world);
        world.memory.set("id", message.id);
        await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
        const mixed = encodeMessage("ModelInferRequest", { ...message, id: world.memory.get("id") as string });
        return handler({ ...request, messages: [mixed] }, world);
      },
    ),
    // Who shares an id depends on what else is in flight, so only the check about that is asked.
    only: ["v2-grpc/concurrent-inferences-do-not-mix"],
  },
  onReply("dies-on-short-raw-data", "dies when raw data is shorter than its shape", ({ request, method }) => {
    if (method !== "ModelInfer") return undefined;
    const { inputs, raw_input_contents: raw } = requestMessage("ModelInfer", request);
    return raw.some((entry, index) => inputs[index]?.datatype === "FP32" && entry.length % 4 === 3)
      ? dropped
      : undefined;
  }),
  mutant(
    "stops-serving-after-empty-contents",
    "fails every inference after one without contents",
    (handler) => async (request, world) => {
      const reply = await handler(request, world);
      if (request.protocol !== "grpc" || methodOf(request) !== "ModelInfer") return reply;
      if (world.memory.get("stuck")) return status(13, "the worker is gone");
      const { inputs, raw_input_contents: raw } = requestMessage("ModelInfer", request);
      if (raw.length === 0 && inputs.length > 0 && inputs.every(({ contents }) => contents === undefined))
        world.memory.set("stuck", true);
      return reply;
    },
  ),
  onResponse("live-left-at-default", "leaves live at its default", "ServerLive", () => ({})),
  onResponse("never-ready", "says for ever that the server is not ready", "ServerReady", () => ({ ready: false })),
  onResponse("no-model-is-ready", "says of every model that it is not ready", "ModelReady", () => ({ ready: false })),
  onResponse("every-model-is-ready", "says that any model is ready", "ModelReady", (response, { version }) =>
    version === "" ? { ready: true } : response,
  ),
  onRequest("ready-ignores-the-version", "ignores the version in ModelReady", "ModelReady", (message) => ({
    ...message,
    version: "",
  })),
];
