import { JsonNumber } from "#kit";
import type { Mutant, ReferenceRequest } from "../../../src/reference/handler.ts";
import { type Body, jsonReply, mapMembers, mutant, onInferJson, onReply, requestBody, without } from "./rewrite.ts";

const zero = new JsonNumber("0");

const sizeOf = (shape: unknown) =>
  (shape as readonly unknown[]).reduce<number>(
    (product, size) => product * (size instanceof JsonNumber ? Number(size.text) : 1),
    1,
  );
const dataOf = (input: Body) => (Array.isArray(input["data"]) ? (input["data"] as unknown[]).flat(Infinity) : []);
const isInfer = (request: ReferenceRequest) =>
  request.protocol === "http" && request.path.endsWith("/infer") && request.method === "POST";

/** What the model wants, from the reference's metadata: the fixtures that the checks use are few. */
const INPUT_NAMES = ["INPUT0", "INPUT1"];

function nameByPosition(input: Body, index: number): Body {
  return typeof input["name"] === "string" ? input : { ...input, name: INPUT_NAMES[index] };
}

function resized(input: Body, resize: (data: unknown[], size: number) => unknown[]): Body {
  if (!Array.isArray(input["data"]) || !Array.isArray(input["shape"])) return input;
  return { ...input, data: resize(dataOf(input), sizeOf(input["shape"])) };
}

/** Adds an all-zero copy of the first input under the name that is missing. */
function fillMissing(body: Body): Body {
  const inputs = body["inputs"];
  if (!Array.isArray(inputs) || inputs.length !== 1) return body;
  const [only] = inputs as [Body];
  if (only["datatype"] !== "INT32" || !INPUT_NAMES.includes(String(only["name"]))) return body;
  const other = INPUT_NAMES.find((name) => name !== only["name"]);
  return { ...body, inputs: [only, { ...only, name: other, data: dataOf(only).map(() => zero) }] };
}

/** Drops the connection when the inputs or outputs of an inference request look like this. */
function diesOn(id: string, does: string, when: (body: Body, inputs: readonly Body[]) => boolean): Mutant {
  return onReply(id, does, ({ endpoint, request }) => {
    const body = endpoint === "infer" ? requestBody(request) : undefined;
    const inputs = body?.["inputs"];
    return body && Array.isArray(inputs) && when(body, inputs as Body[])
      ? { ...jsonReply(500, {}), fault: "drop" }
      : undefined;
  });
}

const repeats = (members: unknown) =>
  Array.isArray(members) && new Set((members as Body[]).map(({ name }) => name)).size < members.length;
const someShape = (inputs: readonly Body[], test: (shape: readonly unknown[]) => boolean) =>
  inputs.some(({ shape }) => Array.isArray(shape) && test(shape));
const textOf = (size: unknown) => (size instanceof JsonNumber ? size.text : "");

