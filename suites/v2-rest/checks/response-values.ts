import { elementCount, expect, given, JsonNumber, type JsonValue, type Tensor } from "#kit";
import { observe } from "../clauses.ts";
import { goodInfer, goodTensors, infer, inferBody, outputNamed, outputsOf } from "../messages.ts";

type Members = ReadonlyMap<string, JsonValue>;

const namesModel = observe({
  id: "v2-rest/infer-response-names-its-model",
  title: "The model_name of an inference response is the model of its URL",
  clause: "V2REST-RESP-02",
  kills: ["v2-rest:names-another-model"],
  async run(context) {
    const exchange = await context.send(goodInfer(context));
    given.status(exchange, 200);
    const { model_name: name } = given.object(exchange);
    given.that(typeof name === "string", "a model_name", "none", "/model_name");
    expect.equal(name, context.model.name, "/model_name");
  },
});

const namesVersion = observe({
  id: "v2-rest/infer-response-names-the-version-that-ran",
  title: "With an explicit version, model_version is that version",
  clause: "V2REST-RESP-04",
  requires: ["model:twoversions"],
  kills: ["v2-rest:latest-version-whatever-ran", "v2-rest:infer-ignores-the-version"],
  async run(context) {
    const model = context.fixture("twoversions");
    for (const version of model.versions) {
      const exchange = await context.send(infer(model.name, inferBody(goodTensors(context, model)), { version }));
      given.that(outputsOf(given, exchange).length > 0, "outputs", "none");
      const { model_version: answered } = given.object(exchange);
      if (typeof answered === "string") expect.equal(answered, version, "/model_version");
    }
  },
});

const countFits = observe({
  id: "v2-rest/output-data-fills-its-shape",
  title: "Output data has as many elements as its shape says",
  clause: "V2REST-RESP-08",
  kills: ["v2-rest:shape-of-one-row"],
  async run(context) {
    for (const output of await rawOutputs(context, 3)) {
      const shape = output.get("shape");
      const data = output.get("data");
      given.that(Array.isArray(shape) && Array.isArray(data), "an output with shape and data", "neither");
      const sizes = (shape as JsonValue[]).map((size) => (size instanceof JsonNumber ? Number(size.text) : Number.NaN));
      given.that(
        sizes.every((size) => Number.isInteger(size) && size >= 0),
        "dimensions",
        `[${sizes.join(",")}]`,
      );
      const leaves = (data as unknown[]).flat(Infinity).length;
      expect.equal(leaves, elementCount(sizes), "/outputs/*/data");
    }
  },
});

const uniqueNames = observe({
  id: "v2-rest/output-names-are-unique",
  title: "No two outputs of a response share a name",
  clause: "V2REST-RESP-11",
  kills: ["v2-rest:duplicates-the-first-output"],
  async run(context) {
    const names = (await rawOutputs(context, 1))
      .map((output) => output.get("name"))
      .filter((name) => typeof name === "string");
    expect.equal(names.length, new Set(names).size, "/outputs");
  },
});

const elementKinds = observe({
  id: "v2-rest/bool-elements-are-booleans",
  title: "Elements of a BOOL output are JSON booleans",
  clause: "V2REST-RESP-10",
  requires: ["model:identity_bool"],
  kills: ["v2-rest:booleans-as-letters"],
  async run(context) {
    const tensor: Tensor = { name: "INPUT0", datatype: "BOOL", shape: [1, 2], values: [true, false] };
    const exchange = await context.send(infer("identity_bool", inferBody([tensor])));
    for (const output of outputMembers(exchange)) {
      const leaves = (output.get("data") as unknown[] | undefined)?.flat(Infinity) ?? [];
      given.that(leaves.length > 0, "elements", "none");
      if (leaves.every((leaf) => leaf instanceof JsonNumber && /^[01]$/.test(leaf.text)))
        context.warn("BOOL elements are sent as 0 and 1");
      else
        expect.that(
          leaves.every((leaf) => typeof leaf === "boolean"),
          "booleans",
          JSON.stringify(leaves),
          "/outputs/*/data",
        );
    }
  },
});

const batchRows = observe({
  id: "v2-rest/batches-come-back-whole-and-in-order",
  title: "A batch of three comes back as three rows in the order they were sent",
  clause: "V2REST-RESP-14",
  requires: ["model:identity_fp32"],
  kills: ["v2-rest:only-the-first-row", "v2-rest:rows-reversed"],
  async run(context) {
    const tensor: Tensor = { name: "INPUT0", datatype: "FP32", shape: [3, 1], values: [1, 20, 300] };
    const output = outputNamed(
      given,
      outputsOf(given, await context.send(infer("identity_fp32", inferBody([tensor])))),
      "OUTPUT0",
    );
    expect.equal(output.shape, [3, 1], "/outputs/OUTPUT0/shape");
    expect.equal(output.values, tensor.values, "/outputs/OUTPUT0/data");
  },
});

async function rawOutputs(context: Parameters<typeof goodInfer>[0], batch: number): Promise<readonly Members[]> {
  return outputMembers(
    await context.send(infer(context.model.name, inferBody(goodTensors(context, context.model, batch)))),
  );
}

function outputMembers(exchange: Parameters<typeof given.json>[0]): readonly Members[] {
  given.status(exchange, 200);
  const body = given.json(exchange);
  const outputs = body instanceof Map ? (body as Members).get("outputs") : undefined;
  given.that(Array.isArray(outputs) && outputs.length > 0, "outputs", "none", "/outputs");
  const members = (outputs as JsonValue[]).filter((output) => output instanceof Map) as Members[];
  given.that(members.length > 0, "outputs that are objects", "none");
  return members;
}

export default [namesModel, namesVersion, countFits, uniqueNames, elementKinds, batchRows];
