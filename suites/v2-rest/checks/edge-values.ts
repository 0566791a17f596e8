import {
  bodyOf,
  describeAnswer,
  type Exchange,
  expect,
  given,
  type HttpRequest,
  headerOf,
  JsonNumber,
  type JsonValue,
  readJson,
  skip,
  type Tensor,
} from "#kit";
import { observe, refuse } from "../clauses.ts";
import {
  get,
  infer,
  inferBody,
  inferBytes,
  modelPath,
  outputNamed,
  outputsOf,
  refusesClientFault,
  subject,
  tensorsFor,
} from "../messages.ts";

const utf8 = new TextEncoder();
const fp32: Tensor = { name: "INPUT0", datatype: "FP32", shape: [1, 2], values: [1, 2] };

const word = (text: string): Tensor => ({
  name: "INPUT0",
  datatype: "BYTES",
  shape: [1, 1],
  values: [utf8.encode(text)],
});

/** An identity request for one datatype whose data is written as given. */
function identity(datatype: string, data: string, shape = "[1,1]"): HttpRequest {
  const body = `{"inputs":[{"name":"INPUT0","datatype":"${datatype}","shape":${shape},"data":[${data}]}]}`;
  return inferBytes(`identity_${datatype.toLowerCase()}`, utf8.encode(body));
}

/** The elements of OUTPUT0 as they stand in the answer; undecided when there are none. */
function leavesOf(answer: Exchange): readonly JsonValue[] {
  const read = readJson(bodyOf(answer), { nonFinite: true });
  given.that(read.ok && read.value instanceof Map, "a JSON object", describeAnswer(answer));
  const outputs = (read.value as ReadonlyMap<string, JsonValue>).get("outputs");
  const [output] = Array.isArray(outputs) ? (outputs as JsonValue[]) : [];
  const data = output instanceof Map ? (output as ReadonlyMap<string, JsonValue>).get("data") : undefined;
  given.that(Array.isArray(data), "output data", "none");
  return (data as unknown[]).flat(Infinity) as readonly JsonValue[];
}

const sorted = (values: Tensor["values"]) => values.map(Number).toSorted((a, b) => a - b);

const textOf = (leaf: JsonValue | undefined) => (leaf instanceof JsonNumber ? leaf.text : JSON.stringify(leaf));

const wholeBatch = observe({
  id: "v2-rest/shape-and-data-describe-the-whole-batch",
  title: "A request with three rows is computed for all three",
  clause: "V2REST-INFER-37",
  requires: ["model:addsub"],
  kills: ["v2-rest:only-the-first-row"],
  async run(context) {
    const rows = (name: string, factor: number): Tensor => ({
      name,
      datatype: "INT32",
      shape: [3, 4],
      values: Array.from({ length: 12 }, (_, index) => index * factor),
    });
    const outputs = outputsOf(
      given,
      await context.send(infer("addsub", inferBody([rows("INPUT0", 10), rows("INPUT1", 1)]))),
    );
    const { shape, values } = outputNamed(given, outputs, "OUTPUT0");
    expect.equal(shape, [3, 4], "/outputs/OUTPUT0/shape");
    // Which row comes first is judged elsewhere; here every row must be there.
    expect.equal(sorted(values), sorted(rows("OUTPUT0", 11).values), "/outputs/OUTPUT0/data");
  },
});

const versionsAreListed = observe({
  id: "v2-rest/served-versions-are-listed",
  title: "A version that answers when it is asked for is among the versions that metadata lists",
  clause: "V2REST-MMETA-16",
  requires: ["model:twoversions", "versions"],
  kills: [{ mutant: "v2-rest:lists-only-the-oldest-version", as: "warn" }],
  async run(context) {
    const { name } = context.fixture("twoversions");
    const answer = await context.send(infer(name, inferBody([fp32])));
    given.status(answer, 200);
    const { model_version: ran } = given.object(answer);
    if (ran === undefined) skip("responses do not say which version ran");
    given.that(typeof ran === "string", "a model_version that is text", typeof ran, "/model_version");
    given.status(await context.send(get(modelPath(name, ran))), 200);
    const { versions } = given.object(await context.send(get(modelPath(name))));
    if (versions === undefined) skip("metadata lists no versions");
    given.that(Array.isArray(versions), "an array of versions in metadata", typeof versions, "/versions");
    if (!versions.map(String).includes(ran))
      context.warn(`version ${ran} is served and not listed (${versions.join(", ")})`);
  },
});

