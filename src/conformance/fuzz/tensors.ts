import { type Arbitrary, array, constant, integer, nat, oneof, record, string } from "fast-check";
import { seededRandom } from "../../base/random.ts";
import {
  DATATYPES,
  describeDifference,
  type Element,
  FIXTURES,
  isDatatype,
  type ModelInfo,
  roundTo,
  synthesise,
  type Tensor,
} from "../../target/index.ts";

/** Which tensors a request carries. */
export interface TensorChoice {
  /** Of a model that takes any number. */
  readonly rows: number;
  readonly pick: number;
  /** Elements at the edges of the datatype, in place of ordinary ones. */
  readonly extremes: readonly number[];
}

export function tensorChoice(): Arbitrary<TensorChoice> {
  return record({
    rows: integer({ min: 1, max: 3 }),
    pick: nat({ max: 99 }),
    extremes: array(nat({ max: 31 }), { maxLength: 3 }),
  });
}

/** The id of a request: mostly none, else a short text. */
export function requestId(): Arbitrary<string | null> {
  return oneof(
    { weight: 5, arbitrary: constant(null) },
    { weight: 2, arbitrary: string({ unit: "grapheme-ascii", maxLength: 6 }) },
    { weight: 1, arbitrary: string({ unit: "grapheme", maxLength: 6 }) },
  );
}

/** Fixtures that return what they are given, whatever it is. */
const RETURNS_ITS_INPUT = /^(?:identity_\w+|fixed22|toggle)$/;

/** Valid tensors for a model. `json` leaves out elements that JSON cannot carry. */
export function chosenTensors(model: ModelInfo, choice: TensorChoice, form: "json" | "bytes"): readonly Tensor[] {
  const tensors = synthesise(model, { random: seededRandom("fuzz", choice.pick), batch: choice.rows });
  if (!model.fixture || !RETURNS_ITS_INPUT.test(model.name)) return tensors;
  return tensors.map((tensor) => withExtremes(tensor, choice.extremes, form));
}

function withExtremes(tensor: Tensor, picks: readonly number[], form: "json" | "bytes"): Tensor {
  const edges = extremesOf(tensor.datatype).filter((element) => form === "bytes" || fitsJson(element));
  const values = [...tensor.values];
  for (const [index, pick] of picks.entries()) {
    const edge = edges[pick % edges.length];
    if (edge !== undefined && index < values.length) values[index] = edge;
  }
  return { ...tensor, values };
}

function fitsJson(element: Element): boolean {
  if (element instanceof Uint8Array) return element.every((byte) => byte !== 0 && byte !== 0xff);
  return typeof element !== "number" || (Number.isFinite(element) && !Object.is(element, -0));
}

const utf8 = new TextEncoder();
const BYTES: readonly Element[] = [
  utf8.encode(""),
  utf8.encode('"\\/\b\f\n\r\t'),
  utf8.encode("ä€😀"),
  utf8.encode("x".repeat(300)),
  Uint8Array.of(0),
  Uint8Array.of(0xff, 0xfe),
];
const LARGEST: Readonly<Record<string, number>> = {
  FP16: 65504,
  BF16: 3.3895313892515355e38,
  FP32: 3.4028234663852886e38,
};

function extremesOf(datatype: string): readonly Element[] {
  if (!isDatatype(datatype)) return [];
  const { kind, min = 0n, max = 0n, size } = DATATYPES[datatype];
  if (kind === "boolean") return [true, false];
  if (kind === "bytes") return BYTES;
  if (kind === "integer") return [0n, min, max, max - 1n].map((value) => (size === 8 ? value : Number(value)));
  const largest = LARGEST[datatype] ?? Number.MAX_VALUE;
  return [
    0,
    -1,
    roundTo(datatype, 0.1),
    largest,
    -largest,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
}

/** What a fixture model computes from these inputs; undefined where that is not known. */
export function computedBy(model: string, inputs: readonly Tensor[]): readonly Tensor[] | undefined {
  const fixture = FIXTURES.get(model);
  const ordered = fixture?.inputs.map(({ name }) => inputs.find((input) => input.name === name));
  return ordered?.every((input) => input !== undefined) ? fixture?.expected(ordered) : undefined;
}

/** How outputs differ from what a model computes; `wanted` names those that were asked for, all when absent. */
export function differenceFrom(
  expected: readonly Tensor[],
  outputs: readonly Tensor[],
  wanted?: readonly string[],
): string | undefined {
  for (const tensor of expected) {
    if (wanted && !wanted.includes(tensor.name)) continue;
    const output = outputs.find(({ name }) => name === tensor.name);
    const difference = output ? describeDifference(output, tensor) : "missing, or not to be read";
    if (difference !== undefined) return `output ${tensor.name}: ${difference}`;
  }
  return undefined;
}
