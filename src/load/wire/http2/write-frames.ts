import { type ErrorName, errorCode, Flag, FRAME_HEADER_BYTES, FrameType } from "./constants.ts";
import type { Output } from "./output.ts";

/** Writes 32 bits in network order. */
export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** The header of a frame; its payload is to follow. */
export function writeHeader(output: Output, length: number, type: number, flags: number, id: number): void {
  output.reserve(FRAME_HEADER_BYTES);
  const { block, end } = output;
  block[end] = length >>> 16;
  block[end + 1] = length >>> 8;
  block[end + 2] = length;
  block[end + 3] = type;
  block[end + 4] = flags;
  writeUint32(block, end + 5, id);
  output.end = end + FRAME_HEADER_BYTES;
}

function writeNumber(output: Output, value: number): void {
  output.reserve(4);
  writeUint32(output.block, output.end, value);
  output.end += 4;
}

export function writeReset(output: Output, id: number, code: ErrorName): void {
  writeHeader(output, 4, FrameType.rstStream, 0, id);
  writeNumber(output, errorCode(code));
}

/** Returns bytes to the peer's window of a stream, or with 0 of the connection. */
export function writeWindowUpdate(output: Output, id: number, bytes: number): void {
  writeHeader(output, 4, FrameType.windowUpdate, 0, id);
  writeNumber(output, bytes);
}

export function writeSettings(output: Output, settings: readonly (readonly [id: number, value: number])[]): void {
  writeHeader(output, 6 * settings.length, FrameType.settings, 0, 0);
  for (const [id, value] of settings) {
    output.reserve(2);
    output.block[output.end++] = id >>> 8;
    output.block[output.end++] = id;
    writeNumber(output, value);
  }
}

export function writeSettingsAck(output: Output): void {
  writeHeader(output, 0, FrameType.settings, Flag.ack, 0);
}

export function writePingAck(output: Output, data: Uint8Array): void {
  writeHeader(output, data.length, FrameType.ping, Flag.ack, 0);
  output.copy(data);
}

/** The last word: no stream of the peer was processed, since it may not begin any. */
export function writeGoaway(output: Output, code: ErrorName): void {
  writeHeader(output, 8, FrameType.goaway, 0, 0);
  writeNumber(output, 0);
  writeNumber(output, errorCode(code));
}