const idAtTopLevel = observe({
  id: "v2-rest/id-is-a-top-level-member",
  title: "The id of a response is a member of the response object itself",
  clause: "V2REST-RESP-15",
  kills: ["v2-rest:id-in-parameters"],
  async run(context) {
    const about = subject(context, "identity_fp32");
    const body = inferBody(tensorsFor(context, about, [fp32]), { id: "where-is-it" });
    const exchange = await context.send(infer(about.model.name, body));
    given.that(outputsOf(given, exchange).length > 0, "outputs", "none");
    const answer = given.object(exchange);
    // An id that is nowhere is judged by the check about echoing it.
    if (JSON.stringify(answer).includes("where-is-it")) expect.equal(answer["id"], "where-is-it", "/id");
  },
});

const isUtf8 = observe({
  id: "v2-rest/response-body-is-utf-8",
  title: "A response body is valid UTF-8",
  clause: "V2REST-RESP-16",
  requires: ["model:identity_bytes"],
  kills: ["v2-rest:answers-in-latin-1"],
  async run(context) {
    given.that(
      outputsOf(given, await context.send(infer("identity_bytes", inferBody([word("plain")])))).length > 0,
      "outputs",
      "none",
    );
    const exchange = await context.send(infer("identity_bytes", inferBody([word("é")])));
    given.status(exchange, 200);
    const body = Buffer.from(bodyOf(exchange));
    expect.that(Buffer.from(body.toString("utf8")).equals(body), "bytes that are UTF-8", body.toString("base64"));
  },
});

const lengthInBytes = observe({
  id: "v2-rest/content-length-counts-bytes",
  title: "Content-Length is the size of the body in bytes",
  clause: "V2REST-RESP-18",
  requires: ["model:identity_bytes"],
  kills: ["v2-rest:content-length-counts-characters"],
  async run(context) {
    const plain = outputsOf(given, await context.send(infer("identity_bytes", inferBody([word("plain")]))));
    given.that(plain.length > 0, "outputs", "none");
    const exchange = await context.send(infer("identity_bytes", inferBody([word("é日")])), { connection: "fresh" });
    expect.answered(exchange);
    given.status(exchange, 200);
    const declared = headerOf(exchange.head.headers, "content-length");
    if (declared === undefined) return;
    const body = bodyOf(exchange);
    const complete = Buffer.from(body).toString("latin1").trimEnd().endsWith("}");
    expect.that(
      Number(declared) === body.length && complete,
      "the number of bytes",
      `${declared}, which cuts the body`,
      "Content-Length",
    );
  },
});

const noPadding = observe({
  id: "v2-rest/rows-are-not-padded",
  title: "There is no padding between rows of an odd width",
  clause: "V2REST-DATA-02",
  requires: ["model:identity_uint8"],
  kills: ["v2-rest:pads-rows-to-four"],
  async run(context) {
    const exchange = await context.send(identity("UINT8", "1,2,3,4,5,6,7,8,9,10", "[2,5]"));
    given.status(exchange, 200);
    given.that(JSON.stringify(given.object(exchange)).includes('"shape":[2,5]'), "an output of shape [2,5]", "another");
    expect.equal(leavesOf(exchange).length, 10, "/outputs/OUTPUT0/data");
  },
});

const emptyAndNul = observe({
  id: "v2-rest/empty-strings-and-nul-survive",
  title: "A BYTES element may be empty, and may contain U+0000",
  clause: "V2REST-DATA-19",
  requires: ["model:identity_bytes"],
  kills: [{ mutant: "v2-rest:cuts-strings-at-nul", as: "warn" }, "v2-rest:bytes-as-base64"],
  async run(context) {
    const exchange = await context.send(identity("BYTES", '"","a\\u0000b","c"', "[1,3]"));
    given.status(exchange, 200);
    const [empty, nul, plain] = leavesOf(exchange);
    expect.equal([empty, plain], ["", "c"], "/outputs/OUTPUT0/data");
    if (nul !== "a\u0000b") context.warn(`"a\\u0000b" comes back as ${textOf(nul)}`);
  },
});

const outOfRange = (slug: string, clause: "V2REST-RESP-17" | "V2REST-DATA-14") => ({
  id: `v2-rest/${slug}`,
  clause,
  requires: ["model:identity_uint8"],
  control: () => identity("UINT8", "3"),
  defects: [
    { name: "300 for UINT8", request: () => identity("UINT8", "300") },
    { name: "-1 for UINT8", request: () => identity("UINT8", "-1") },
  ],
});

const staysInRange = refuse({
  ...outOfRange("outputs-stay-within-their-datatype", "V2REST-RESP-17"),
  title: "No output element lies outside the range of its datatype",
  kills: ["v2-rest:echoes-values-beyond-the-datatype"],
  accept(answer) {
    if ((answer.head?.status ?? 0) >= 400) return;
    const values = leavesOf(answer).map((leaf) => Number(textOf(leaf)));
    expect.that(
      values.every((value) => value >= 0 && value <= 255),
      "elements from 0 to 255",
      values.join(", "),
      "/outputs/OUTPUT0/data",
    );
  },
});

