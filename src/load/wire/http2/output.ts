import type { WireSocket } from "../socket.ts";

const BLOCK_BYTES = 64 * 1024;
/** Bytes that the operating system has not taken; with more, bodies wait, so that an abandoned one need not be sent in full. */
const CONGESTED_BYTES = 1024 * 1024;

/**
 * Gathers what is to be written on one socket into as few writes as possible: small things are copied into a block, large ones go as they are.
 * Bytes of the block that the socket still holds are not touched.
 */
export class Output {
  /** Write here, from `end` on, after `reserve`. */
  block: Buffer = Buffer.alloc(0);
  end = 0;
  private start = 0;
  private pieces: Uint8Array[] = [];
  private gathered = 0;
  private readonly socket: WireSocket;

  constructor(socket: WireSocket) {
    this.socket = socket;
  }

  /** Makes room for `bytes` in a row at `end`; at most 64 KiB. */
  reserve(bytes: number): void {
    if (this.end + bytes <= this.block.length) return;
    this.cut();
    this.block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.start = 0;
    this.end = 0;
  }

  /** Copies. */
  copy(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.block.set(bytes, this.end);
    this.end += bytes.length;
  }

  /** Appends bytes that will not change, without copying them. */
  share(bytes: Uint8Array): void {
    this.cut();
    this.pieces.push(bytes);
    this.gathered += bytes.length;
  }

  get congested(): boolean {
    return this.gathered + this.socket.pending > CONGESTED_BYTES;
  }

  /** Writes what was gathered. */
  flush(): void {
    if (this.pieces.length > 0) {
      this.cut();
      const pieces = this.pieces;
      this.pieces = [];
      this.gathered = 0;
      this.socket.writeAll(pieces);
    } else if (this.end > this.start) {
      this.socket.write(this.block.subarray(this.start, this.end));
    } else return;
    this.start = this.end;
    if (this.socket.pending > 0) return;
    this.start = 0;
    this.end = 0;
  }

  private cut(): void {
    if (this.end === this.start) return;
    this.pieces.push(this.block.subarray(this.start, this.end));
    this.gathered += this.end - this.start;
    this.start = this.end;
  }
}
