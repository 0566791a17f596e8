import type { Mutant } from "../../../src/reference/handler.ts";
import { type Body, jsonReply, mapMembers, onReply, onRequest, onSuccess, without } from "./rewrite.ts";

const NUMPY: Readonly<Record<string, string>> = {
  FP32: "float32",
  INT32: "int32",
  INT64: "int64",
  BYTES: "object",
  BOOL: "bool",
};

/** The datatype as numpy would spell it. */
export function numpyName(datatype: unknown): string {
  return NUMPY[String(datatype)] ?? String(datatype).toLowerCase();
}

const tensors = (body: Body, change: (tensor: Body) => unknown) =>
  mapMembers(mapMembers(body, "inputs", change), "outputs", change);

export const metadataMutants: readonly Mutant[] = [
  onReply("no-server-metadata", "leaves GET /v2 unrouted", ({ endpoint }) =>
    endpoint === "server-metadata" ? jsonReply(404, { error: "no route" }) : undefined,
  ),
  onSuccess("drops-extensions", "leaves extensions out of server metadata", "server-metadata", (body) =>
    without(body, "extensions"),
  ),
  onSuccess("extensions-as-string", "sends extensions as one string", "server-metadata", (body) => ({
    ...body,
    extensions: "binary_tensor_data",
  })),
  onReply("metadata-204", "answers model metadata with 204", ({ endpoint, reply }) =>
    endpoint === "model-metadata" && reply.status === 200
      ? { ...reply, status: 204, headers: [], body: new Uint8Array(0) }
      : undefined,
  ),
  onSuccess("omits-platform", "leaves platform out of model metadata", "model-metadata", (body) =>
    without(body, "platform"),
  ),
  onSuccess("omits-outputs", "leaves outputs out of model metadata", "model-metadata", (body) =>
    without(body, "outputs"),
  ),
  onSuccess("artefact-name", "gives the name of the file on disk as the model's name", "model-metadata", (body) => ({
    ...body,
    name: `${String(body["name"])}.bin`,
  })),
  onSuccess("numeric-versions", "lists versions as numbers", "model-metadata", (body) => ({
    ...body,
    versions: (body["versions"] as string[]).map(Number),
  })),
  onSuccess("dtype-for-datatype", "says dtype for datatype", "model-metadata", (body) =>
    tensors(body, ({ datatype, ...rest }) => ({ ...rest, dtype: datatype })),
  ),
  onSuccess("numpy-datatypes-in-metadata", "spells datatypes as numpy does in metadata", "model-metadata", (body) =>
    tensors(body, (tensor) => ({ ...tensor, datatype: numpyName(tensor["datatype"]) })),
  ),
  onSuccess("null-dimensions", "shows a variable dimension as null", "model-metadata", (body) =>
    tensors(body, (tensor) => ({
      ...tensor,
      shape: (tensor["shape"] as { text: string }[]).map((dimension) => (dimension.text === "-1" ? null : dimension)),
    })),
  ),
  onSuccess("nested-properties", "nests an object under properties", "model-metadata", (body) => ({
    ...body,
    properties: { build: { commit: "1" } },
  })),
  onReply(
    "metadata-for-any-name",
    "answers metadata with empty tensors for any name",
    ({ endpoint, request, reply }) =>
      endpoint === "model-metadata" && reply.status === 404 && !request.path.includes("/versions/")
        ? jsonReply(200, {
            name: decodeURIComponent(request.path.split("/")[3] ?? ""),
            platform: "",
            inputs: [],
            outputs: [],
          })
        : undefined,
  ),
  onReply("metadata-error-under-message", "reports metadata errors under message and code", ({ endpoint, reply }) =>
    endpoint === "model-metadata" && reply.status >= 400
      ? jsonReply(reply.status, { message: "no such model", code: reply.status })
      : undefined,
  ),
  onRequest("metadata-ignores-the-version", "answers metadata of the latest version for any version", (request) => ({
    ...request,
    path: request.path.replace(/\/versions\/[^/]+$/, ""),
  })),
  onSuccess("metadata-lies-about-outputs", "declares FP64 outputs and returns others", "model-metadata", (body) =>
    mapMembers(body, "outputs", (tensor) => ({ ...tensor, datatype: "FP64" })),
  ),
  onSuccess("metadata-leaves-out-an-input", "leaves the second input out of metadata", "model-metadata", (body) => ({
    ...body,
    inputs: (body["inputs"] as unknown[]).slice(0, 1),
  })),
];
