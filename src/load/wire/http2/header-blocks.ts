import { ConnectionFault, Flag } from "./constants.ts";
import type { ResponseReader } from "./response-reader.ts";
import type { Streams } from "./streams.ts";

/** Longer header blocks are refused. */
const MOST_BLOCK_BYTES = 256 * 1024;
const PRIORITY_BYTES = 5;

/** Gathers header blocks from HEADERS and CONTINUATION frames. */
export class HeaderBlocks {
  /** Whether the next frame must be a CONTINUATION of `streamId`. */
  expected = false;
  streamId = 0;
  private endStream = false;
  private parts: Buffer[] = [];
  private gathered = 0;
  private readonly streams: Streams;
  private readonly responses: ResponseReader;

  constructor(streams: Streams, responses: ResponseReader) {
    this.streams = streams;
    this.responses = responses;
  }

  headers(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    if (id === 0 || this.streams.idle(id))
      throw new ConnectionFault("PROTOCOL_ERROR", `HEADERS on stream ${id}, which was never begun`);
    let from = start;
    let to = end;
    if (flags & Flag.padded) to -= bytes[from++] as number;
    if (flags & Flag.priority) from += PRIORITY_BYTES;
    if (to < from) throw new ConnectionFault("PROTOCOL_ERROR", "HEADERS has more padding than payload");
    this.streamId = id;
    this.endStream = (flags & Flag.endStream) !== 0;
    if (flags & Flag.endHeaders) this.responses.block(this.streams.placeOf(id), bytes, from, to, this.endStream, bytes);
    else this.gather(bytes.subarray(from, to));
  }

  continuation(flags: number, bytes: Buffer, start: number, end: number): void {
    if (!this.expected) throw new ConnectionFault("PROTOCOL_ERROR", "CONTINUATION without HEADERS");
    this.gather(bytes.subarray(start, end));
    if (!(flags & Flag.endHeaders)) return;
    const block = Buffer.concat(this.parts);
    this.expected = false;
    this.parts = [];
    this.gathered = 0;
    this.responses.block(this.streams.placeOf(this.streamId), block, 0, block.length, this.endStream, bytes);
  }

  private gather(part: Buffer): void {
    this.expected = true;
    this.gathered += part.length;
    if (this.gathered > MOST_BLOCK_BYTES)
      throw new ConnectionFault("ENHANCE_YOUR_CALM", `a header block has more than ${MOST_BLOCK_BYTES} bytes`);
    this.parts.push(Buffer.from(part));
  }
}
