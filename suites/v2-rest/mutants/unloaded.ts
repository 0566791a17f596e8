import type { Mutant } from "../../../src/reference/handler.ts";
import type { World } from "../../../src/reference/world.ts";
import { endpointFor, type HttpReferenceRequest, jsonReply, mutant, onReply } from "./rewrite.ts";

const modelIn = ({ path }: HttpReferenceRequest) => decodeURIComponent(path.split("/")[3] ?? "");

function isUnloaded(request: HttpReferenceRequest, world: World): boolean {
  return world.notReady.has(modelIn(request));
}

/** Faults of a runtime with a model that was unloaded. */
export const unloadedMutants: readonly Mutant[] = [
  onReply("unloaded-stays-ready", "says that a model which was unloaded is ready", ({ endpoint, request, world }) =>
    endpoint === "model-ready" && isUnloaded(request, world)
      ? jsonReply(200, { name: modelIn(request), ready: true })
      : undefined,
  ),
  onReply(
    "unloaded-is-200-false",
    'answers 200 with {"ready":false} for a model which was unloaded',
    ({ endpoint, request, world }) =>
      endpoint === "model-ready" && isUnloaded(request, world)
        ? jsonReply(200, { name: modelIn(request), ready: false })
        : undefined,
  ),
  onReply("zeros-while-unloaded", "answers zeros for a model which was unloaded", ({ endpoint, request, world }) => {
    if (endpoint !== "infer" || !isUnloaded(request, world)) return undefined;
    const output = { name: "OUTPUT0", datatype: "FP32", shape: [1, 2], data: [0, 0] };
    return jsonReply(200, { model_name: modelIn(request), outputs: [output] });
  }),
  mutant("loads-for-an-inference", "loads a model which was unloaded when an inference comes", (handler) => {
    return (request, world) => {
      if (request.protocol === "http" && endpointFor(request) === "infer") world.notReady.delete(modelIn(request));
      return handler(request, world);
    };
  }),
];
