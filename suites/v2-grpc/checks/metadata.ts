import {
  type CheckContext,
  expect,
  given,
  isDatatype,
  type ModelInfo,
  type ModelMetadataResponse,
  type Tensor,
  versionedModel,
} from "#kit";
import { observe, refuse } from "../clauses.ts";
import {
  answerOf,
  call,
  givenServes,
  goodInfer,
  outputNamed,
  outputsOf,
  refusesUnknown,
  statusOf,
  succeeded,
} from "../messages.ts";

const server = observe({
  id: "v2-grpc/server-metadata-names-the-server",
  title: "ServerMetadata gives the name and version of the server",
  clause: "V2GRPC-SMETA-01",
  kills: ["v2-grpc:no-server-metadata", { mutant: "v2-grpc:server-without-name", as: "warn" }],
  async run(context) {
    await givenServes(context);
    const { name, version, extensions } = answerOf(
      expect,
      "ServerMetadata",
      await context.send(call("ServerMetadata", {})),
    );
    if (name === "") context.warn("the server has no name");
    if (version === "") context.warn("the server has no version");
    context.record("extensions", extensions.join(", ") || "none");
  },
});

const modelName = observe({
  id: "v2-grpc/model-metadata-describes-its-model",
  title: "ModelMetadata names the model that was asked for and lists its inputs and outputs",
  clause: "V2GRPC-MMETA-01",
  kills: ["v2-grpc:artefact-name", { mutant: "v2-grpc:metadata-without-outputs", as: "warn" }],
  async run(context) {
    const metadata = await metadataOf(context, context.model);
    expect.equal(metadata.name, context.model.name, "name");
    if (metadata.inputs.length === 0) context.warn("inputs is empty");
    if (metadata.outputs.length === 0) context.warn("outputs is empty");
    context.record("versions", metadata.versions.join(", ") || "empty");
    if (metadata.hasField6) context.record("field 6", "present");
  },
});

const everyTensor = observe({
  id: "v2-grpc/model-metadata-lists-every-tensor",
  title: "Metadata that lists tensors leaves none out",
  clause: "V2GRPC-MMETA-01",
  requires: ["model:addsub"],
  kills: ["v2-grpc:metadata-lists-one-input"],
  async run(context) {
    const { inputs, outputs } = await metadataOf(context, context.fixture("addsub"));
    given.that(inputs.length > 0 && outputs.length > 0, "inputs and outputs in metadata", "empty lists");
    expect.equal(inputs.map(({ name }) => name).toSorted(), ["INPUT0", "INPUT1"], "inputs");
    expect.equal(outputs.map(({ name }) => name).toSorted(), ["OUTPUT0", "OUTPUT1"], "outputs");
  },
});

const inputsAreTaken = observe({
  id: "v2-grpc/declared-inputs-are-accepted",
  title: "Tensors made as metadata declares them are accepted",
  clause: "V2GRPC-MMETA-06",
  requires: ["model:addsub"],
  kills: ["v2-grpc:metadata-lies-about-inputs"],
  async run(context) {
    const model = context.fixture("addsub");
    given.that(succeeded(await context.send(goodInfer(context, model))), "a good inference", "none");
    const { inputs } = await metadataOf(context, model);
    const known = inputs.every(({ datatype, shape }) => isDatatype(datatype) && shape.every((size) => size !== 0n));
    given.that(inputs.length > 1 && known, "inputs with known datatypes and sizes in metadata", "others");
    const declared = inputs.map((input) => ({ ...input, shape: input.shape.map(Number) }));
    const exchange = await context.send(goodInfer(context, { ...model, inputs: declared }));
    expect.equal(statusOf(given, exchange), 0, "status");
  },
});