const refusesOutOfRange = refuse({
  ...outOfRange("values-beyond-their-datatype-are-refused", "V2REST-DATA-14"),
  title: "A value that its datatype cannot hold is refused",
  kills: [
    { mutant: "v2-rest:wraps-values-beyond-the-datatype", as: "warn" },
    { mutant: "v2-rest:echoes-values-beyond-the-datatype", as: "warn" },
  ],
  accept(answer, scene) {
    if ((answer.head?.status ?? 0) >= 400) refusesClientFault(answer, scene);
    else scene.context.warn(`a value beyond its datatype comes back as ${leavesOf(answer).map(textOf).join(", ")}`);
  },
});

const explainable = refuse({
  id: "v2-rest/coerced-elements-can-be-explained",
  title: "An element of another kind is refused, or becomes the value that a reader would take it for",
  clause: "V2REST-DATA-10",
  requires: ["model:identity_int32"],
  kills: ["v2-rest:takes-digits-for-code-points"],
  control: () => identity("INT32", "3"),
  defects: [{ name: '"7" for INT32', request: () => identity("INT32", '"7"') }],
  accept(answer, scene) {
    if ((answer.head?.status ?? 0) >= 400) return refusesClientFault(answer, scene);
    const [leaf] = leavesOf(answer);
    scene.context.record('"7" for INT32', textOf(leaf) ?? "nothing");
    return expect.that(
      textOf(leaf) === "7" || textOf(leaf) === '"7"',
      "an error, or 7",
      textOf(leaf) ?? "nothing",
      "/outputs/OUTPUT0/data",
    );
  },
});

const halves = refuse({
  id: "v2-rest/fp16-numbers-are-exact-or-refused",
  title: "FP16 elements as JSON numbers are refused, or come back as exact halves",
  clause: "V2REST-DATA-17",
  requires: ["model:identity_fp16", "model:identity_fp32"],
  kills: ["v2-rest:fp16-as-bit-patterns"],
  control: () => identity("FP32", "3"),
  defects: [{ name: "FP16 as numbers", request: () => identity("FP16", "1.5,-2,65504", "[1,3]") }],
  accept(answer, scene) {
    if ((answer.head?.status ?? 0) >= 400) return refusesClientFault(answer, scene);
    return expect.equal(
      leavesOf(answer).map((leaf) => Number(textOf(leaf))),
      [1.5, -2, 65504],
      "/outputs/OUTPUT0/data",
    );
  },
});

const nonFinite = (slug: string, clause: "V2REST-RESP-13" | "V2REST-DATA-20") => ({
  id: `v2-rest/${slug}`,
  clause,
  requires: ["model:identity_fp32"],
  control: () => identity("FP32", "3"),
  defects: [{ name: "the token NaN", request: () => identity("FP32", "NaN") }],
});

const staysJson = refuse({
  ...nonFinite("non-finite-outputs-stay-readable", "V2REST-RESP-13"),
  title: "A response with a value that is no number is still JSON, with at most the tokens NaN and Infinity added",
  kills: ["v2-rest:writes-nan-in-lower-case"],
  accept(answer, { context }) {
    if ((answer.head?.status ?? 0) >= 400) return;
    const read = readJson(bodyOf(answer), { nonFinite: true });
    expect.that(read.ok, "a body that can be read", read.ok ? "" : read.problem);
    context.record("NaN", readJson(bodyOf(answer)).ok ? "strict JSON" : "a NaN token");
  },
});

const noSubstitute = refuse({
  ...nonFinite("nan-is-not-replaced-by-a-number", "V2REST-DATA-20"),
  title: "NaN is refused, or comes back as something that is no finite number",
  kills: ["v2-rest:sends-zero-for-nan"],
  accept(answer, { context }) {
    if ((answer.head?.status ?? 0) >= 400) return;
    const [leaf] = leavesOf(answer);
    if (leaf === null) context.warn("NaN comes back as null");
    const finite = leaf instanceof JsonNumber && Number.isFinite(Number(leaf.text));
    expect.that(
      !finite,
      "an error, or a value that is no finite number",
      textOf(leaf) ?? "nothing",
      "/outputs/OUTPUT0/data",
    );
  },
});

export default [
  wholeBatch,
  versionsAreListed,
  idAtTopLevel,
  isUtf8,
  lengthInBytes,
  noPadding,
  emptyAndNul,
  staysInRange,
  refusesOutOfRange,
  explainable,
  halves,
  staysJson,
  noSubstitute,
];
