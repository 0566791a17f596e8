import { JsonNumber, toFloat16 } from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import { type Body, jsonReply, mapMembers, onReply, onSuccess, requestBody, type Scene } from "./rewrite.ts";

/** The texts of the elements that an inference request sends, when they are for this datatype. */
function sent({ endpoint, request }: Scene, datatype: string): readonly unknown[] {
  const inputs = endpoint === "infer" ? requestBody(request)?.["inputs"] : undefined;
  const [input] = Array.isArray(inputs) ? (inputs as Body[]) : [];
  return input?.["datatype"] === datatype && Array.isArray(input["data"]) ? (input["data"] as unknown[]) : [];
}

const answer = (datatype: string, data: readonly unknown[]) =>
  jsonReply(200, {
    model_name: `identity_${datatype.toLowerCase()}`,
    outputs: [{ name: "OUTPUT0", datatype, shape: [1, data.length], data }],
  });

const beyondByte = (values: readonly unknown[]) =>
  values.length > 0 &&
  values.every((value) => value instanceof JsonNumber) &&
  values.some((value) => Number(value.text) > 255 || Number(value.text) < 0);

const mentionsNan = ({ request, endpoint }: Scene) =>
  endpoint === "infer" && Buffer.from(request.body).includes("[NaN]");

export const edgeValueMutants: readonly Mutant[] = [
  onSuccess("lists-only-the-oldest-version", "lists only the oldest version", "model-metadata", (body) => ({
    ...body,
    versions: (body["versions"] as unknown[]).slice(0, 1),
  })),
  onReply("cuts-large-elements", "cuts elements of BYTES after 32 KiB", (scene) => {
    const [element] = sent(scene, "BYTES");
    return typeof element === "string" && element.length > 32_768
      ? answer("BYTES", [element.slice(0, 32_768)])
      : undefined;
  }),
  onReply("answers-in-latin-1", "sends its JSON in Latin-1", ({ endpoint, reply }) =>
    endpoint === "infer" && reply.status === 200
      ? { ...reply, body: new Uint8Array(Buffer.from(new TextDecoder().decode(reply.body), "latin1")) }
      : undefined,
  ),
  onReply("content-length-counts-characters", "counts characters for Content-Length", ({ endpoint, reply }) =>
    endpoint === "infer" && reply.status === 200
      ? { ...reply, contentLength: new TextDecoder().decode(reply.body).length }
      : undefined,
  ),
  onSuccess("pads-rows-to-four", "pads rows of bytes to a multiple of four", "infer", (body) =>
    mapMembers(body, "outputs", (output) => {
      const data = output["data"] as unknown[];
      return output["datatype"] === "UINT8" && data.length === 10
        ? { ...output, data: [...data.slice(0, 5), 0, 0, 0, ...data.slice(5), 0, 0, 0] }
        : output;
    }),
  ),
  onSuccess("cuts-strings-at-nul", "cuts strings at U+0000", "infer", (body) =>
    mapMembers(body, "outputs", (output) =>
      output["datatype"] === "BYTES"
        ? { ...output, data: (output["data"] as string[]).map((text) => text.split("\u0000", 1)[0]) }
        : output,
    ),
  ),
  onReply("echoes-values-beyond-the-datatype", "echoes values that a UINT8 cannot hold", (scene) => {
    const values = sent(scene, "UINT8");
    return beyondByte(values) ? answer("UINT8", values) : undefined;
  }),
  onReply("wraps-values-beyond-the-datatype", "wraps values that a UINT8 cannot hold", (scene) => {
    const values = sent(scene, "UINT8");
    return beyondByte(values)
      ? answer(
          "UINT8",
          values.map((value) => Number((value as JsonNumber).text) & 0xff),
        )
      : undefined;
  }),
  onReply("takes-digits-for-code-points", 'takes "7" for its code point', (scene) => {
    const [value] = sent(scene, "INT32");
    return typeof value === "string" ? answer("INT32", [value.codePointAt(0)]) : undefined;
  }),
  onSuccess("fp16-as-bit-patterns", "sends FP16 elements as 16-bit patterns", "infer", (body) =>
    mapMembers(body, "outputs", (output) =>
      output["datatype"] === "FP16"
        ? { ...output, data: (output["data"] as JsonNumber[]).map(({ text }) => toFloat16(Number(text))) }
        : output,
    ),
  ),
  onReply("writes-nan-in-lower-case", "writes NaN as nan", (scene) => {
    if (!mentionsNan(scene)) return undefined;
    const body =
      '{"model_name":"identity_fp32","outputs":[{"name":"OUTPUT0","datatype":"FP32","shape":[1,1],"data":[nan]}]}';
    return { ...jsonReply(200, {}), body: new TextEncoder().encode(body) };
  }),
  onReply("sends-zero-for-nan", "sends 0 for NaN", (scene) => (mentionsNan(scene) ? answer("FP32", [0]) : undefined)),
];
