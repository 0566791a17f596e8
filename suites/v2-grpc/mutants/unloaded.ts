import { encodeMessage } from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import { methodOf, mutant, onReply, onResponse, requestMessage } from "./rewrite.ts";

/** Faults of a runtime with a model that was unloaded. */
export const unloadedMutants: readonly Mutant[] = [
  onResponse(
    "unloaded-stays-ready",
    "says that a model which was unloaded is ready",
    "ModelReady",
    (response, { name }, world) => (world.notReady.has(name) ? { ready: true } : response),
  ),
  onReply("zeros-while-unloaded", "answers zeros for a model which was unloaded", ({ request, method, world }) => {
    if (method !== "ModelInfer") return undefined;
    const { model_name } = requestMessage("ModelInfer", request);
    if (!world.notReady.has(model_name)) return undefined;
    const outputs = [{ name: "OUTPUT0", datatype: "FP32", shape: [1, 2], contents: { fp32_contents: [0, 0] } }];
    return { protocol: "grpc", status: 0, messages: [encodeMessage("ModelInferResponse", { model_name, outputs })] };
  }),
  mutant("loads-for-an-inference", "loads a model which was unloaded when an inference comes", (handler) => {
    return (request, world) => {
      if (request.protocol === "grpc" && methodOf(request) === "ModelInfer")
        world.notReady.delete(requestMessage("ModelInfer", request).model_name);
      return handler(request, world);
    };
  }),
];
