/** The lengths of the codes of RFC 7541, appendix B, and the symbols that have them, in the order of their codes: the code is canonical. */
export const SYMBOLS: readonly (readonly [length: number, symbols: readonly number[]])[] = [
  [5, [48, 49, 50, 97, 99, 101, 105, 111, 115, 116]],
  [
    6,
    [32, 37, 45, 46, 47, 51, 52, 53, 54, 55, 56, 57, 61, 65, 95, 98, 100, 102, 103, 104, 108, 109, 110, 112, 114, 117],
  ],
  [7, [58, ...range(66, 87), 89, 106, 107, 113, ...range(118, 122)]],
  [8, [38, 42, 44, 59, 88, 90]],
  [10, [33, 34, 40, 41, 63]],
  [11, [39, 43, 124]],
  [12, [35, 62]],
  [13, [0, 36, 64, 91, 93, 126]],
  [14, [94, 125]],
  [15, [60, 96, 123]],
  [19, [92, 195, 208]],
  [20, [128, 130, 131, 162, 184, 194, 224, 226]],
  [21, [153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230]],
  [
    22,
    [
      129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198,
      228, 232, 233,
    ],
  ],
  [
    23,
    [
      1, 135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168, 174, 175, 180, 182,
      183, 188, 191, 197, 231, 239,
    ],
  ],
  [24, [9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237]],
  [25, [199, 207, 234, 235]],
  [26, [192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255]],
  [27, [203, 204, 211, 212, 214, 221, 222, 223, 241, ...range(244, 248), ...range(250, 254)]],
  [28, [...range(2, 8), 11, 12, ...range(14, 21), ...range(23, 31), 127, 220, 249]],
  [30, [10, 13, 22, 256]],
];
const END_OF_STRING = 256;
/** Fewer bits than a byte may be left over; they are the first bits of the end-of-string code, which are ones. */
const MOST_PADDING_BITS = 7;

interface Level {
  /** The code of the first symbol, and the one after the last. */
  readonly first: number;
  readonly end: number;
  readonly symbols: readonly number[];
}

/** By length of code. */
const LEVELS: readonly (Level | undefined)[] = levels();

/** The text that Huffman-coded bytes stand for, a character for each octet; undefined when they are not such a code. */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = "";
  let code = 0;
  let length = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    for (let bit = 7; bit >= 0; bit--) {
      code = (code << 1) | ((byte >> bit) & 1);
      const level = LEVELS[++length];
      if (level === undefined || code >= level.end) continue;
      const symbol = level.symbols[code - level.first] as number;
      if (symbol === END_OF_STRING) return undefined;
      text += String.fromCharCode(symbol);
      code = 0;
      length = 0;
    }
  }
  return length <= MOST_PADDING_BITS && code === (1 << length) - 1 ? text : undefined;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function levels(): (Level | undefined)[] {
  const byLength: (Level | undefined)[] = [];
  let code = 0;
  let before = 0;
  for (const [length, symbols] of SYMBOLS) {
    const first = code << (length - before);
    code = first + symbols.length;
    before = length;
    byLength[length] = { first, end: code, symbols };
  }
  return byLength;
}
