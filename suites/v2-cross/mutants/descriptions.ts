import type { JsonValue } from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import { mutant, onObject, onResponse } from "./rewrite.ts";

const MODEL_METADATA = /^\/v2\/models\/[^/]+$/;

/** Faults in what one transport tells of the server and its models. */
export const descriptionMutants: readonly Mutant[] = [
  onResponse("grpc-tells-another-version", "tells another version of itself over gRPC", "ServerMetadata", (told) => ({
    ...told,
    version: `${told.version}+grpc`,
  })),
  onResponse("grpc-lists-no-extensions", "lists no extensions over gRPC", "ServerMetadata", (told) => ({
    ...told,
    extensions: [],
  })),
  onResponse("grpc-tells-another-platform", "tells another platform over gRPC", "ModelMetadata", (told) => ({
    ...told,
    platform: "grpc",
  })),
  onResponse("grpc-tells-fixed-dimensions", "tells 1 over gRPC where dimensions vary", "ModelMetadata", (told) => ({
    ...told,
    outputs: told.outputs.map((spec) => ({ ...spec, shape: spec.shape.map((size) => (size < 0n ? 1n : size)) })),
  })),
  onObject(
    "rest-hides-an-output",
    "leaves the last of several outputs out of metadata over REST",
    MODEL_METADATA,
    (body) => {
      const outputs = body["outputs"] as readonly JsonValue[];
      return { ...body, outputs: outputs.length > 1 ? outputs.slice(0, -1) : outputs };
    },
  ),
  onObject("rest-lists-other-versions", "lists a version too many over REST", MODEL_METADATA, (body) => ({
    ...body,
    versions: [...(body["versions"] as readonly JsonValue[]), "77"],
  })),
  onResponse("grpc-is-never-ready", "says over gRPC that the server is not ready", "ServerReady", () => ({
    ready: false,
  })),
  onResponse("grpc-has-every-model-ready", "says over gRPC that any model is ready", "ModelReady", () => ({
    ready: true,
  })),
  mutant("rest-loads-lazily", "says over REST that no model is ready", (handler) => async (request, world) => {
    const reply = await handler(request, world);
    const asked = request.protocol === "http" && /^\/v2\/models\/[^/]+\/ready$/.test(request.path);
    return asked && reply?.protocol === "http" && reply.status === 200 ? { ...reply, status: 503 } : reply;
  }),
];
