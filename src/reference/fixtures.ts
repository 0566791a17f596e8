import {
  type InferenceCall,
  ModelError,
  type ReferenceModel,
  type ReferenceTensor,
  type ReferenceTensorSpec,
} from "./world.ts";

const DATATYPES = [
  "BOOL",
  "UINT8",
  "UINT16",
  "UINT32",
  "UINT64",
  "INT8",
  "INT16",
  "INT32",
  "INT64",
  "FP16",
  "FP32",
  "FP64",
  "BF16",
  "BYTES",
];

type Behaviour = (call: InferenceCall) => readonly ReferenceTensor[] | Promise<readonly ReferenceTensor[]>;

function spec(name: string, datatype: string, ...shape: readonly number[]): ReferenceTensorSpec {
  return { name, datatype, shape };
}

function model(
  name: string,
  inputs: readonly ReferenceTensorSpec[],
  outputs: readonly ReferenceTensorSpec[],
  behaviour: Behaviour,
  versions: readonly string[] = ["1"],
): ReferenceModel {
  return { name, platform: "infermark_reference", versions, inputs, outputs, infer: async (call) => behaviour(call) };
}

function input(call: InferenceCall, name: string): ReferenceTensor {
  const tensor = call.inputs.find((candidate) => candidate.name === name);
  if (!tensor) throw new ModelError("client", `input ${name} is missing`);
  return tensor;
}

const identity: Behaviour = (call) => call.inputs.map((tensor, index) => ({ ...tensor, name: `OUTPUT${index}` }));

function fails(name: string): Behaviour {
  return () => {
    throw new ModelError("server", `the model fixture \`${name}\` always fails`);
  };
}

function numbers(tensor: ReferenceTensor): readonly number[] {
  return tensor.values.map(Number);
}

const text = new TextEncoder();
const utf8 = new TextDecoder();

function addsub(call: InferenceCall): readonly ReferenceTensor[] {
  const a = input(call, "INPUT0");
  const b = input(call, "INPUT1");
  if (a.values.length !== b.values.length) throw new ModelError("client", "INPUT0 and INPUT1 differ in shape");
  const combine = (name: string, of: (x: number, y: number) => number): ReferenceTensor => {
    const right = numbers(b);
    // INT32 arithmetic wraps, as it does in every runtime that computes on 32-bit registers.
    return { name, datatype: "INT32", shape: a.shape, values: numbers(a).map((x, i) => of(x, right[i] ?? 0) | 0) };
  };
  return [combine("OUTPUT0", (x, y) => x + y), combine("OUTPUT1", (x, y) => x - y)];
}

function rowsum(call: InferenceCall): readonly ReferenceTensor[] {
  const values = numbers(input(call, "INPUT0"));
  const sum = (from: number) => values.slice(from, from + 3).reduce((total, value) => total + value, 0);
  return [{ name: "OUTPUT0", datatype: "FP32", shape: [2], values: [Math.fround(sum(0)), Math.fround(sum(3))] }];
}

function twoOut(call: InferenceCall): readonly ReferenceTensor[] {
  const tensor = input(call, "INPUT0");
  const rows = tensor.shape[0] ?? 0;
  return [
    { ...tensor, name: "OUTPUT0" },
    {
      name: "OUTPUT1",
      datatype: "INT64",
      shape: [rows],
      values: Array.from({ length: rows }, (_, row) => BigInt(row)),
    },
  ];
}

function twoVersions(call: InferenceCall): readonly ReferenceTensor[] {
  const tensor = input(call, "INPUT0");
  const sign = call.version === "3" ? -1 : 1;
  return [{ ...tensor, name: "OUTPUT0", values: numbers(tensor).map((value) => sign * value) }];
}

async function slow(call: InferenceCall): Promise<readonly ReferenceTensor[]> {
  const tensor = input(call, "INPUT0");
  const wait = Math.min(Math.max(numbers(tensor)[0] ?? 0, 0), 60_000);
  await new Promise((resolve) => setTimeout(resolve, wait));
  return [{ ...tensor, name: "OUTPUT0" }];
}

