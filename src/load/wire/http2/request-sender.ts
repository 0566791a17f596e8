import { writeSerial } from "../serial.ts";
import type { GrpcCall } from "./call.ts";
import {
  ConnectionFault,
  DEFAULT_MAX_FRAME_BYTES,
  DEFAULT_WINDOW,
  Flag,
  FRAME_HEADER_BYTES,
  FrameType,
  MAX_WINDOW,
} from "./constants.ts";
import { NO_TABLE } from "./hpack.ts";
import type { Output } from "./output.ts";
import { NONE, type Streams } from "./streams.ts";
import { writeHeader, writeUint32 } from "./write-frames.ts";

/** Pieces of a body that are smaller are copied: a piece of its own costs more. */
const SHARED_BYTES = 4096;

/** Writes calls as frames within what the peer's settings and windows allow; what they do not allow yet waits. */
export class RequestSender {
  /** The peer's settings. */
  maxFrameBytes: number = DEFAULT_MAX_FRAME_BYTES;
  maxListBytes = Number.POSITIVE_INFINITY;
  #initialWindow: number = DEFAULT_WINDOW;
  /** The window of the connection. */
  #window: number = DEFAULT_WINDOW;
  #first = true;
  /** Ids of streams whose bodies were not sent in full, in the order of sending; also of some that have ended since. */
  readonly #waiting: number[] = [];
  readonly #streams: Streams;
  readonly #output: Output;

  constructor(streams: Streams, output: Output) {
    this.#streams = streams;
    this.#output = output;
  }

  send(slot: number, call: GrpcCall, serial: number): void {
    const streams = this.#streams;
    const output = this.#output;
    const { frames, dataAt, bytes } = call;
    const place = streams.begin(slot, call, serial, this.#initialWindow);
    const id = streams.id[place] as number;
    if (frames === undefined || this.#first || bytes > this.#window || bytes > this.#initialWindow) {
      this.#writeHead(id, call);
      streams.unsent[place] = bytes;
      if (!this.#writeBody(place)) this.#waiting.push(id);
      return;
    }
    output.reserve(frames.length);
    const { block, end } = output;
    block.set(frames, end);
    writeUint32(block, end + 5, id);
    writeUint32(block, end + dataAt + 5, id);
    if (call.serialEnd > 0) writeSerial(block, end + dataAt + FRAME_HEADER_BYTES + call.serialEnd, serial);
    output.end = end + frames.length;
    this.#window -= bytes;
    streams.window[place] = this.#initialWindow - bytes;
  }

  /** Sends what waits, as far as it may now; true when some was sent. */
  pump(): boolean {
    const waiting = this.#waiting;
    const streams = this.#streams;
    const output = this.#output;
    if (waiting.length === 0) return false;
    let sent = false;
    let kept = 0;
    for (const id of waiting) {
      const place = streams.placeOf(id);
      if (place === NONE) continue;
      const before = streams.unsent[place] as number;
      const done = this.#window > 0 && !output.congested && this.#writeBody(place);
      sent ||= (streams.unsent[place] as number) < before;
      if (!done) waiting[kept++] = id;
    }
    waiting.length = kept;
    return sent;
  }

  /** The peer widens the window of the connection. */
  widen(bytes: number): void {
    if (bytes === 0) throw new ConnectionFault("PROTOCOL_ERROR", "WINDOW_UPDATE by 0");
    if (this.#window + bytes > MAX_WINDOW)
      throw new ConnectionFault("FLOW_CONTROL_ERROR", "the window of the connection exceeds 2^31-1");
    this.#window += bytes;
  }

  /** The peer widens the window of a stream; false when it becomes larger than any may be. */
  widenStream(place: number, bytes: number): boolean {
    const window = (this.#streams.window[place] as number) + bytes;
    if (window > MAX_WINDOW) return false;
    this.#streams.window[place] = window;
    return true;
  }

  /** A new setting changes the windows of open streams too (RFC 9113, section 6.9.2). */
  setInitialWindow(bytes: number): void {
    const { id, window } = this.#streams;
    const change = bytes - this.#initialWindow;
    this.#initialWindow = bytes;
    for (let place = 0; place < id.length; place++) {
      if (id[place] === 0) continue;
      const changed = (window[place] as number) + change;
      if (changed > MAX_WINDOW)
        throw new ConnectionFault("FLOW_CONTROL_ERROR", "a setting makes the window of a stream exceed 2^31-1");
      window[place] = changed;
    }
  }

  #writeHead(id: number, call: GrpcCall): void {
    // The peer's table may have become smaller than its default, which the first block must acknowledge (RFC 9113, section 4.3.1).
    const block = this.#first ? Buffer.concat([NO_TABLE, call.block]) : call.block;
    this.#first = false;
    for (let at = 0; at < block.length; at += DEFAULT_MAX_FRAME_BYTES) {
      const end = Math.min(block.length, at + DEFAULT_MAX_FRAME_BYTES);
      const type = at === 0 ? FrameType.headers : FrameType.continuation;
      writeHeader(this.#output, end - at, type, end === block.length ? Flag.endHeaders : 0, id);
      this.#output.copy(block.subarray(at, end));
    }
  }

  /** True when the whole body is written. */
  #writeBody(place: number): boolean {
    const streams = this.#streams;
    const output = this.#output;
    const call = streams.call[place] as GrpcCall;
    let unsent = streams.unsent[place] as number;
    while (unsent > 0 && !output.congested) {
      const length = Math.min(unsent, streams.window[place] as number, this.#window, this.maxFrameBytes);
      if (length <= 0) break;
      const flags = length === unsent ? Flag.endStream : 0;
      writeHeader(output, length, FrameType.data, flags, streams.id[place] as number);
      const from = call.bytes - unsent;
      this.#writePiece(call, from, from + length, streams.serial[place] as number);
      this.#window -= length;
      streams.window[place] = (streams.window[place] as number) - length;
      unsent -= length;
    }
    streams.unsent[place] = unsent;
    return unsent === 0;
  }

  #writePiece({ message, tail, serialEnd }: GrpcCall, from: number, to: number, serial: number): void {
    let at = from;
    if (at < serialEnd) {
      const own = Buffer.from(message.subarray(0, serialEnd));
      writeSerial(own, serialEnd, serial);
      at = Math.min(serialEnd, to);
      this.#append(own.subarray(from, at));
    }
    const tailAt = message.length;
    if (at < Math.min(tailAt, to)) this.#append(message.subarray(at, to));
    if (to > tailAt) this.#append(tail.subarray(Math.max(at, tailAt) - tailAt, to - tailAt));
  }

  #append(piece: Uint8Array): void {
    if (piece.length < SHARED_BYTES) this.#output.copy(piece);
    else this.#output.share(piece);
  }
}