export const inferRequestMutants: readonly Mutant[] = [
  diesOn("dies-on-repeated-outputs", "drops the connection when an output is asked for twice", (body) =>
    repeats(body["outputs"]),
  ),
  diesOn("dies-on-repeated-inputs", "drops the connection when an input is given twice", (_, inputs) =>
    repeats(inputs),
  ),
  diesOn("dies-on-zero-size", "drops the connection on a dimension of zero", (_, inputs) =>
    someShape(inputs, (shape) => shape.some((size) => textOf(size) === "0")),
  ),
  diesOn("dies-on-rank-zero", "drops the connection on a tensor of rank zero", (_, inputs) =>
    someShape(inputs, (shape) => shape.length === 0),
  ),
  diesOn("dies-on-impossible-shapes", "allocates by the shape it is told and dies", (_, inputs) =>
    someShape(inputs, (shape) => shape.some((size) => textOf(size).length > 9)),
  ),
  mutant(
    "empty-body-is-a-request",
    "answers an empty body with a fabricated output",
    (handler) => async (request, world) =>
      request.protocol === "http" && isInfer(request) && request.body.length === 0
        ? jsonReply(200, { model_name: request.path.split("/")[3], outputs: [] })
        : handler(request, world),
  ),
  onReply("bad-json-as-200", 'answers JSON that was cut with 200 {"error":…}', ({ endpoint, request, reply }) =>
    endpoint === "infer" && reply.status === 400 && request.body.at(-1) === ":".charCodeAt(0)
      ? { ...reply, status: 200 }
      : undefined,
  ),
  mutant("unwraps-arrays", "unwraps a one-element array at the top level", (handler) => (request, world) => {
    if (request.protocol !== "http" || !isInfer(request) || request.body[0] !== "[".charCodeAt(0))
      return handler(request, world);
    return handler({ ...request, body: request.body.slice(1, -1) }, world);
  }),
  onReply("no-inputs-no-problem", "answers a request without inputs with no outputs", ({ endpoint, request }) => {
    const body = endpoint === "infer" ? requestBody(request) : undefined;
    return body && !Array.isArray(body["inputs"])
      ? jsonReply(200, { model_name: request.path.split("/")[3], outputs: [] })
      : undefined;
  }),
  onReply("zero-filled-outputs", "answers an empty list of inputs with zeros", ({ endpoint, request }) => {
    const inputs = endpoint === "infer" ? requestBody(request)?.["inputs"] : undefined;
    if (!Array.isArray(inputs) || inputs.length > 0) return undefined;
    return jsonReply(200, {
      model_name: request.path.split("/")[3],
      outputs: [{ name: "OUTPUT0", datatype: "FP32", shape: [1, 1], data: [0] }],
    });
  }),
  onInferJson("names-by-position", "matches inputs by position when a name is missing", (body) =>
    mapMembers(body, "inputs", nameByPosition),
  ),
  onInferJson("shape-from-data", "infers a missing shape from the data", (body) =>
    mapMembers(body, "inputs", (input) =>
      input["shape"] === undefined ? { ...input, shape: [1, dataOf(input).length] } : input,
    ),
  ),
  onInferJson("datatype-defaults-to-fp32", "takes FP32 when the datatype is missing", (body) =>
    mapMembers(body, "inputs", (input) => (input["datatype"] === undefined ? { ...input, datatype: "FP32" } : input)),
  ),
  onInferJson("unknown-datatype-is-fp32", "takes an unknown datatype for FP32", (body) =>
    mapMembers(body, "inputs", (input) => (input["datatype"] === "FLOAT99" ? { ...input, datatype: "FP32" } : input)),
  ),
  onInferJson("datatypes-in-any-case", "takes datatypes in any letter case", (body) =>
    mapMembers(body, "inputs", (input) =>
      typeof input["datatype"] === "string" ? { ...input, datatype: input["datatype"].toUpperCase() } : input,
    ),
  ),
  onInferJson("zero-fills-missing-data", "fills missing data with zeros", (body) =>
    mapMembers(body, "inputs", (input) =>
      input["data"] === undefined && Array.isArray(input["shape"])
        ? { ...input, data: Array.from({ length: sizeOf(input["shape"]) }, () => zero) }
        : input,
    ),
  ),
  onInferJson("drops-a-numeric-id", "silently drops an id that is not a string", (body) =>
    typeof body["id"] === "string" ? body : without(body, "id"),
  ),
  onReply("refuses-parameters", "refuses requests that have parameters", ({ endpoint, request }) =>
    endpoint === "infer" && requestBody(request)?.["parameters"] !== undefined
      ? jsonReply(400, { error: "parameters are not supported" })
      : undefined,
  ),
  onReply("refuses-fractional-parameters", "refuses a parameter that is a fraction", ({ endpoint, request }) => {
    const parameters = endpoint === "infer" ? requestBody(request)?.["parameters"] : undefined;
    const fraction = Object.values((parameters ?? {}) as Body).some(
      (value) => value instanceof JsonNumber && value.text.includes("."),
    );
    return fraction ? jsonReply(400, { error: "a parameter is a fraction" }) : undefined;
  }),
  mutant(
    "dies-on-null-parameters",
    "drops the connection when a parameter is null",
    (handler) => async (request, world) => {
      const parameters =
        request.protocol === "http" && isInfer(request) ? requestBody(request)?.["parameters"] : undefined;
      const odd = Object.values((parameters ?? {}) as Body).some((value) => value === null);
      return odd ? { ...jsonReply(500, {}), fault: "drop" } : handler(request, world);
    },
  ),
  mutant(
    "always-the-first-output",
    "returns only the first output whichever is asked for",
    (handler) => async (request, world) => {
      const asked = request.protocol === "http" && isInfer(request) ? requestBody(request)?.["outputs"] : undefined;
      if (request.protocol !== "http" || !Array.isArray(asked) || asked.length === 0) return handler(request, world);
      const names = (asked as Body[]).map((output) => String(output["name"]));
      return handler(
        names.includes("OUTPUT1")
          ? withBody(request, (body) => ({ ...body, outputs: [{ name: "OUTPUT0" }] }))
          : request,
        world,
      );
    },
  ),
  onInferJson("ignores-requested-outputs", "returns all outputs whatever is asked for", (body) => {
    const known =
      Array.isArray(body["outputs"]) &&
      (body["outputs"] as Body[]).every((output) =>
        INPUT_NAMES.some((name) => output["name"] === name.replace("IN", "OUT")),
      );
    return known ? without(body, "outputs") : body;
  }),
  onReply(
    "unknown-output-as-empty",
    "answers a request for an unknown output with an empty list",
    ({ endpoint, request, reply }) => {
      const asked = endpoint === "infer" && reply.status === 400 ? requestBody(request)?.["outputs"] : undefined;
      const unknown = Array.isArray(asked) && (asked as Body[]).some((output) => output["name"] === "no_such_output");
      return unknown ? jsonReply(200, { model_name: request.path.split("/")[3], outputs: [] }) : undefined;
    },
  ),
  onInferJson("nameless-output-is-all", "takes a requested output without a name for all of them", (body) =>
    Array.isArray(body["outputs"]) && (body["outputs"] as Body[]).some((output) => output["name"] === undefined)
      ? without(body, "outputs")
      : body,
  ),
  onReply("empty-outputs-crash", "answers 500 to an empty list of outputs", ({ endpoint, request }) => {
    const asked = endpoint === "infer" ? requestBody(request)?.["outputs"] : undefined;
    return Array.isArray(asked) && asked.length === 0 ? jsonReply(500, { error: "index out of range" }) : undefined;
  }),
  onInferJson("zero-fills-missing-inputs", "takes zeros for an input that is missing", fillMissing),
  onInferJson(
    "unknown-input-is-zeros",
    "ignores an unknown input and takes zeros for the one it stands for",
    (body) => {
      if (!Array.isArray(body["inputs"])) return body;
      const known = (body["inputs"] as Body[]).filter((input) => input["name"] !== "bogus");
      return known.length === body["inputs"].length ? body : fillMissing({ ...body, inputs: known });
    },
  ),
  onInferJson("binds-by-position", "binds inputs by position", (body) =>
    Array.isArray(body["inputs"]) &&
    body["inputs"].length === 2 &&
    (body["inputs"] as Body[]).every((input) => INPUT_NAMES.includes(String(input["name"])))
      ? mapMembers(body, "inputs", (input, index) => ({ ...input, name: INPUT_NAMES[index] }))
      : body,
  ),
  onInferJson("reinterprets-integers", "takes INT32 data for FP32 by reinterpreting the bits", (body) =>
    mapMembers(body, "inputs", (input) =>
      input["datatype"] === "INT32" && input["name"] === "INPUT0" && (body["inputs"] as unknown[]).length === 1
        ? { ...input, datatype: "FP32", data: dataOf(input).map((value) => reinterpreted(value as JsonNumber)) }
        : input,
    ),
  ),
  onInferJson("floors-dimensions", "takes the floor of a fractional dimension", (body) =>
    mapMembers(body, "inputs", (input) =>
      Array.isArray(input["shape"])
        ? {
            ...input,
            shape: (input["shape"] as unknown[]).map((size) =>
              size instanceof JsonNumber ? new JsonNumber(String(Math.floor(Number(size.text)))) : size,
            ),
          }
        : input,
    ),
  ),
  onInferJson("drops-surplus-elements", "cuts data down to the declared shape", (body, request) =>
    request.path.startsWith("/v2/models/fixed22/")
      ? mapMembers(body, "inputs", (input) => ({ ...input, shape: [2, 2], data: dataOf(input).slice(0, 4) }))
      : body,
  ),
  onInferJson("pads-short-data", "fills short data up with zeros", (body) =>
    mapMembers(body, "inputs", (input) =>
      resized(input, (data, size) =>
        data.length > 1 && data.length < size && size < 1000
          ? [...data, ...Array.from({ length: size - data.length }, () => zero)]
          : data,
      ),
    ),
  ),
  onInferJson("truncates-long-data", "cuts off surplus data", (body) =>
    mapMembers(body, "inputs", (input) =>
      resized(input, (data, size) => (data.length === size + 1 ? data.slice(0, size) : data)),
    ),
  ),
  onInferJson("broadcasts-one-value", "repeats a single value over the whole shape", (body) =>
    mapMembers(body, "inputs", (input) =>
      resized(input, (data, size) =>
        data.length === 1 && size > 1 ? Array.from({ length: size }, () => data[0]) : data,
      ),
    ),
  ),
  mutant(
    "only-the-size-seen-first",
    "accepts a variable dimension only at the size it saw first",
    (handler) => async (request, world) => {
      const inputs =
        request.protocol === "http" && request.path === "/v2/models/identity_fp32/infer"
          ? requestBody(request)?.["inputs"]
          : undefined;
      const shape =
        Array.isArray(inputs) && (inputs as Body[]).every((input) => Array.isArray(input["shape"]))
          ? String(sizeOf((inputs as Body[])[0]?.["shape"] ?? []))
          : undefined;
      const reply = await handler(request, world);
      if (shape === undefined || reply?.protocol !== "http" || reply.status !== 200) return reply;
      return Number(shape) === 7 ? jsonReply(400, { error: "this size was not seen at load time" }) : reply;
    },
  ),
  mutant(
    "any-name-is-the-only-model",
    "routes unknown model names to the first model",
    (handler) => async (request, world) => {
      const reply = await handler(request, world);
      if (
        request.protocol !== "http" ||
        !isInfer(request) ||
        reply?.protocol !== "http" ||
        reply.status !== 404 ||
        request.path.includes("/versions/")
      )
        return reply;
      return handler({ ...request, path: request.path.replace(/models\/[^/]+/, "models/identity_fp32") }, world);
    },
  ),
  mutant(
    "infer-ignores-the-version",
    "runs the latest version whatever the path says",
    (handler) => (request, world) =>
      handler(
        request.protocol === "http" && isInfer(request)
          ? { ...request, path: request.path.replace(/\/versions\/[^/]+/, "") }
          : request,
        world,
      ),
  ),
  onReply("refuses-nested-data", "refuses nested data", ({ endpoint, request }) => {
    const inputs = endpoint === "infer" ? requestBody(request)?.["inputs"] : undefined;
    const nested =
      Array.isArray(inputs) && (inputs as Body[]).some(({ data }) => Array.isArray(data) && Array.isArray(data[0]));
    return nested ? jsonReply(400, { error: "data must be flat" }) : undefined;
  }),
  onReply("refuses-flat-data", "refuses flat data for two dimensions or more", ({ endpoint, request }) => {
    const inputs = endpoint === "infer" ? requestBody(request)?.["inputs"] : undefined;
    const flat =
      Array.isArray(inputs) &&
      (inputs as Body[]).some(
        ({ data, shape }) => Array.isArray(data) && !Array.isArray(data[0]) && Array.isArray(shape) && shape.length > 1,
      );
    return flat ? jsonReply(400, { error: "data must be nested like its shape" }) : undefined;
  }),
  onInferJson("transposes-nested-data", "transposes nested data", (body) =>
    mapMembers(body, "inputs", (input) => {
      const rows = input["data"];
      if (!Array.isArray(rows) || !Array.isArray(rows[0])) return input;
      return {
        ...input,
        data: (rows[0] as unknown[]).flatMap((_, column) => (rows as unknown[][]).map((row) => row[column])),
      };
    }),
  ),
  onInferJson("wraps-scalars", "wraps data that is no array", (body) =>
    mapMembers(body, "inputs", (input) =>
      input["data"] instanceof JsonNumber
        ? { ...input, data: Array.from({ length: sizeOf(input["shape"]) }, () => input["data"]) }
        : input,
    ),
  ),
  onInferJson("null-is-zero", "turns a null element into 0", (body) =>
    mapMembers(body, "inputs", (input) =>
      Array.isArray(input["data"]) ? { ...input, data: dataOf(input).map((value) => value ?? zero) } : input,
    ),
  ),
  onReply("refuses-integers-for-floats", "refuses float data without a decimal point", ({ endpoint, request }) => {
    const inputs = endpoint === "infer" ? requestBody(request)?.["inputs"] : undefined;
    const plain =
      Array.isArray(inputs) &&
      (inputs as Body[]).some(
        (input) =>
          input["datatype"] === "FP32" &&
          dataOf(input).some((value) => value instanceof JsonNumber && value.text === "1e2"),
      );
    return plain ? jsonReply(400, { error: "1e2 is no float" }) : undefined;
  }),
];

function withBody(
  request: Extract<ReferenceRequest, { protocol: "http" }>,
  change: (body: Body) => Body,
): ReferenceRequest {
  const body = requestBody(request);
  return body
    ? {
        ...request,
        body: new TextEncoder().encode(
          JSON.stringify(change(body), (_key, value: unknown) =>
            value instanceof JsonNumber ? Number(value.text) : value,
          ),
        ),
      }
    : request;
}

function reinterpreted({ text }: JsonNumber): JsonNumber {
  const view = new DataView(new ArrayBuffer(4));
  view.setInt32(0, Number(text));
  return new JsonNumber(String(view.getFloat32(0)));
}
