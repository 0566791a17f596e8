import { encodeMessage } from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import { onReply, onRequest, onResponse, requestMessage, status } from "./rewrite.ts";

const NUMPY: Readonly<Record<string, string>> = {
  FP32: "float32",
  INT32: "int32",
  INT64: "int64",
  BYTES: "object",
  BOOL: "bool",
};

/** The datatype as numpy would spell it. */
export function numpyName(datatype: string): string {
  return NUMPY[datatype] ?? datatype.toLowerCase();
}

export const metadataMutants: readonly Mutant[] = [
  onReply("no-server-metadata", "leaves ServerMetadata unimplemented", ({ method }) =>
    method === "ServerMetadata" ? status(12, "not implemented") : undefined,
  ),
  onResponse("server-without-name", "leaves the name of the server empty", "ServerMetadata", (response) => ({
    ...response,
    name: "",
  })),
  onResponse(
    "artefact-name",
    "gives the name of the file on disk as the model's name",
    "ModelMetadata",
    (response) => ({ ...response, name: `${response.name}.bin` }),
  ),
  onResponse("metadata-without-outputs", "lists no outputs in metadata", "ModelMetadata", (response) => ({
    ...response,
    outputs: [],
  })),
  onResponse("metadata-lists-one-input", "lists only the first input in metadata", "ModelMetadata", (response) => ({
    ...response,
    inputs: response.inputs.slice(0, 1),
  })),
  onResponse("metadata-lies-about-inputs", "declares FP32 inputs and takes INT32", "ModelMetadata", (response) => ({
    ...response,
    inputs: response.inputs.map((tensor) => (tensor.datatype === "INT32" ? { ...tensor, datatype: "FP32" } : tensor)),
  })),
  onResponse("zero-for-variable-dimensions", "shows a variable dimension as 0", "ModelMetadata", (response) => ({
    ...response,
    inputs: response.inputs.map((tensor) => ({
      ...tensor,
      shape: tensor.shape.map((size) => (size === -1n ? 0n : size)),
    })),
  })),
  onReply("metadata-for-any-name", "answers metadata for any name", ({ method, request, reply }) => {
    if (method !== "ModelMetadata" || reply.status === 0) return undefined;
    const { name, version } = requestMessage("ModelMetadata", request);
    if (version !== "") return undefined;
    return { ...reply, status: 0, messages: [encodeMessage("ModelMetadataResponse", { name, platform: "any" })] };
  }),
  onRequest(
    "metadata-ignores-the-version",
    "answers metadata of the latest version for any version",
    "ModelMetadata",
    (message) => ({ ...message, version: "" }),
  ),
  onResponse(
    "metadata-lies-about-outputs",
    "declares FP64 outputs and returns others",
    "ModelMetadata",
    (response) => ({
      ...response,
      outputs: response.outputs.map((tensor) => ({ ...tensor, datatype: "FP64" })),
    }),
  ),
  onResponse(
    "numpy-datatypes-in-metadata",
    "spells datatypes as numpy does in metadata",
    "ModelMetadata",
    (response) => ({
      ...response,
      inputs: response.inputs.map((tensor) => ({ ...tensor, datatype: numpyName(tensor.datatype) })),
      outputs: response.outputs.map((tensor) => ({ ...tensor, datatype: numpyName(tensor.datatype) })),
    }),
  ),
];
