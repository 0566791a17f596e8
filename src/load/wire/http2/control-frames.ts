import { Outcome } from "../../engine.ts";
import { ConnectionFault, errorName, Flag, FrameType, MAX_STREAM_ID, MAX_WINDOW } from "./constants.ts";
import type { Output } from "./output.ts";
import { PeerSettings } from "./peer-settings.ts";
import { readUint32 } from "./read-uint32.ts";
import type { RequestSender } from "./request-sender.ts";
import type { ResponseReader } from "./response-reader.ts";
import { NONE, type Streams } from "./streams.ts";
import { writePingAck } from "./write-frames.ts";

/** Hears what concerns the connection as a whole. */
export interface ControlOwner {
  /** Settings were taken over. */
  settled(): void;
  /** The peer takes no more calls, and processes none after this stream. */
  leaving(lastId: number, errorName: string): void;
}

/** The parts of a session that frames act on. */
export interface ControlParts {
  readonly streams: Streams;
  readonly output: Output;
  readonly sender: RequestSender;
  readonly responses: ResponseReader;
}

/** Acts on all frames but DATA, HEADERS and CONTINUATION. */
export class ControlFrames {
  readonly settings: PeerSettings;
  readonly #parts: ControlParts;
  readonly #owner: ControlOwner;
  #lastId = MAX_STREAM_ID;

  constructor(parts: ControlParts, owner: ControlOwner) {
    this.#parts = parts;
    this.#owner = owner;
    this.settings = new PeerSettings(parts.sender, parts.output);
  }

  take(type: number, flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    switch (type) {
      case FrameType.settings:
        return this.#settings(flags, id, bytes, start, end);
      case FrameType.windowUpdate:
        return this.#windowUpdate(id, bytes, start, end);
      case FrameType.ping:
        return this.#ping(flags, id, bytes.subarray(start, end));
      case FrameType.rstStream:
        return this.#reset(id, bytes, start, end);
      case FrameType.goaway:
        return this.#goaway(id, bytes, start, end);
      case FrameType.priority:
        if (id === 0) throw new ConnectionFault("PROTOCOL_ERROR", "PRIORITY without a stream");
        return needLength(5, end - start, "PRIORITY");
      case FrameType.pushPromise:
        throw new ConnectionFault("PROTOCOL_ERROR", "PUSH_PROMISE, though it was disabled");
      default:
      // Unknown frames are ignored (RFC 9113, section 5.5).
    }
  }

  #settings(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    if (id !== 0) throw new ConnectionFault("PROTOCOL_ERROR", "SETTINGS on a stream");
    if (flags & Flag.ack) return needLength(0, end - start, "SETTINGS with ACK");
    this.settings.take(bytes, start, end);
    this.#owner.settled();
  }

  #windowUpdate(id: number, bytes: Buffer, start: number, end: number): void {
    const { sender, responses } = this.#parts;
    needLength(4, end - start, "WINDOW_UPDATE");
    const increment = readUint32(bytes, start) & MAX_WINDOW;
    if (id === 0) return sender.widen(increment);
    const place = this.#placeOf(id, "WINDOW_UPDATE");
    if (place === NONE) return;
    if (increment === 0) responses.fault(place, "PROTOCOL_ERROR", "WINDOW_UPDATE by 0");
    else if (!sender.widenStream(place, increment))
      responses.fault(place, "FLOW_CONTROL_ERROR", "the window of a stream exceeds 2^31-1");
  }

  #ping(flags: number, id: number, data: Buffer): void {
    if (id !== 0) throw new ConnectionFault("PROTOCOL_ERROR", "PING on a stream");
    needLength(8, data.length, "PING");
    if (!(flags & Flag.ack)) writePingAck(this.#parts.output, data);
  }

  #reset(id: number, bytes: Buffer, start: number, end: number): void {
    if (id === 0) throw new ConnectionFault("PROTOCOL_ERROR", "RST_STREAM without a stream");
    const place = this.#placeOf(id, "RST_STREAM");
    needLength(4, end - start, "RST_STREAM");
    if (place === NONE) return;
    const code = errorName(readUint32(bytes, start));
    this.#parts.responses.fail(place, Outcome.reset, `the server reset the stream: ${code}`);
  }

  #goaway(id: number, bytes: Buffer, start: number, end: number): void {
    if (id !== 0) throw new ConnectionFault("PROTOCOL_ERROR", "GOAWAY on a stream");
    if (end - start < 8) throw new ConnectionFault("FRAME_SIZE_ERROR", "GOAWAY is too short");
    const lastId = readUint32(bytes, start) & MAX_STREAM_ID;
    if (lastId > 0 && lastId % 2 === 0)
      throw new ConnectionFault("PROTOCOL_ERROR", "GOAWAY names a stream of the server");
    if (lastId > this.#lastId) throw new ConnectionFault("PROTOCOL_ERROR", "GOAWAY raises the last stream");
    this.#lastId = lastId;
    this.#owner.leaving(lastId, errorName(readUint32(bytes, start + 4)));
  }

  #placeOf(id: number, frame: string): number {
    if (!this.#parts.streams.idle(id)) return this.#parts.streams.placeOf(id);
    throw new ConnectionFault("PROTOCOL_ERROR", `${frame} on stream ${id}, which was never begun`);
  }
}

function needLength(wanted: number, length: number, frame: string): void {
  if (length !== wanted) throw new ConnectionFault("FRAME_SIZE_ERROR", `${frame} with ${length} bytes of payload`);
}
