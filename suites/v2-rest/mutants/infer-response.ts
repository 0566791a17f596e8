import { JsonNumber } from "#kit";
import type { Handler, Mutant } from "../../../src/reference/handler.ts";
import { numpyName } from "./metadata.ts";
import { type Body, jsonReply, mapMembers, mutant, onReply, onSuccess, requestBody, without } from "./rewrite.ts";

const numbersOf = (values: unknown) => (values as readonly JsonNumber[]).map(({ text }) => Number(text));

/** The data of each output with two or more dimensions, as a column-major reader would flatten it. */
function columnMajor(output: Body): Body {
  const [rows = 1, columns = 1] = numbersOf(output["shape"]);
  const data = output["data"] as unknown[];
  return {
    ...output,
    data: Array.from({ length: data.length }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]),
  };
}

/** A runtime without versions: metadata lists none, and none can be asked for. */
const withoutVersions = (handler: Handler): Handler => {
  const unlisted = onSuccess("", "", "model-metadata", (body) => without(body, "versions"));
  return unlisted.apply(async (request, world) =>
    request.path.includes("/versions/") ? jsonReply(404, { error: "there are no versions" }) : handler(request, world),
  );
};

export const inferResponseMutants: readonly Mutant[] = [
  {
    ...mutant("version-without-versions", "sends model_version although it has no versions", withoutVersions),
    // The target's models are known with their versions, so only the check about that is asked.
    only: ["v2-rest/servers-without-versions-send-none"],
  },
  onReply("infer-201", "answers a successful inference with 201", ({ endpoint, reply }) =>
    endpoint === "infer" && reply.status === 200 ? { ...reply, status: 201 } : undefined,
  ),
  onSuccess("drops-id", "leaves the id out of the response", "infer", (body) => without(body, "id")),
  onSuccess("fresh-id", "answers with an id of its own", "infer", (body) => ({
    ...body,
    id: "b2c6e1f0-0000-4000-8000-000000000000",
  })),
  onSuccess("id-in-parameters", "puts the id into the parameters", "infer", (body) =>
    body["id"] === undefined ? body : { ...without(body, "id"), parameters: { id: body["id"] } },
  ),
  onSuccess("id-zero", "answers with the number 0 as id when there was none", "infer", (body) =>
    "id" in body ? body : { ...body, id: 0 },
  ),
  onSuccess("bare-outputs-array", "answers with the array of outputs alone", "infer", (body) => body["outputs"]),
  onSuccess("omits-model-name", "leaves model_name out", "infer", (body) => without(body, "model_name")),
  onSuccess("names-another-model", "answers with the name of the file on disk", "infer", (body) => ({
    ...body,
    model_name: "model.bin",
  })),
  onSuccess("numeric-model-version", "sends model_version as a number", "infer", (body) => ({
    ...body,
    model_version: 1,
  })),
  onSuccess(
    "latest-version-whatever-ran",
    "reports the latest version whatever ran",
    "infer",
    (body, { request, world }) => ({
      ...body,
      model_version: world.models.get(request.path.split("/")[3] ?? "")?.versions.at(-1),
    }),
  ),
  onSuccess("outputs-by-name", "sends outputs as an object keyed by name", "infer", (body) => ({
    ...body,
    outputs: Object.fromEntries((body["outputs"] as Body[]).map((output) => [String(output["name"]), output])),
  })),
  onSuccess("omits-output-shape", "leaves the shape of outputs out", "infer", (body) =>
    mapMembers(body, "outputs", (output) => without(output, "shape")),
  ),
  onSuccess("minus-one-in-output-shape", "copies -1 from metadata into output shapes", "infer", (body) =>
    mapMembers(body, "outputs", (output) => ({ ...output, shape: [-1, ...(output["shape"] as unknown[]).slice(1)] })),
  ),
  onSuccess("shape-of-one-row", "sends the shape of one row with the data of all", "infer", (body) =>
    mapMembers(body, "outputs", (output) => ({ ...output, shape: [1, ...(output["shape"] as unknown[]).slice(1)] })),
  ),
  onSuccess("numpy-datatypes-in-outputs", "spells datatypes as numpy does in outputs", "infer", (body) =>
    mapMembers(body, "outputs", (output) => ({ ...output, datatype: numpyName(output["datatype"]) })),
  ),
  onSuccess("duplicates-the-first-output", "sends the first output twice", "infer", (body) => ({
    ...body,
    outputs: [(body["outputs"] as unknown[])[0], ...(body["outputs"] as unknown[])],
  })),
  onSuccess("parameters-as-list", "sends parameters as a list", "infer", (body) => ({ ...body, parameters: ["a"] })),
  onSuccess("booleans-as-letters", 'sends BOOL elements as "T" and "F"', "infer", (body) =>
    mapMembers(body, "outputs", (output) =>
      output["datatype"] === "BOOL"
        ? { ...output, data: (output["data"] as boolean[]).map((value) => (value ? "T" : "F")) }
        : output,
    ),
  ),
  onSuccess("column-major", "flattens outputs column by column", "infer", (body) =>
    mapMembers(body, "outputs", columnMajor),
  ),
  onSuccess("only-the-first-row", "answers only the first row of a batch", "infer", (body) =>
    mapMembers(body, "outputs", (output) => {
      const [rows = 1, ...inner] = numbersOf(output["shape"]);
      const data = output["data"] as unknown[];
      return { ...output, shape: [1, ...inner], data: data.slice(0, data.length / rows) };
    }),
  ),
  onSuccess("rows-reversed", "returns the rows of a batch in reverse order", "infer", (body) =>
    mapMembers(body, "outputs", (output) => {
      const [rows = 1] = numbersOf(output["shape"]);
      const data = output["data"] as unknown[];
      const width = data.length / rows;
      return {
        ...output,
        data: Array.from({ length: rows }, (_, row) =>
          data.slice((rows - 1 - row) * width, (rows - row) * width),
        ).flat(),
      };
    }),
  ),
  onSuccess(
    "only-the-first-output",
    "returns only the first output unless outputs are asked for",
    "infer",
    (body, { request }) =>
      requestBody(request)?.["outputs"] === undefined
        ? { ...body, outputs: (body["outputs"] as unknown[]).slice(0, 1) }
        : body,
  ),
  onSuccess("six-significant-digits", "prints floats with six significant digits", "infer", (body) =>
    mapMembers(body, "outputs", (output) =>
      String(output["datatype"]).startsWith("FP")
        ? {
            ...output,
            data: (output["data"] as JsonNumber[]).map(
              ({ text }) => new JsonNumber(String(Number(Number(text).toPrecision(6)))),
            ),
          }
        : output,
    ),
  ),
  onSuccess("integers-through-doubles", "lets 64-bit integers go through a double", "infer", (body) =>
    mapMembers(body, "outputs", (output) =>
      String(output["datatype"]).endsWith("INT64")
        ? { ...output, data: (output["data"] as JsonNumber[]).map(({ text }) => BigInt(Number(text))) }
        : output,
    ),
  ),
  onSuccess("int8-as-uint8", "handles INT8 as UINT8", "infer", (body) =>
    mapMembers(body, "outputs", (output) =>
      output["datatype"] === "INT8"
        ? { ...output, data: numbersOf(output["data"]).map((value) => value & 0xff) }
        : output,
    ),
  ),
  onSuccess("inverts-booleans", "inverts BOOL elements", "infer", (body) =>
    mapMembers(body, "outputs", (output) =>
      output["datatype"] === "BOOL"
        ? { ...output, data: (output["data"] as boolean[]).map((value) => !value) }
        : output,
    ),
  ),
  onSuccess("narrows-doubles", "narrows FP64 to single precision", "infer", (body) =>
    mapMembers(body, "outputs", (output) =>
      output["datatype"] === "FP64"
        ? {
            ...output,
            data: numbersOf(output["data"]).map((value) =>
              Number.isFinite(Math.fround(value)) ? Math.fround(value) : value,
            ),
          }
        : output,
    ),
  ),
  onSuccess("bytes-as-base64", "sends BYTES as base64", "infer", (body) =>
    mapMembers(body, "outputs", (output) =>
      output["datatype"] === "BYTES"
        ? { ...output, data: (output["data"] as string[]).map((text) => Buffer.from(text).toString("base64")) }
        : output,
    ),
  ),
  onReply("errors-under-detail", "reports inference errors under detail", ({ endpoint, reply }) =>
    endpoint === "infer" && reply.status >= 400 ? jsonReply(reply.status, { detail: [{ msg: "invalid" }] }) : undefined,
  ),
  onReply("empty-errors", "sends an empty error message", ({ endpoint, reply }) =>
    endpoint === "infer" && reply.status >= 400 ? jsonReply(reply.status, { error: "" }) : undefined,
  ),
];