function params(call: InferenceCall): readonly ReferenceTensor[] {
  const rows = input(call, "INPUT0").shape[0] ?? 0;
  const json = JSON.stringify(call.parameters, (_key, value: unknown) =>
    typeof value === "bigint" ? Number(value) : value,
  );
  return [
    {
      name: "OUTPUT0",
      datatype: "BYTES",
      shape: [rows, 1],
      values: Array.from({ length: rows }, () => text.encode(json)),
    },
  ];
}

/** Nearest centroid over the published per-class means of Fisher's iris measurements. */
const CENTROIDS = [
  [5.006, 3.428, 1.462, 0.246],
  [5.936, 2.77, 4.26, 1.326],
  [6.588, 2.974, 5.552, 2.026],
] as const;

function iris(call: InferenceCall): readonly ReferenceTensor[] {
  const tensor = input(call, "input-0");
  const values = numbers(tensor);
  const rows = tensor.shape[0] ?? 0;
  const classOf = (row: number) => {
    const features = values.slice(row * 4, row * 4 + 4);
    const distances = CENTROIDS.map((centre) =>
      centre.reduce((sum, mean, i) => sum + (mean - (features[i] ?? 0)) ** 2, 0),
    );
    return distances.indexOf(Math.min(...distances));
  };
  return [
    {
      name: "output-0",
      datatype: "INT64",
      shape: [rows],
      values: Array.from({ length: rows }, (_, row) => BigInt(classOf(row))),
    },
  ];
}

function upperCase(call: InferenceCall): readonly ReferenceTensor[] {
  const tensor = input(call, "INPUT0");
  const values = tensor.values.map((value) => text.encode(utf8.decode(value as Uint8Array).toUpperCase()));
  return [{ ...tensor, name: "OUTPUT0", values }];
}

const F22 = [spec("INPUT0", "FP32", 2, 2)];
const FREE = [spec("INPUT0", "FP32", -1, -1)];
const FREE_OUT = [spec("OUTPUT0", "FP32", -1, -1)];

/** The fixture models by name. Tensors named here are what metadata declares. */
export function fixtureModels(): ReadonlyMap<string, ReferenceModel> {
  const models = [
    ...DATATYPES.map((datatype) =>
      model(
        `identity_${datatype.toLowerCase()}`,
        [spec("INPUT0", datatype, -1, -1)],
        [spec("OUTPUT0", datatype, -1, -1)],
        identity,
      ),
    ),
    model(
      "addsub",
      [spec("INPUT0", "INT32", -1, 4), spec("INPUT1", "INT32", -1, 4)],
      [spec("OUTPUT0", "INT32", -1, 4), spec("OUTPUT1", "INT32", -1, 4)],
      addsub,
    ),
    model(
      "two_out",
      [spec("INPUT0", "FP32", -1, 2)],
      [spec("OUTPUT0", "FP32", -1, 2), spec("OUTPUT1", "INT64", -1)],
      twoOut,
    ),
    model("rowsum", [spec("INPUT0", "FP32", 2, 3)], [spec("OUTPUT0", "FP32", 2)], rowsum),
    model("fixed22", F22, [spec("OUTPUT0", "FP32", 2, 2)], identity),
    model("twoversions", FREE, FREE_OUT, twoVersions, ["1", "3"]),
    model("fail", FREE, FREE_OUT, fails("fail")),
    model("slow_ms", FREE, FREE_OUT, slow),
    model("params", [spec("INPUT0", "INT32", -1, 1)], [spec("OUTPUT0", "BYTES", -1, 1)], params),
    model("iris", [spec("input-0", "FP32", -1, 4)], [spec("output-0", "INT64", -1)], iris),
    model("toggle", FREE, FREE_OUT, identity),
    model("fp16_out", FREE, [spec("OUTPUT0", "FP16", -1, -1)], (call) => [
      { ...input(call, "INPUT0"), name: "OUTPUT0", datatype: "FP16" },
    ]),
    model("text", [spec("INPUT0", "BYTES", -1, 1)], [spec("OUTPUT0", "BYTES", -1, 1)], upperCase),
    model("text_fail", [spec("INPUT0", "BYTES", -1, 1)], [spec("OUTPUT0", "BYTES", -1, 1)], fails("text_fail")),
  ];
  return new Map(models.map((each) => [each.name, each]));
}
