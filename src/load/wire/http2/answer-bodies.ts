import { PREFIX_BYTES } from "./call.ts";
import { readUint32 } from "./read-uint32.ts";
import { NONE, type Streams } from "./streams.ts";

const SMALLEST_BUFFER = 4096;
/** What a prefix promises is not believed beyond this until it has come. */
const MOST_FORESEEN = 16 * 1024 * 1024;
/** Buffers are kept for later bodies up to so many bytes in all. */
const MOST_SPARE_BYTES = 64 * 1024 * 1024;
/** A longer answer is given up. */
export const MOST_ANSWER_BYTES = 0x4000_0000;

/**
 * Collects the bodies of answers. One that stands in the chunk being read in one piece stays there; what is still incomplete
 * when the chunk is left is copied to buffers that are used again.
 */
export class AnswerBodies {
  readonly #streams: Streams;
  /** Ids of streams with bodies in the chunk. */
  readonly #inChunk: number[] = [];
  readonly #spare: Buffer[] = [];
  #spareBytes = 0;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  /** Adds a part that ends a frame. */
  add(place: number, chunk: Uint8Array, from: number, to: number): void {
    const streams = this.#streams;
    if (streams.received[place] !== 0) {
      this.append(place, chunk, from, to);
      return;
    }
    if (from === to) return;
    streams.start[place] = from;
    streams.received[place] = to - from;
    this.#inChunk.push(streams.id[place] as number);
  }

  /** Copies a part. */
  append(place: number, chunk: Uint8Array, from: number, to: number): void {
    const streams = this.#streams;
    if (streams.start[place] !== NONE) this.#keep(place, chunk);
    const received = streams.received[place] as number;
    const buffer = this.#roomFor(place, received + to - from, chunk, from, to);
    buffer.set(chunk.subarray(from, to), received);
    streams.received[place] = received + to - from;
  }

  /** Copies what must outlive the chunk. */
  leave(chunk: Uint8Array): void {
    const streams = this.#streams;
    const inChunk = this.#inChunk;
    for (const id of inChunk) {
      const place = streams.placeOf(id);
      if (place !== NONE && streams.start[place] !== NONE) this.#keep(place, chunk);
    }
    inChunk.length = 0;
  }

  /** Takes a buffer back that a stream had. */
  recycle(buffer: Buffer | undefined): void {
    if (buffer === undefined || this.#spareBytes + buffer.length > MOST_SPARE_BYTES) return;
    this.#spareBytes += buffer.length;
    this.#spare.push(buffer);
  }

  #keep(place: number, chunk: Uint8Array): void {
    const streams = this.#streams;
    const start = streams.start[place] as number;
    const length = streams.received[place] as number;
    streams.start[place] = NONE;
    this.#roomFor(place, length, chunk, start, start + length).set(chunk.subarray(start, start + length));
  }

  /** The stream's buffer, with room for `bytes`; the first part of the body may say how many will come. */
  #roomFor(place: number, bytes: number, chunk: Uint8Array, from: number, to: number): Buffer {
    const streams = this.#streams;
    const had = streams.kept[place];
    if (had !== undefined && had.length >= bytes) return had;
    const foreseen = had === undefined ? Math.max(bytes, foresee(chunk, from, to)) : 2 * bytes;
    const spare = this.#spare.pop();
    this.#spareBytes -= spare === undefined ? 0 : spare.length;
    const buffer =
      spare !== undefined && spare.length >= foreseen
        ? spare
        : Buffer.allocUnsafeSlow(Math.max(SMALLEST_BUFFER, foreseen));
    if (had !== undefined) {
      buffer.set(had);
      this.recycle(had);
    }
    streams.kept[place] = buffer;
    return buffer;
  }
}

function foresee(chunk: Uint8Array, from: number, to: number): number {
  return to - from < PREFIX_BYTES ? 0 : Math.min(PREFIX_BYTES + readUint32(chunk, from + 1), MOST_FORESEEN);
}
