import { InfermarkError } from "../base/errors.ts";
import { type Random, seededRandom } from "../base/random.ts";
import { DATATYPES, type Datatype, type DatatypeInfo, isDatatype } from "./datatypes.ts";
import type { Element, ModelInfo, Tensor, TensorSpec } from "./model.ts";
import { elementCount } from "./tensors.ts";

export interface SynthesisOptions {
  readonly random: Random;
  /** Size of the first dimension where it is variable; 1 unless given. */
  readonly batch?: number;
  /** Size of every other variable dimension; 2 unless given. */
  readonly dimension?: number;
  /** Which of several requests that the user gave; they are taken in turn. 0 unless given. */
  readonly index?: number;
}

/** Elements of a tensor that follow these are the same in every tensor of its kind, so that many large requests need the memory of one. */
const VARIED_ELEMENTS = 1024;

/** Whether the model takes any number of rows: the first dimension of every input is variable. */
export function takesBatches(model: ModelInfo): boolean {
  return model.inputs.length > 0 && model.inputs.every(({ shape }) => shape[0] === -1);
}

/**
 * Valid input tensors for a model, the same for the same random stream; another stream makes another begin of up to 1024 elements. Values are small and
 * exact in JSON and in every encoding. The user's `--input` is returned as it is. Throws UNSUPPORTED for a datatype that nobody defines.
 */
export function synthesise(model: ModelInfo, options: SynthesisOptions): readonly Tensor[] {
  const { sample, samples = [] } = model;
  return (
    samples[(options.index ?? 0) % samples.length] ??
    sample ??
    model.inputs.map((spec) => synthesiseTensor(spec, options))
  );
}

function synthesiseTensor(
  { name, datatype, shape }: TensorSpec,
  { random, batch = 1, dimension = 2 }: SynthesisOptions,
): Tensor {
  if (!isDatatype(datatype)) {
    throw new InfermarkError(
      "UNSUPPORTED",
      `input ${name} has the datatype ${datatype}, which the protocol does not define`,
    );
  }
  const sizes = shape.map((size, axis) => (size >= 0 ? size : axis === 0 ? batch : dimension));
  const rest = seededRandom("the rest of", name);
  const values = Array.from({ length: elementCount(sizes) }, (_, index) =>
    synthesiseElement(datatype, index < VARIED_ELEMENTS ? random : rest),
  );
  return { name, datatype, shape: sizes, values };
}

type Synthesise = (info: DatatypeInfo, random: Random) => Element;

const ELEMENTS: Readonly<Record<DatatypeInfo["kind"], Synthesise>> = {
  boolean: (_info, random) => random.next() < 0.5,
  bytes: (_info, random) => new TextEncoder().encode(`item-${random.integer(0, 999)}`),
  integer: ({ min, size }, random) => {
    const value = random.integer(min === 0n ? 0 : -100, 100);
    return size === 8 ? BigInt(value) : value;
  },
  // Quarters up to 32 are exact in every float format, bfloat16 included.
  float: (_info, random) => random.integer(1, 127) / 4,
};

function synthesiseElement(datatype: Datatype, random: Random): Element {
  const info = DATATYPES[datatype];
  return ELEMENTS[info.kind](info, random);
}

/** An element that every runtime of the datatype takes: true, 1 or "a". */
export function ordinaryElement(datatype: Datatype): Element {
  const { kind, size } = DATATYPES[datatype];
  if (kind === "boolean") return true;
  if (kind === "bytes") return new TextEncoder().encode("a");
  return kind === "integer" && size === 8 ? 1n : 1;
}

/** Two FP32 rows that no other caller sends, exact in every encoding. */
export function rowsOfCaller(caller: number): Tensor {
  const values = [1, 2].flatMap((row) => [0, 0.25, 0.5, 0.75].map((part) => 10 * caller + row + part));
  return { name: "INPUT0", datatype: "FP32", shape: [2, 4], values };
}

/** FP32 values that repeat every 204 bytes: no power of two is a multiple, so that a chunk in the wrong place shows. */
const LARGE_PERIOD = 51;

/** An FP32 tensor of so many bytes in raw form. It compresses well, since recordings keep it. */
export function largeTensor(bytes: number): Tensor {
  const count = Math.floor(bytes / 4);
  const values: number[] = [];
  for (let index = 0; index < count; index++) values.push((index % LARGE_PERIOD) + 0.5);
  return { name: "INPUT0", datatype: "FP32", shape: [1, count], values };
}
