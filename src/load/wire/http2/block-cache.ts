import { decodeBlock } from "./hpack.ts";
import { type ResponseFields, readResponseFields } from "./response-fields.ts";

const MOST_KNOWN = 4;

interface KnownBlock {
  readonly bytes: Buffer;
  readonly fields: ResponseFields;
}

/** Reads header blocks; one whose bytes came before is not decoded again, which holds because there is no dynamic table. */
export class BlockCache {
  private readonly known: KnownBlock[] = [];
  private last = 0;
  private replaced = 0;

  /** Throws COMPRESSION_ERROR. */
  read(chunk: Uint8Array, start: number, end: number): ResponseFields {
    const last = this.known[this.last];
    if (last !== undefined && equals(last.bytes, chunk, start, end)) return last.fields;
    const index = this.known.findIndex(({ bytes }) => equals(bytes, chunk, start, end));
    if (index >= 0) {
      this.last = index;
      return (this.known[index] as KnownBlock).fields;
    }
    const fields = readResponseFields(decodeBlock(chunk, start, end));
    this.last = this.replaced;
    this.known[this.last] = { bytes: Buffer.from(chunk.subarray(start, end)), fields };
    this.replaced = (this.replaced + 1) % MOST_KNOWN;
    return fields;
  }
}

function equals(known: Uint8Array, chunk: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  // From behind, where blocks of one server differ.
  for (let i = known.length - 1; i >= 0; i--) if (known[i] !== chunk[start + i]) return false;
  return true;
}
