import type { Output } from "./output.ts";
import { NONE, type Streams } from "./streams.ts";
import { writeWindowUpdate } from "./write-frames.ts";

/** What came is returned to the peer's windows when they are half used up. */
const RETURN_BYTES = 2 ** 30;

/** Returns received bytes to the windows of the peer, rarely and in bulk. */
export class ReceiveWindows {
  private readonly streams: Streams;
  private readonly output: Output;
  private unreturned = 0;

  constructor(streams: Streams, output: Output) {
    this.streams = streams;
    this.output = output;
  }

  /** The payload of a DATA frame came; those of closed streams count for the connection too (RFC 9113, section 5.1). */
  received(id: number, bytes: number): void {
    this.unreturned += bytes;
    if (this.unreturned >= RETURN_BYTES) {
      writeWindowUpdate(this.output, 0, this.unreturned);
      this.unreturned = 0;
    }
    const place = this.streams.placeOf(id);
    if (place === NONE) return;
    const unreturned = (this.streams.unreturned[place] as number) + bytes;
    this.streams.unreturned[place] = unreturned < RETURN_BYTES ? unreturned : 0;
    if (unreturned >= RETURN_BYTES) writeWindowUpdate(this.output, id, unreturned);
  }
}
