import type { Random } from "../../../../src/base/random.ts";
import { SYMBOLS } from "../../../../src/load/wire/http2/huffman.ts";

/** A frame; `length` may lie. */
export function frame(type: number, flags: number, id: number, payload: Uint8Array, length = payload.length): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, payload]);
}

/** A message with its prefix; flag and length may lie. */
export function message(bytes: Uint8Array, flag = 0, length = bytes.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, bytes]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** Entries of SETTINGS. */
export function settings(...entries: readonly (readonly [id: number, value: number])[]): Buffer {
  return Buffer.concat(
    entries.map(([id, value]) => {
      const entry = Buffer.alloc(6);
      entry.writeUInt16BE(id);
      entry.writeUInt32BE(value >>> 0, 2);
      return entry;
    }),
  );
}

const STATUS_INDEX: Readonly<Record<string, number>> = {
  200: 8,
  204: 9,
  206: 10,
  304: 11,
  400: 12,
  404: 13,
  500: 14,
};
const NAME_INDEX: Readonly<Record<string, number>> = {
  ":status": 8,
  "content-type": 31,
  "content-length": 28,
  date: 33,
  server: 54,
};
const PATTERNS = [
  [0x40, 6],
  [0x00, 4],
  [0x10, 4],
] as const;

/** A header block in one of the codings that RFC 7541 leaves to the sender; a dynamic table of size 0 forgets what is added. */
export function block(fields: readonly (readonly [string, string])[], random: Random): Buffer {
  return Buffer.concat(fields.map((field) => encode(field, random)));
}

function encode([name, value]: readonly [string, string], random: Random): Buffer {
  const indexed = name === ":status" ? STATUS_INDEX[value] : undefined;
  if (indexed !== undefined && random.next() < 0.7) return integer(indexed, 7, 0x80);
  const [pattern, bits] = random.pick(PATTERNS);
  const index = random.next() < 0.7 ? (NAME_INDEX[name] ?? 0) : 0;
  const head = integer(index, bits, pattern);
  return Buffer.concat([head, ...(index === 0 ? [text(name, random)] : []), text(value, random)]);
}

function text(value: string, random: Random): Buffer {
  const plain = Buffer.from(value, "latin1");
  if (random.next() < 0.5) return Buffer.concat([integer(plain.length, 7, 0), plain]);
  const coded = huffman(plain);
  return Buffer.concat([integer(coded.length, 7, 0x80), coded]);
}

export function integer(value: number, bits: number, pattern: number): Buffer {
  const mask = (1 << bits) - 1;
  if (value < mask) return Buffer.from([pattern | value]);
  const bytes = [pattern | mask];
  let rest = value - mask;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** By octet: its code as a text of binary digits. */
const CODES: readonly string[] = codes();

export function huffman(octets: Uint8Array): Buffer {
  const bits = [...octets].map((octet) => CODES[octet]).join("");
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
  return Buffer.from((padded.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

function codes(): string[] {
  const byOctet: string[] = [];
  let code = 0;
  let before = 0;
  for (const [length, symbols] of SYMBOLS) {
    code <<= length - before;
    before = length;
    for (const symbol of symbols) byOctet[symbol] = (code++).toString(2).padStart(length, "0");
  }
  return byOctet;
}
