import { elementCount, JsonNumber, readJson, writeJson } from "#kit";
import type { Mutant } from "../../../src/reference/handler.ts";
import {
  type Body,
  blobsOf,
  type HttpReferenceRequest,
  headerIn,
  jsonReply,
  mapBlobs,
  mapMembers,
  membersOf,
  mutant,
  onParts,
  onReply,
  onRequest,
  type Parts,
  parametersOf,
  sizeIn,
  withHeader,
  without,
  withParameter,
} from "./rewrite.ts";

const isBinary = (request: { readonly headers: HttpReferenceRequest["headers"] }) => headerIn(request) !== undefined;

/** Where a body seems to turn from JSON to bytes: after the last brace up to which it is JSON. */
function guessedSplit(body: Uint8Array): number | undefined {
  for (let at = body.lastIndexOf(0x7d); at >= 0; at = body.lastIndexOf(0x7d, at - 1))
    if (readJson(body.subarray(0, at + 1)).ok) return at + 1;
  return undefined;
}

function guess(request: HttpReferenceRequest): HttpReferenceRequest | undefined {
  const end = guessedSplit(request.body);
  return end === undefined ? undefined : withHeader(request, String(end));
}

/** Bytes that the inputs declare. */
const declaredIn = ({ json }: Parts) => membersOf(json, "inputs").reduce((sum, input) => sum + (sizeIn(input) ?? 0), 0);

const countOf = (input: Body) =>
  elementCount((input["shape"] as readonly JsonNumber[]).map(({ text }) => Number(text)));

function resized(blob: Uint8Array, size: number): Uint8Array {
  const changed = new Uint8Array(size);
  changed.set(blob.subarray(0, size));
  return changed;
}

