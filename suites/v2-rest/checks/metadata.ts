import { type CheckContext, expect, given, isDatatype, type ModelInfo, type Tensor, type TensorSpec } from "#kit";
import { observe } from "../clauses.ts";
import { get, goodTensors, infer, inferBody, modelPath, outputNamed, outputsOf } from "../messages.ts";

const serverAnswers = observe({
  id: "v2-rest/server-metadata-answers-200",
  title: "GET v2 answers 200 with a JSON object",
  clause: "V2REST-SMETA-01",
  kills: ["v2-rest:no-server-metadata"],
  async run(context) {
    const exchange = await context.send(get("/v2"));
    expect.status(exchange, 200);
    const body = expect.object(exchange);
    given.that(
      ["name", "version", "extensions"].some((member) => member in body),
      "an object that describes a server",
      "none of its members",
    );
  },
});

const modelAnswers = observe({
  id: "v2-rest/model-metadata-answers-200",
  title: "GET v2/models/{model} answers 200 with a JSON object",
  clause: "V2REST-MMETA-01",
  kills: ["v2-rest:metadata-204"],
  async run(context) {
    const exchange = await context.send(get(modelPath(context.model.name)));
    expect.status(exchange, 200);
    const body = expect.object(exchange);
    given.that("name" in body || "inputs" in body, "an object that describes a model", "none of its members");
    const { versions } = body;
    context.record("versions", Array.isArray(versions) ? versions.join(", ") || "empty" : "not given");
  },
});

const modelName = observe({
  id: "v2-rest/model-metadata-names-its-model",
  title: "Model metadata names the model of its URL",
  clause: "V2REST-MMETA-04",
  kills: ["v2-rest:artefact-name"],
  async run(context) {
    const body = await metadataOf(context, context.model);
    given.that(typeof body["name"] === "string", "a name", "none", "/name");
    expect.equal(body["name"], context.model.name, "/name");
  },
});

const hasTensors = observe({
  id: "v2-rest/model-metadata-has-inputs-and-outputs",
  title: "Model metadata carries inputs and outputs",
  clause: "V2REST-MMETA-03",
  kills: [{ mutant: "v2-rest:omits-outputs", as: "warn" }],
  async run(context) {
    const body = await metadataOf(context, context.model);
    given.that("name" in body || "platform" in body, "an object that describes a model", "none of its members");
    for (const member of ["inputs", "outputs"]) {
      const tensors = body[member];
      if (tensors === undefined || tensors === null || (Array.isArray(tensors) && tensors.length === 0))
        context.warn(`${member} is missing or empty`);
      else expect.that(Array.isArray(tensors), "an array", typeof tensors, `/${member}`);
    }
  },
});

const namesAllTensors = observe({
  id: "v2-rest/model-metadata-lists-all-tensors",
  title: "Model metadata lists every input the model takes and every output it returns",
  clause: "V2REST-MMETA-17",
  requires: ["model:addsub"],
  kills: ["v2-rest:metadata-leaves-out-an-input"],
  async run(context) {
    const body = await metadataOf(context, context.fixture("addsub"));
    const namesIn = (member: string) =>
      tensorsIn(body, member)
        .map(({ name }) => name)
        .toSorted();
    given.that(namesIn("inputs").length > 0, "inputs in metadata", "none");
    expect.equal(namesIn("inputs"), ["INPUT0", "INPUT1"], "/inputs");
    if (namesIn("outputs").length > 0) expect.equal(namesIn("outputs"), ["OUTPUT0", "OUTPUT1"], "/outputs");
  },
});

const tellsTheTruth = observe({
  id: "v2-rest/model-metadata-tells-the-truth",
  title: "The outputs of an inference have the names, datatypes and shapes that metadata declares",
  clause: "V2REST-MMETA-15",
  needsSeveral: true,
  kills: ["v2-rest:metadata-lies-about-outputs"],
  async run(context) {
    const declared = tensorsIn(await metadataOf(context, context.model), "outputs");
    given.that(
      declared.length > 0 && declared.every(isComplete),
      "outputs with name, datatype and shape in metadata",
      JSON.stringify(declared),
    );
    const outputs = outputsOf(
      given,
      await context.send(infer(context.model.name, inferBody(goodTensors(context, context.model)))),
    );
    for (const spec of declared) judgeOutput(outputNamed(expect, outputs, spec.name), spec);
  },
});

function judgeOutput(output: Tensor, { name, datatype, shape }: TensorSpec): void {
  expect.equal(output.datatype, datatype, `/outputs/${name}/datatype`);
  const fits =
    output.shape.length === shape.length && shape.every((size, axis) => size === -1 || size === output.shape[axis]);
  const at = `/outputs/${name}/shape`;
  expect.that(fits, `a shape that fits [${shape.join(",")}]`, `[${output.shape.join(",")}]`, at);
}

async function metadataOf(context: CheckContext, model: ModelInfo): Promise<Readonly<Record<string, unknown>>> {
  const exchange = await context.send(get(modelPath(model.name)));
  given.status(exchange, 200);
  return given.object(exchange);
}

function tensorsIn(body: Readonly<Record<string, unknown>>, member: string): readonly TensorSpec[] {
  const tensors = body[member];
  return Array.isArray(tensors) ? (tensors as TensorSpec[]) : [];
}

function isComplete({ name, datatype, shape }: TensorSpec): boolean {
  return (
    typeof name === "string" &&
    typeof datatype === "string" &&
    isDatatype(datatype) &&
    Array.isArray(shape) &&
    shape.every((size) => Number.isInteger(size))
  );
}

export default [serverAnswers, modelAnswers, modelName, hasTensors, namesAllTensors, tellsTheTruth];
