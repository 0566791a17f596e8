import { DATATYPES } from "./datatypes.ts";
import type { Element, Tensor, TensorSpec } from "./model.ts";
import { roundTo } from "./tensors.ts";

/** A model whose tensors and values are known by its name. */
export interface Fixture {
  readonly name: string;
  /** What it does, for the people who serve it. */
  readonly does: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Versions that it must have; empty where any will do. */
  readonly versions: readonly string[];
  /** The outputs for these inputs; undefined where values are not fixed. Without `version`, of the version that answers unversioned requests. */
  readonly expected: (inputs: readonly Tensor[], version?: string) => readonly Tensor[] | undefined;
}

type Expected = Fixture["expected"];

const spec = (name: string, datatype: string, ...shape: readonly number[]): TensorSpec => ({ name, datatype, shape });

const renamed: Expected = (inputs) => inputs.map((tensor, index) => ({ ...tensor, name: `OUTPUT${index}` }));

const mapped = (tensor: Tensor, name: string, of: (value: Element, index: number) => Element): Tensor => ({
  ...tensor,
  name,
  values: tensor.values.map(of),
});

const addsub: Expected = ([a, b]) =>
  a && b
    ? [
        mapped(a, "OUTPUT0", (value, i) => (Number(value) + Number(b.values[i])) | 0),
        mapped(a, "OUTPUT1", (value, i) => (Number(value) - Number(b.values[i])) | 0),
      ]
    : undefined;

const rowsum: Expected = ([input]) => {
  if (!input) return undefined;
  const sum = (row: number) =>
    input.values.slice(row * 3, row * 3 + 3).reduce<number>((total, value) => total + Number(value), 0);
  return [{ name: "OUTPUT0", datatype: "FP32", shape: [2], values: [Math.fround(sum(0)), Math.fround(sum(1))] }];
};

const twoOut: Expected = ([input]) => {
  if (!input) return undefined;
  const rows = input.shape[0] ?? 0;
  return [
    { ...input, name: "OUTPUT0" },
    {
      name: "OUTPUT1",
      datatype: "INT64",
      shape: [rows],
      values: Array.from({ length: rows }, (_, row) => BigInt(row)),
    },
  ];
};

const twoVersions: Expected = ([input], version) =>
  input ? [mapped(input, "OUTPUT0", (value) => (version === "1" ? value : -Number(value)))] : undefined;

const upperCase: Expected = ([input]) =>
  input
    ? [mapped(input, "OUTPUT0", (value) => new TextEncoder().encode(UTF8.decode(value as Uint8Array).toUpperCase()))]
    : undefined;

const halved: Expected = ([input]) =>
  input ? [{ ...mapped(input, "OUTPUT0", (value) => roundTo("FP16", Number(value))), datatype: "FP16" }] : undefined;

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

const unknown: Expected = () => undefined;

const FREE = [spec("INPUT0", "FP32", -1, -1)];
const FREE_OUT = [spec("OUTPUT0", "FP32", -1, -1)];
const PAIR = (prefix: string) => [spec(`${prefix}0`, "INT32", -1, 4), spec(`${prefix}1`, "INT32", -1, 4)];

type Row = Omit<Fixture, "versions"> & Partial<Pick<Fixture, "versions">>;

// FP32 first: where the user names no model, the first one found is the one that most checks use.
const identities = ["FP32", ...Object.keys(DATATYPES).filter((datatype) => datatype !== "FP32")].map(
  (datatype): Row => ({
    name: `identity_${datatype.toLowerCase()}`,
    does: "returns its input",
    inputs: [spec("INPUT0", datatype, -1, -1)],
    outputs: [spec("OUTPUT0", datatype, -1, -1)],
    expected: renamed,
  }),
);

const ROWS: readonly Row[] = [
  ...identities,
  {
    name: "addsub",
    does: "the sum and the difference of its inputs",
    inputs: PAIR("INPUT"),
    outputs: PAIR("OUTPUT"),
    expected: addsub,
  },
  {
    name: "two_out",
    does: "its input, and the numbers of its rows",
    inputs: [spec("INPUT0", "FP32", -1, 2)],
    outputs: [spec("OUTPUT0", "FP32", -1, 2), spec("OUTPUT1", "INT64", -1)],
    expected: twoOut,
  },
  {
    name: "rowsum",
    does: "the sum of each row",
    inputs: [spec("INPUT0", "FP32", 2, 3)],
    outputs: [spec("OUTPUT0", "FP32", 2)],
    expected: rowsum,
  },
  {
    name: "fixed22",
    does: "returns its input, whose shape is fixed",
    inputs: [spec("INPUT0", "FP32", 2, 2)],
    outputs: [spec("OUTPUT0", "FP32", 2, 2)],
    expected: renamed,
  },
  {
    name: "twoversions",
    does: "version 1 returns its input, version 3 the negation",
    inputs: FREE,
    outputs: FREE_OUT,
    versions: ["1", "3"],
    expected: twoVersions,
  },
  {
    name: "fail",
    does: "fails every inference with an error of its own",
    inputs: FREE,
    outputs: FREE_OUT,
    expected: unknown,
  },
  {
    name: "slow_ms",
    does: "sleeps as many milliseconds as its first element says, returns its input",
    inputs: FREE,
    outputs: FREE_OUT,
    expected: renamed,
  },
  {
    name: "params",
    does: "the parameters of the request as JSON",
    inputs: [spec("INPUT0", "INT32", -1, 1)],
    outputs: [spec("OUTPUT0", "BYTES", -1, 1)],
    expected: unknown,
  },
  {
    name: "iris",
    does: "a small real classifier",
    inputs: [spec("input-0", "FP32", -1, 4)],
    outputs: [spec("output-0", "INT64", -1)],
    expected: unknown,
  },
  {
    name: "toggle",
    does: "returns its input; the model repository API unloads and loads it",
    inputs: FREE,
    outputs: FREE_OUT,
    expected: renamed,
  },
  {
    name: "fp16_out",
    does: "its input in half precision",
    inputs: FREE,
    outputs: [spec("OUTPUT0", "FP16", -1, -1)],
    expected: halved,
  },
  {
    name: "text",
    does: "the capitals of its text; generates them as text too, a token for each word",
    inputs: [spec("INPUT0", "BYTES", -1, 1)],
    outputs: [spec("OUTPUT0", "BYTES", -1, 1)],
    expected: upperCase,
  },
  {
    name: "text_fail",
    does: "fails every inference and every generation",
    inputs: [spec("INPUT0", "BYTES", -1, 1)],
    outputs: [spec("OUTPUT0", "BYTES", -1, 1)],
    expected: unknown,
  },
  // V1 only, where an instance is any JSON: it has no tensors.
  {
    name: "rows_and_objects",
    does: "V1 alone: returns its instances, whatever JSON they are",
    inputs: [],
    outputs: [],
    expected: unknown,
  },
];

/** The fixture models, by name. */
export const FIXTURES: ReadonlyMap<string, Fixture> = new Map(ROWS.map((row) => [row.name, { versions: [], ...row }]));

/** Whether tensor names that metadata gives are those of the fixture; what metadata leaves out does not contradict. */
export function matchesFixture(
  fixture: Fixture,
  named: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
): boolean {
  const within = (names: readonly string[], specs: readonly TensorSpec[]) =>
    names.every((name) => specs.some((each) => each.name === name));
  return within(named.inputs, fixture.inputs) && within(named.outputs, fixture.outputs);
}