/** As many BYTES elements as the shape has, cut and made up where the bytes say otherwise. */
function mended(blob: Uint8Array, count: number): Uint8Array {
  const raw = Buffer.from(blob);
  const elements: Buffer[] = [];
  let at = 0;
  while (elements.length < 2 * count) {
    const length = at + 4 <= raw.length ? Math.min(raw.readUInt32LE(at), raw.length - at - 4) : 0;
    elements.push(Buffer.from([length, 0, 0, 0]), raw.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return new Uint8Array(Buffer.concat(elements));
}

/** The parts with one way of giving contents left to inputs that have two. */
function oneOfBoth(parts: Parts, keep: "data" | "bytes"): Parts | undefined {
  const pairs = blobsOf(parts, "inputs");
  if (!pairs?.some(([input]) => "data" in input)) return undefined;
  if (keep === "bytes") return { ...parts, json: mapMembers(parts.json, "inputs", (input) => without(input, "data")) };
  return {
    json: mapMembers(parts.json, "inputs", (input) =>
      "data" in input ? withParameter(input, "binary_data_size", undefined) : input,
    ),
    rest: new Uint8Array(Buffer.concat(pairs.flatMap(([input, blob]) => ("data" in input ? [] : [blob])))),
  };
}

/** The parts with every declared size that is no unsigned integer read in a looser way. */
function withSizes(parts: Parts, read: (size: unknown) => unknown): Parts {
  return {
    ...parts,
    json: mapMembers(parts.json, "inputs", (input) => {
      const size = read(parametersOf(input)["binary_data_size"]);
      return size === undefined ? input : withParameter(input, "binary_data_size", size);
    }),
  };
}

/** Faults in which requests are taken and refused. */
export const requestMutants: readonly Mutant[] = [
  mutant(
    "lists-it-only",
    "lists the extension and refuses every binary body",
    (handler) => async (request, world) =>
      request.protocol === "http" && isBinary(request)
        ? jsonReply(400, { error: "the body is not JSON" })
        : handler(request, world),
  ),
  onParts("asks-for-data", "looks for data where binary_data_size is given", ({ json, rest }) =>
    rest.length === 0
      ? undefined
      : {
          json: mapMembers(json, "inputs", (input) => withParameter(input, "binary_data_size", undefined)),
          rest: new Uint8Array(0),
        },
  ),
  onParts("blobs-in-metadata-order", "reads the bytes of inputs in the order of metadata", (parts) => {
    const pairs = blobsOf(parts, "inputs");
    if (!pairs || pairs.length < 2) return undefined;
    const names = pairs.map(([input]) => String(input["name"]));
    const sorted = names.toSorted();
    const blobs = names.map((name) => pairs[sorted.indexOf(name)]?.[1] as Uint8Array);
    return { ...parts, rest: new Uint8Array(Buffer.concat(blobs)) };
  }),
  onParts("json-inputs-take-bytes", "passes over bytes for JSON inputs too", ({ json, rest }) => {
    const [first, ...others] = membersOf(json, "inputs");
    return first && sizeIn(first) === undefined && others.some((input) => sizeIn(input) !== undefined)
      ? { json, rest: rest.slice(4) }
      : undefined;
  }),
  onRequest("guesses-the-split", "guesses where the JSON ends when the header is missing", (request) =>
    isBinary(request) || readJson(request.body).ok ? undefined : guess(request),
  ),
  onRequest("guesses-when-the-header-is-wrong", "guesses where the JSON ends when the header is no use", (request) => {
    const header = headerIn(request);
    return header === undefined || (/^\d+$/.test(header) && Number(header) <= request.body.length)
      ? undefined
      : guess(request);
  }),
  onParts("bends-blobs-to-the-shape", "cuts and fills the bytes of an input to the size of its shape", (parts) =>
    mapBlobs(parts, "inputs", (blob, input) =>
      input["datatype"] === "FP32" ? resized(blob, 4 * countOf(input)) : undefined,
    ),
  ),
  onParts("zero-fills-short-bodies", "reads zeros after the end of the body", (parts) => {
    const declared = declaredIn(parts);
    return parts.rest.length < declared ? { ...parts, rest: resized(parts.rest, declared) } : undefined;
  }),
  onParts("ignores-surplus-bytes", "ignores bytes after the last declared one", (parts) => {
    const declared = declaredIn(parts);
    return parts.rest.length > declared && declared > 0 ? { ...parts, rest: parts.rest.slice(0, declared) } : undefined;
  }),
  onParts("takes-data-before-bytes", "takes data and drops the bytes when it is given both", (parts) =>
    oneOfBoth(parts, "data"),
  ),
  onParts("takes-bytes-before-data", "takes the bytes and drops data when it is given both", (parts) =>
    oneOfBoth(parts, "bytes"),
  ),
  onParts("sizes-from-text", "reads binary_data_size from text", (parts) =>
    withSizes(parts, (size) => (typeof size === "string" ? new JsonNumber(size) : undefined)),
  ),
  onParts("rounds-sizes", "rounds binary_data_size and drops its sign", (parts) =>
    withSizes(parts, (size) =>
      size instanceof JsonNumber ? new JsonNumber(String(Math.floor(Math.abs(Number(size.text))))) : undefined,
    ),
  ),
  onParts("mends-bytes-elements", "cuts and makes up BYTES elements to fit their shape", (parts) =>
    mapBlobs(parts, "inputs", (blob, input) =>
      input["datatype"] === "BYTES" ? mended(blob, countOf(input)) : undefined,
    ),
  ),
  onRequest("zeros-for-raw-requests", "takes a body that is all data for zeros", (request) =>
    headerIn(request) === "0" ? { ...request, body: new Uint8Array(request.body.length) } : undefined,
  ),
  onReply("raw-requests-for-any-model", "makes up inputs for a body that is all data", ({ request, reply }) => {
    const output = { name: "OUTPUT0", datatype: "FP32", shape: [1, 1], data: [0] };
    return headerIn(request) === "0" && reply.status === 400
      ? jsonReply(200, { model_name: "made_up", outputs: [output] })
      : undefined;
  }),
  onReply("json-for-raw-requests", "answers a body that is all data with JSON", ({ request, reply }) => {
    if (headerIn(request) !== "0" || reply.status !== 200) return undefined;
    const data = [...new Float32Array(Uint8Array.from(request.body).buffer)];
    return jsonReply(200, {
      model_name: "fixed22",
      outputs: [{ name: "OUTPUT0", datatype: "FP32", shape: [2, 2], data }],
    });
  }),
  mutant(
    "drops-empty-blobs",
    "drops the connection over an input of no bytes",
    (handler) => async (request, world) =>
      request.protocol === "http" && writeJson(Buffer.from(request.body).toString("latin1")).includes('_size\\":0}')
        ? { ...jsonReply(500, {}), fault: "drop" }
        : handler(request, world),
  ),
  mutant(
    "stops-after-a-short-body",
    "serves no binary request after one that was cut short",
    (handler) => async (request, world) => {
      const reply = await handler(request, world);
      if (request.protocol !== "http" || !isBinary(request)) return reply;
      if (world.memory.get("stopped")) return jsonReply(503, { error: "waiting for the rest of a body" });
      if (reply?.protocol === "http" && /body ends within/.test(Buffer.from(reply.body).toString()))
        world.memory.set("stopped", true);
      return reply;
    },
  ),
];
