import {
  type Encodable,
  isDatatype,
  type ModelInferResponse,
  tensorsFromInferResponse,
  tensorToContents,
  toRaw,
} from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import { mutant, onReply, onResponse } from "./rewrite.ts";

const legal = (each: Mutant): Mutant => ({ ...each, id: each.id.replace(":", "~") });

function inForm(response: ModelInferResponse, form: "typed" | "raw"): Encodable<ModelInferResponse> {
  const read = tensorsFromInferResponse(response);
  const half = response.outputs.some(({ datatype }) => datatype === "FP16" || datatype === "BF16");
  if (!read.ok || (half && form === "typed")) return response;
  return {
    ...response,
    outputs: read.tensors.map((tensor) => ({
      name: tensor.name,
      datatype: tensor.datatype,
      shape: tensor.shape,
      ...(form === "typed" && isDatatype(tensor.datatype) && { contents: tensorToContents(tensor) }),
    })),
    raw_output_contents: form === "raw" ? read.tensors.map(toRaw) : [],
  };
}

/** Deviations that the specification allows. */
export const legalVariants: readonly Mutant[] = [
  onResponse("always-typed", "answers in typed form whatever the request had", "ModelInfer", (response) =>
    inForm(response, "typed"),
  ),
  onResponse("always-raw", "answers in raw form whatever the request had", "ModelInfer", (response) =>
    inForm(response, "raw"),
  ),
  onReply("extra-fields", "adds fields that the protocol does not know", ({ reply }) =>
    reply.status === 0
      ? {
          ...reply,
          messages: reply.messages.map((message) => Buffer.concat([message, Uint8Array.of(0x80, 0x7d, 0x01)])),
        }
      : undefined,
  ),
  onReply("extra-trailers", "sends trailers and metadata of its own", ({ reply }) => ({
    ...reply,
    headers: [["x-model-ms", "3"]],
    trailers: [["x-queue-ms", "1"]],
  })),
  onReply("names-its-encoding", "says application/grpc+proto", ({ reply }) => ({
    ...reply,
    headers: [["content-type", "application/grpc+proto"]],
  })),
  onReply(
    "invalid-argument-for-unknown-models",
    "answers INVALID_ARGUMENT where others answer NOT_FOUND",
    ({ reply }) => (reply.status === 5 ? { ...reply, status: 3 } : undefined),
  ),
  onReply(
    "not-found-for-readiness",
    "answers NOT_FOUND to the readiness of what does not exist",
    ({ method, reply }) =>
      method === "ModelReady" && reply.status === 0 && (reply.messages[0]?.length ?? 0) === 0
        ? { ...reply, status: 5, message: "no such model", messages: [] }
        : undefined,
  ),
  onReply("forgets-what-is-unloaded", "answers NOT_FOUND for a model that was unloaded", ({ reply }) =>
    reply.status === 14 ? { ...reply, status: 5 } : undefined,
  ),
  onResponse("an-id-of-its-own", "makes up an id when there was none", "ModelInfer", (response) => ({
    ...response,
    id: response.id === "" ? "generated-1" : response.id,
  })),
  onResponse("properties-in-metadata", "adds properties to model metadata", "ModelMetadata", (response) => ({
    ...response,
    properties: { build: "1" },
  })),
  mutant("slow", "yields several times before it answers", (handler) => async (request, world) => {
    for (let i = 0; i < 5; i++) await new Promise<void>((resolve) => setImmediate(resolve));
    return handler(request, world);
  }),
].map(legal);
