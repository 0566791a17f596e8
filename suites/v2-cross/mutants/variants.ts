import type { HttpReply, Mutant } from "../../../src/reference/handler.ts";
import { formOf, legal, mutant, onObject, onOutputs, onResponse, without } from "./rewrite.ts";

const MODEL_METADATA = /^\/v2\/models\/[^/]+$/;
const MAX_SAFE = 2n ** 53n;

const refused: HttpReply = {
  protocol: "http",
  status: 400,
  headers: [["content-type", "application/json"]],
  body: new TextEncoder().encode('{"error":"use binary data"}'),
};

/** A server that refuses JSON requests whose text fits. */
function refusesJson(id: string, does: string, fits: (body: string) => boolean): Mutant {
  return mutant(
    id,
    does,
    (handler) => async (request, world) =>
      request.protocol === "http" && formOf(request) === "JSON" && fits(Buffer.from(request.body).toString())
        ? refused
        : handler(request, world),
  );
}

const hasLargeInteger = (body: string) => [...body.matchAll(/\d{16,}/g)].some(([digits]) => BigInt(digits) > MAX_SAFE);

/** Adds to every float how often it was asked: no two answers are the same. */
const neverTheSame = onOutputs(
  "never-the-same",
  "answers no two requests alike",
  ["JSON", "binary", "typed", "raw"],
  (outputs, world) => {
    const asked = Number(world.memory.get("asked") ?? 0) + 1;
    world.memory.set("asked", asked);
    return outputs.map((tensor) => ({ ...tensor, values: tensor.values.map((value) => Number(value) + asked) }));
  },
);

/** Deviations that the protocol allows. */
export const legalVariants: readonly Mutant[] = [
  refusesJson("no-halves-in-json", "refuses half-precision floats in JSON", (body) => /"(FP16|BF16)"/.test(body)),
  refusesJson("no-large-integers-in-json", "refuses integers beyond 2^53 in JSON", hasLargeInteger),
  onResponse("grpc-orders-tensors-otherwise", "lists tensors in another order over gRPC", "ModelMetadata", (told) => ({
    ...told,
    inputs: told.inputs.toReversed(),
    outputs: told.outputs.toReversed(),
  })),
  onObject("rest-leaves-versions-out", "lists no versions over REST", MODEL_METADATA, (body) =>
    without(body, "versions"),
  ),
  mutant("unready-model-is-404", "answers 404 for models that are not ready", (handler) => async (request, world) => {
    const reply = await handler(request, world);
    return reply?.protocol === "http" && reply.status === 503 ? { ...reply, status: 404 } : reply;
  }),
  onOutputs("orders-outputs-otherwise", "lists outputs in another order over REST", ["JSON", "binary"], (outputs) =>
    outputs.toReversed(),
  ),
  { ...neverTheSame, only: ["v2-cross/any-model-gives-one-result"] },
].map(legal);
