/** How a 16-bit float spends its bits after the sign. */
interface Layout {
  readonly fractionBits: number;
  readonly bias: number;
}

const FLOAT16: Layout = { fractionBits: 10, bias: 15 };
const BFLOAT16: Layout = { fractionBits: 7, bias: 127 };

/** The number that 16 bits of IEEE 754 binary16 stand for. */
export const fromFloat16: (bits: number) => number = tabled(FLOAT16);

/** The nearest binary16 to a number, ties to even; beyond the range it is an infinity. */
export function toFloat16(value: number): number {
  return encode(value, FLOAT16);
}

/** The number that 16 bits of bfloat16 stand for. */
export const fromBfloat16: (bits: number) => number = tabled(BFLOAT16);

/** The nearest bfloat16 to a number, ties to even; beyond the range it is an infinity. */
export function toBfloat16(value: number): number {
  return encode(value, BFLOAT16);
}

/** There are so few of these numbers that a table of them, made at the first call, is the fastest way to read one. */
function tabled(layout: Layout): (bits: number) => number {
  let table: Float64Array | undefined;
  return (bits) => {
    table ??= Float64Array.from({ length: 0x1_0000 }, (_, index) => decode(index, layout));
    return table[bits] as number;
  };
}

function decode(bits: number, { fractionBits, bias }: Layout): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits & 0x7fff) >> fractionBits;
  const fraction = (bits & ((1 << fractionBits) - 1)) / 2 ** fractionBits;
  if (exponent > 2 * bias) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

function encode(value: number, { fractionBits, bias }: Layout): number {
  const infinity = (2 * bias + 1) << fractionBits;
  if (Number.isNaN(value)) return infinity | (1 << (fractionBits - 1));
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude >= 2 ** (bias + 1)) return sign | infinity;
  const exponent = Math.max(exponentOf(magnitude), 1 - bias);
  const units = roundHalfEven((magnitude / 2 ** exponent) * 2 ** fractionBits);
  // Normal numbers have one implied unit too many for their biased exponent; a subnormal has none and exponent field 0.
  // A fraction that rounds up to the next power of two carries into the exponent, up to infinity.
  return sign | (((exponent + bias - 1) << fractionBits) + units);
}

/** The exponent of the largest power of two that is not above a positive number. */
function exponentOf(magnitude: number): number {
  const guess = Math.floor(Math.log2(magnitude));
  if (magnitude < 2 ** guess) return guess - 1;
  return magnitude >= 2 ** (guess + 1) ? guess + 1 : guess;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
