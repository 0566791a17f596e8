import { fromRaw, type JsonNumber, readJson, tensorToJsonData } from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import {
  type Body,
  blobsOf,
  headerIn,
  jsonReply,
  mapMembers,
  membersOf,
  onBinaryAnswer,
  onParts,
  onReply,
  parametersOf,
  sizeIn,
  withHeader,
  withParameter,
} from "./rewrite.ts";

/** Whether the request says how it wants its outputs: as a whole, or one by one. */
function choosesForm(json: Body): boolean {
  return "outputs" in json || parametersOf(json)["binary_data_output"] !== undefined;
}

function dataOf(output: Body, blob: Uint8Array): unknown {
  const shape = (output["shape"] as readonly JsonNumber[]).map(({ text }) => Number(text));
  const read = fromRaw({ name: "", datatype: String(output["datatype"]), shape }, blob);
  return read.ok ? tensorToJsonData(read.tensor) : [];
}

/** Faults in the form that outputs come in. */
const formMutants: readonly Mutant[] = [
  onParts("ignores-binary-data", "answers outputs as JSON whatever binary_data says", ({ json, rest }) => ({
    json: mapMembers(json, "outputs", (output) =>
      parametersOf(output)["binary_data"] === true ? withParameter(output, "binary_data", false) : output,
    ),
    rest,
  })),
  onParts("any-binary-data-is-true", "takes any binary_data for true", ({ json, rest }) => ({
    json: mapMembers(json, "outputs", (output) =>
      parametersOf(output)["binary_data"] === false ? withParameter(output, "binary_data", true) : output,
    ),
    rest,
  })),
  onParts("one-form-for-all-outputs", "answers all outputs in the form asked for the first", ({ json, rest }) => {
    const [first] = membersOf(json, "outputs");
    const form = first && parametersOf(first)["binary_data"];
    return form === undefined
      ? undefined
      : { json: mapMembers(json, "outputs", (output) => withParameter(output, "binary_data", form)), rest };
  }),
  onParts("binary-data-output-needs-a-list", "heeds binary_data_output only beside a list", ({ json, rest }) =>
    "outputs" in json || rest.length === 0
      ? undefined
      : { json: withParameter(json, "binary_data_output", undefined), rest },
  ),
  onParts("request-choice-wins", "lets binary_data_output override binary_data", ({ json, rest }) => {
    const form = parametersOf(json)["binary_data_output"];
    return form === undefined
      ? undefined
      : { json: mapMembers(json, "outputs", (output) => withParameter(output, "binary_data", form)), rest };
  }),
  onParts("answers-in-the-form-of-the-request", "answers in binary form what came so", ({ json, rest }) =>
    choosesForm(json) || rest.length === 0
      ? undefined
      : { json: withParameter(json, "binary_data_output", true), rest },
  ),
];

/** Faults in how binary answers are laid out. */
const layoutMutants: readonly Mutant[] = [
  onReply("omits-the-header", "leaves the length header out", ({ reply }) => withHeader(reply)),
  onReply("header-counts-characters", "counts characters for the length header", ({ reply }) => {
    const header = headerIn(reply);
    if (header === undefined) return undefined;
    const text = Buffer.from(reply.body.subarray(0, Number(header))).toString("utf8");
    return withHeader(reply, String(text.length));
  }),
  onReply("content-length-of-the-json", "sends the length of the JSON as Content-Length", ({ reply }) => {
    const header = headerIn(reply);
    return header === undefined ? undefined : { ...reply, contentLength: Number(header) };
  }),
  onReply("chunked-binary-answers", "sends binary answers without Content-Length", ({ reply }) =>
    headerIn(reply) === undefined ? undefined : { ...reply, contentLength: "none" },
  ),
  onBinaryAnswer("pads-answers", "pads binary answers with four bytes", ({ json, rest }) => ({
    json,
    rest: new Uint8Array(Buffer.concat([rest, Buffer.alloc(4)])),
  })),
  onBinaryAnswer("cuts-answers", "leaves the last byte out of binary answers", ({ json, rest }) => ({
    json,
    rest: rest.subarray(0, -1),
  })),
  onBinaryAnswer("data-and-binary", "sends data beside binary data", (parts) => {
    const blobs = new Map(blobsOf(parts, "outputs"));
    return {
      ...parts,
      json: mapMembers(parts.json, "outputs", (output) => {
        const blob = blobs.get(output);
        return blob ? { ...output, data: dataOf(output, blob) } : output;
      }),
    };
  }),
  onBinaryAnswer("size-as-text", "sends binary_data_size as text", ({ json, rest }) => ({
    json: mapMembers(json, "outputs", (output) => {
      const size = sizeIn(output);
      return size === undefined ? output : withParameter(output, "binary_data_size", String(size));
    }),
    rest,
  })),
  onBinaryAnswer("answers-blobs-backwards", "sends the bytes of outputs in reverse order", (parts) => ({
    ...parts,
    rest: new Uint8Array(Buffer.concat((blobsOf(parts, "outputs") ?? []).map(([, blob]) => blob).toReversed())),
  })),
  onReply("header-on-json-answers", "sends a length header of 0 with JSON answers", ({ reply }) =>
    reply.status === 200 && headerIn(reply) === undefined ? withHeader(reply, "0") : undefined,
  ),
];

/** Faults in how failures are answered. */
const errorMutants: readonly Mutant[] = [
  onReply("errors-in-binary-form", "answers errors with a length header and no body", ({ reply }) =>
    reply.status < 400 ? undefined : { ...withHeader(reply, "0"), body: new Uint8Array(0) },
  ),
  onReply("errors-under-detail", "answers errors as detail", ({ reply }) => {
    if (reply.status < 400) return undefined;
    const read = readJson(reply.body);
    return jsonReply(reply.status, { detail: read.ok ? read.value : "" });
  }),
];

export const answerMutants: readonly Mutant[] = [...formMutants, ...layoutMutants, ...errorMutants];
