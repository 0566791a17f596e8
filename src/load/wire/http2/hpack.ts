import { ConnectionFault } from "./constants.ts";
import { decodeHuffman } from "./huffman.ts";

/** A field of a header block; octets as characters of the same codes. */
export type Field = readonly [name: string, value: string];

/** RFC 7541, appendix A; the first has index 1. */
const STATIC_TABLE: readonly Field[] = [
  [":authority", ""],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  ...["200", "204", "206", "304", "400", "404", "500"].map((status) => [":status", status] as const),
  ["accept-charset", ""],
  ["accept-encoding", "gzip, deflate"],
  ...`accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control
    content-disposition content-encoding content-language content-length content-location content-range content-type
    cookie date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since
    last-modified link location max-forwards proxy-authenticate proxy-authorization range referer refresh retry-after
    server set-cookie strict-transport-security transfer-encoding user-agent vary via www-authenticate`
    .split(/\s+/)
    .map((name) => [name, ""] as const),
];

/** The index of a field in the static table, or of one with its name. */
export const StaticIndex = {
  authority: 1,
  methodPost: 3,
  path: 4,
  schemeHttp: 6,
  schemeHttps: 7,
  contentType: 31,
} as const;

const MOST_INTEGER = 0x0fff_ffff;

/**
 * Decodes a header block of a peer that must not use a dynamic table, since its size was set to 0. Throws COMPRESSION_ERROR.
 * A block that lacks the size update which RFC 9113, section 4.3.1, demands after the setting is decoded all the same.
 */
export function decodeBlock(bytes: Uint8Array, start: number, end: number): readonly Field[] {
  const reader = new BlockReader(bytes, start, end);
  const fields: Field[] = [];
  while (!reader.ended) {
    const first = reader.peek();
    if (first & 0x80) fields.push(reader.indexed(reader.integer(7)));
    else if ((first & 0xe0) === 0x20) reader.sizeUpdate(fields.length);
    else fields.push(reader.literal((first & 0xc0) === 0x40 ? 6 : 4));
  }
  return fields;
}

class BlockReader {
  private readonly bytes: Uint8Array;
  private readonly end: number;
  private at: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  get ended(): boolean {
    return this.at >= this.end;
  }

  peek(): number {
    if (this.ended) throw new ConnectionFault("COMPRESSION_ERROR", "a header block ends within a field");
    return this.bytes[this.at] as number;
  }

  /** An integer whose first byte has `bits` bits of it (section 5.1). */
  integer(bits: number): number {
    const mask = (1 << bits) - 1;
    let value = this.peek() & mask;
    this.at++;
    if (value < mask) return value;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.peek();
      this.at++;
      value += (byte & 0x7f) * factor;
      if (value > MOST_INTEGER || factor > MOST_INTEGER)
        throw new ConnectionFault("COMPRESSION_ERROR", "an integer of a header block is out of bounds");
      if (byte < 0x80) return value;
    }
  }

  indexed(index: number): Field {
    const field = STATIC_TABLE[index - 1];
    if (field) return field;
    throw new ConnectionFault("COMPRESSION_ERROR", `index ${index} is not in the static table, and there is no other`);
  }

  literal(prefixBits: number): Field {
    const index = this.integer(prefixBits);
    const name = index === 0 ? this.text() : this.indexed(index)[0];
    return [name, this.text()];
  }

  sizeUpdate(fieldsBefore: number): void {
    const size = this.integer(5);
    if (fieldsBefore > 0) throw new ConnectionFault("COMPRESSION_ERROR", "a table size update follows a field");
    if (size > 0) throw new ConnectionFault("COMPRESSION_ERROR", `a table size of ${size} exceeds the setting of 0`);
  }

  private text(): string {
    const coded = (this.peek() & 0x80) !== 0;
    const length = this.integer(7);
    const start = this.at;
    if (length > this.end - start) throw new ConnectionFault("COMPRESSION_ERROR", "a text exceeds its header block");
    this.at += length;
    const { buffer, byteOffset } = this.bytes;
    const text = coded
      ? decodeHuffman(this.bytes, start, this.at)
      : Buffer.from(buffer, byteOffset + start, length).toString("latin1");
    if (text === undefined) throw new ConnectionFault("COMPRESSION_ERROR", "a text is not Huffman-coded");
    return text;
  }
}

/** Encodes a field that is not to be remembered by anyone: with its name's index in the static table where given. */
export function encodeField([name, value]: Field, nameIndex = 0): Buffer {
  // "Never indexed" (section 6.2.3), which also keeps credentials out of the tables of proxies.
  const head = encodeInteger(nameIndex, 4, 0x10);
  return Buffer.concat([head, ...(nameIndex === 0 ? [encodeText(name)] : []), encodeText(value)]);
}

export function encodeIndexed(index: number): Buffer {
  return encodeInteger(index, 7, 0x80);
}

/** Sets the size of the dynamic table to 0: nothing is ever put into it. */
export const NO_TABLE = Buffer.from([0x20]);

function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  return Buffer.concat([encodeInteger(bytes.length, 7, 0), bytes]);
}

function encodeInteger(value: number, bits: number, pattern: number): Buffer {
  const mask = (1 << bits) - 1;
  if (value < mask) return Buffer.from([pattern | value]);
  const bytes = [pattern | mask];
  let rest = value - mask;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}
