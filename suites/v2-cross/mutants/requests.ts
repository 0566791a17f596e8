import { isDatatype, JsonNumber, type JsonValue, memberOf, textIn } from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import { membersOf, onInferJson, onRequest, sizeIn, without } from "./rewrite.ts";

const FP32_BYTES = 4;

function countOf(input: JsonValue): number {
  const shape = memberOf(input, "shape") as readonly JsonNumber[];
  return shape.reduce((product, { text }) => product * Number(text), 1);
}

function padded(bytes: Uint8Array, size: number): Uint8Array {
  const longer = new Uint8Array(Math.max(size, bytes.length));
  longer.set(bytes);
  return longer;
}

/** Faults in which requests one transport takes, and in how it reads them. */
export const requestMutants: readonly Mutant[] = [
  onRequest("grpc-ignores-the-version", "ignores the version over gRPC", "ModelInfer", (message) => ({
    ...message,
    model_version: "",
  })),
  onRequest(
    "grpc-takes-any-datatype",
    "takes a datatype that it does not know for FP32 over gRPC",
    "ModelInfer",
    (message) => ({
      ...message,
      inputs: message.inputs.map((input) => (isDatatype(input.datatype) ? input : { ...input, datatype: "FP32" })),
    }),
  ),
  onRequest(
    "grpc-binds-inputs-by-position",
    "binds inputs by their position over gRPC",
    "ModelInfer",
    (message, world) => {
      const specs = world.models.get(message.model_name)?.inputs ?? [];
      return {
        ...message,
        inputs: message.inputs.map((input, index) => ({ ...input, name: specs[index]?.name ?? input.name })),
      };
    },
  ),
  onInferJson(
    "json-ignores-unknown-outputs",
    "ignores outputs that it does not know in JSON requests",
    "JSON",
    (json) => {
      const asked = (json["outputs"] ?? []) as readonly JsonValue[];
      return {
        json: { ...json, outputs: asked.filter((output) => textIn(output, "name").startsWith("OUTPUT")) },
      };
    },
  ),
  onInferJson("binary-fills-up-short-inputs", "fills up short binary inputs with zeros", "binary", (json, rest) => {
    const [input, ...others] = (json["inputs"] ?? []) as readonly JsonValue[];
    const size =
      input && others.length === 0 && memberOf(input, "datatype") === "FP32" ? FP32_BYTES * countOf(input) : 0;
    if (!input || size <= (sizeIn(input) ?? size)) return { json };
    const parameters = { binary_data_size: size };
    return { json: { ...json, inputs: [{ ...membersOf(input), parameters }] }, rest: padded(rest, size) };
  }),
  onInferJson("binary-drops-the-id", "drops the id of requests with binary data", "binary", (json) => ({
    json: without(json, "id"),
  })),
];
