import { ConnectionFault, DEFAULT_MAX_FRAME_BYTES, Flag, FRAME_HEADER_BYTES, FrameType } from "./constants.ts";
import { readUint32 } from "./read-uint32.ts";

/** Takes frames. Bytes are lent for the length of the call. */
export interface FrameTaker {
  /** A whole frame, payload from `start` to `end`. */
  frame(type: number, flags: number, id: number, bytes: Buffer, start: number, end: number): void;
  /** A part of the payload of a DATA frame, without its padding, that does not stand in one chunk. */
  dataPart(id: number, bytes: Buffer, start: number, end: number): void;
  /** The end of such a frame; `length` is that of its payload, padding included. */
  dataEnd(flags: number, id: number, bytes: Buffer, length: number): void;
  /** The bytes will be gone after this call. */
  leave(bytes: Buffer): void;
}

const NOTHING = Buffer.alloc(0);
const MOST_CARRIED = FRAME_HEADER_BYTES + DEFAULT_MAX_FRAME_BYTES;
/** With so many bytes of a DATA frame it is known how much padding it has. */
const DATA_BEGIN_BYTES = FRAME_HEADER_BYTES + 1;
/** The highest bit of a stream id means nothing (RFC 9113, section 4.1). */
const ID_MASK = 0x7fff_ffff;

/** Cuts a stream of bytes, torn anywhere, into frames. What is not complete waits, but data is passed on at once. */
export class FrameReader {
  private readonly taker: FrameTaker;
  /** The begin of a frame whose rest has not come. */
  private carry: Buffer = NOTHING;
  private carried = 0;
  /** The DATA frame that is being passed on in parts. */
  private torn = false;
  private tornId = 0;
  private tornFlags = 0;
  private tornLength = 0;
  private dataLeft = 0;
  private paddingLeft = 0;

  constructor(taker: FrameTaker) {
    this.taker = taker;
  }

  /** Throws ConnectionFault for what is no frame, and what the taker throws. */
  read(chunk: Buffer, length: number): void {
    let at = 0;
    if (this.torn) at = this.continueData(chunk, 0, length);
    else if (this.carried > 0) at = this.continueCarry(chunk, length);
    while (length - at >= FRAME_HEADER_BYTES) {
      const end = at + FRAME_HEADER_BYTES + payloadLength(chunk, at);
      if (end > length) break;
      this.take(chunk, at, end);
      at = end;
    }
    if (at < length) this.begin(chunk, at, length);
    this.taker.leave(chunk);
  }

  private take(bytes: Buffer, at: number, end: number): void {
    const id = readUint32(bytes, at + 5) & ID_MASK;
    this.taker.frame(bytes[at + 3] as number, bytes[at + 4] as number, id, bytes, at + FRAME_HEADER_BYTES, end);
  }

  /** A frame that the chunk does not hold in full. */
  private begin(chunk: Buffer, at: number, length: number): void {
    if (chunk[at + 3] !== FrameType.data || length - at < DATA_BEGIN_BYTES) {
      if (this.carry === NOTHING) this.carry = Buffer.allocUnsafeSlow(MOST_CARRIED);
      this.carry.set(chunk.subarray(at, length));
      this.carried = length - at;
      return;
    }
    this.tornLength = payloadLength(chunk, at);
    this.tornFlags = chunk[at + 4] as number;
    this.tornId = readUint32(chunk, at + 5) & ID_MASK;
    const padded = (this.tornFlags & Flag.padded) !== 0;
    this.paddingLeft = padded ? (chunk[at + FRAME_HEADER_BYTES] as number) : 0;
    this.dataLeft = this.tornLength - this.paddingLeft - (padded ? 1 : 0);
    if (this.dataLeft < 0) throw new ConnectionFault("PROTOCOL_ERROR", "a frame has more padding than payload");
    this.torn = true;
    this.continueData(chunk, at + FRAME_HEADER_BYTES + (padded ? 1 : 0), length);
  }

  /** Returns where the rest of the chunk begins. */
  private continueData(chunk: Buffer, from: number, length: number): number {
    const dataEnd = Math.min(length, from + this.dataLeft);
    if (dataEnd > from) this.taker.dataPart(this.tornId, chunk, from, dataEnd);
    this.dataLeft -= dataEnd - from;
    const end = Math.min(length, dataEnd + this.paddingLeft);
    this.paddingLeft -= end - dataEnd;
    if (this.dataLeft + this.paddingLeft > 0) return length;
    this.torn = false;
    this.taker.dataEnd(this.tornFlags, this.tornId, chunk, this.tornLength);
    return end;
  }

  /** Completes what was carried; returns where the rest of the chunk begins. */
  private continueCarry(chunk: Buffer, length: number): number {
    const { carry } = this;
    let at = this.fill(chunk, 0, length, FRAME_HEADER_BYTES);
    if (this.carried < FRAME_HEADER_BYTES) return at;
    const end = FRAME_HEADER_BYTES + payloadLength(carry, 0);
    at = this.fill(chunk, at, length, end);
    if (this.carried < end) return at;
    this.carried = 0;
    this.take(carry, 0, end);
    this.taker.leave(carry);
    return at;
  }

  private fill(chunk: Buffer, at: number, length: number, wanted: number): number {
    const taken = Math.min(length - at, Math.max(0, wanted - this.carried));
    this.carry.set(chunk.subarray(at, at + taken), this.carried);
    this.carried += taken;
    return at + taken;
  }
}

function payloadLength(bytes: Uint8Array, at: number): number {
  const length = ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
  if (length > DEFAULT_MAX_FRAME_BYTES)
    throw new ConnectionFault("FRAME_SIZE_ERROR", `a frame of ${length} bytes exceeds ${DEFAULT_MAX_FRAME_BYTES}`);
  return length;
}