const variable = observe({
  id: "v2-grpc/variable-dimensions-are-minus-one",
  title: "A variable dimension is -1 in metadata",
  clause: "V2GRPC-MMETA-02",
  requires: ["model:addsub"],
  kills: ["v2-grpc:zero-for-variable-dimensions"],
  async run(context) {
    const { inputs } = await metadataOf(context, context.fixture("addsub"));
    given.that(inputs.length > 0, "inputs in metadata", "none");
    for (const { name, shape } of inputs) expect.equal(shape.map(Number), [-1, 4], `inputs/${name}/shape`);
  },
});

const unknownModel = refuse({
  id: "v2-grpc/unknown-model-has-no-metadata",
  title: "Metadata of a model that does not exist is an error",
  clause: "V2GRPC-MMETA-03",
  kills: ["v2-grpc:metadata-for-any-name"],
  control: ({ model }) => call("ModelMetadata", { name: model.name }),
  defects: [{ name: "a model that does not exist", request: () => call("ModelMetadata", { name: "no-such-model" }) }],
  accept: refusesUnknown,
});

const unknownVersion = refuse({
  id: "v2-grpc/unknown-version-has-no-metadata",
  title: "Metadata is given for versions that exist and refused for others",
  clause: "V2GRPC-MMETA-04",
  requires: ["versions"],
  kills: ["v2-grpc:metadata-ignores-the-version"],
  control: (context) =>
    call("ModelMetadata", { name: versionedModel(context).name, version: versionedModel(context).versions[0] }),
  defects: [
    {
      name: "a version that does not exist",
      request: (context) => call("ModelMetadata", { name: versionedModel(context).name, version: "999999" }),
    },
  ],
  accept: refusesUnknown,
});

const truth = observe({
  id: "v2-grpc/model-metadata-tells-the-truth",
  title: "The outputs of an inference have the names, datatypes and shapes that metadata declares",
  clause: "V2GRPC-MMETA-06",
  needsSeveral: true,
  kills: ["v2-grpc:metadata-lies-about-outputs"],
  async run(context) {
    const { outputs: declared } = await metadataOf(context, context.model);
    given.that(
      declared.length > 0 && declared.every(({ datatype }) => isDatatype(datatype)),
      "outputs with known datatypes in metadata",
      "others",
    );
    const outputs = outputsOf(given, await context.send(goodInfer(context)));
    for (const spec of declared) judgeOutput(outputNamed(expect, outputs, spec.name), spec);
  },
});

function judgeOutput(output: Tensor, { name, datatype, shape }: ModelMetadataResponse["outputs"][number]): void {
  expect.equal(output.datatype, datatype, `outputs/${name}/datatype`);
  const fits =
    output.shape.length === shape.length &&
    shape.every((size, axis) => size === -1n || Number(size) === output.shape[axis]);
  const at = `outputs/${name}/shape`;
  expect.that(fits, `a shape that fits [${shape.join(",")}]`, `[${output.shape.join(",")}]`, at);
}

const datatypes = observe({
  id: "v2-grpc/metadata-datatypes-are-known",
  title: "Datatypes in model metadata come from the specification's table, spelled exactly",
  clause: "V2GRPC-MMETA-07",
  kills: ["v2-grpc:numpy-datatypes-in-metadata"],
  async run(context) {
    const { inputs, outputs } = await metadataOf(context, context.model);
    given.that(inputs.length + outputs.length > 0, "tensors in metadata", "none");
    for (const { name, datatype } of [...inputs, ...outputs])
      expect.that(isDatatype(datatype), "a datatype of the table", `"${datatype}"`, name);
  },
});

async function metadataOf(context: CheckContext, model: ModelInfo): Promise<ModelMetadataResponse> {
  const metadata = answerOf(given, "ModelMetadata", await context.send(call("ModelMetadata", { name: model.name })));
  given.that(metadata.name !== "" || metadata.inputs.length > 0, "metadata with content", "an empty message");
  return metadata;
}

export default [
  server,
  modelName,
  everyTensor,
  inputsAreTaken,
  variable,
  unknownModel,
  unknownVersion,
  truth,
  datatypes,
];
