import { Outcome, type OutcomeCode } from "../../engine.ts";
import type { WireSocket } from "../socket.ts";
import type { GrpcCall } from "./call.ts";
import {
  ConnectionFault,
  DEFAULT_WINDOW,
  errorName,
  Flag,
  FrameType,
  MAX_STREAM_ID,
  MAX_WINDOW,
  Setting,
} from "./constants.ts";
import { FrameReader, type FrameTaker } from "./frame-reader.ts";
import { HeaderBlocks } from "./header-blocks.ts";
import { Output } from "./output.ts";
import { PeerSettings } from "./peer-settings.ts";
import { readUint32 } from "./read-uint32.ts";
import { ReceiveWindows } from "./receive-windows.ts";
import { RequestSender } from "./request-sender.ts";
import { type CallOwner, ResponseReader } from "./response-reader.ts";
import { NONE, Streams } from "./streams.ts";
import { writeGoaway, writePingAck, writeReset, writeSettings, writeWindowUpdate } from "./write-frames.ts";

/** Hears of a session. */
export interface SessionOwner extends CallOwner {
  /** The peer's settings have come: calls can be made. */
  ready(session: Session): void;
  /** More calls can be made than before, though none ended. */
  writable(session: Session): void;
  /** No more calls can be made; those in flight are not done yet. */
  leaving(session: Session): void;
  /** The peer broke the rules of the connection; so many calls have failed by it. */
  faulty(session: Session, problem: string, failed: number): void;
}

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
const LINE_BYTES = 100;

/** The client's side of one HTTP/2 connection that carries gRPC calls (RFC 9113). Makes no promise, closure or object per call. */
export class Session implements FrameTaker {
  /** Whether the peer's settings have come. */
  ready = false;
  /** Whether no more calls are to be made. */
  left = false;
  private readonly output: Output;
  private readonly streams: Streams;
  private readonly sender: RequestSender;
  private readonly responses: ResponseReader;
  private readonly headers: HeaderBlocks;
  private readonly settings: PeerSettings;
  private readonly frames: FrameReader;
  private readonly received: ReceiveWindows;
  private readonly owner: SessionOwner;
  private lastId = MAX_STREAM_ID;
  private busy = false;
  private flushDue = false;
  private ended = false;
  private readonly flush = () => {
    this.flushDue = false;
    if (!this.ended) this.push();
  };

  constructor(socket: WireSocket, owner: SessionOwner, firstId = 1) {
    this.owner = owner;
    this.output = new Output(socket);
    this.streams = new Streams(firstId);
    this.sender = new RequestSender(this.streams, this.output);
    this.responses = new ResponseReader(this.streams, this.output, owner);
    this.headers = new HeaderBlocks(this.streams, this.responses);
    this.settings = new PeerSettings(this.sender, this.output);
    this.frames = new FrameReader(this);
    this.received = new ReceiveWindows(this.streams, this.output);
  }

  /** Sends the preface, with settings under which answers need no dynamic table and no small windows. */
  start(): void {
    this.output.copy(PREFACE);
    writeSettings(this.output, [
      [Setting.headerTableSize, 0],
      [Setting.enablePush, 0],
      [Setting.initialWindowSize, MAX_WINDOW],
    ]);
    writeWindowUpdate(this.output, 0, MAX_WINDOW - DEFAULT_WINDOW);
    this.output.flush();
  }

  /** How many more calls can be made. */
  get free(): number {
    return this.ready && !this.left ? Math.max(0, this.settings.maxConcurrentStreams - this.streams.open) : 0;
  }

  /** Calls in flight. */
  get open(): number {
    return this.streams.open;
  }

  /** Whether anything of an answer has come. */
  get answering(): boolean {
    return this.responses.answering;
  }

  /** Messages in answers of status OK. */
  get messages(): number {
    return this.responses.messages;
  }

  send(slot: number, call: GrpcCall, serial: number): void {
    this.sender.send(slot, call, serial);
    if (!this.busy) this.flushSoon();
    if (this.streams.exhausted && !this.left) {
      this.left = true;
      queueMicrotask(() => this.owner.leaving(this));
    }
  }

  /** The most that the peer takes as size of a header list. */
  get maxListBytes(): number {
    return this.sender.maxListBytes;
  }

  /** Ends the call of a slot; false when it is none of this session. */
  abandon(slot: number): boolean {
    const place = this.streams.placeOfSlot(slot);
    if (place === NONE) return false;
    writeReset(this.output, this.streams.id[place] as number, "CANCEL");
    this.responses.release(place);
    if (!this.busy) this.flushSoon();
    return true;
  }

  /** Takes what was read at `endNs`. */
  read(chunk: Buffer, length: number, endNs: number): void {
    this.responses.endNs = endNs;
    this.busy = true;
    try {
      this.frames.read(chunk, length);
      if (!this.ended) this.push();
    } catch (thrown) {
      if (!(thrown instanceof ConnectionFault)) throw thrown;
      this.break(thrown, chunk, endNs);
    } finally {
      this.busy = false;
    }
  }

  /** The socket has taken everything. */
  drained(): void {
    if (!this.ended) this.push();
  }

  /** Fails all calls: the connection is gone. */
  lose(outcome: OutcomeCode, message: string, endNs: number): void {
    this.left = true;
    this.ended = true;
    this.responses.endNs = endNs;
    this.failAbove(0, outcome, message);
  }

  /** Ends it without a word to the owner. */
  close(): void {
    this.left = true;
    this.ended = true;
  }

  frame(type: number, flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    if (this.ended) return;
    if (!this.ready || this.headers.expected) this.refuseOutOfPlace(type, flags, id);
    switch (type) {
      case FrameType.data:
        return this.data(flags, id, bytes, start, end);
      case FrameType.headers:
        return this.headers.headers(flags, id, bytes, start, end);
      case FrameType.continuation:
        return this.headers.continuation(flags, bytes, start, end);
      case FrameType.settings:
        return this.takeSettings(flags, id, bytes, start, end);
      case FrameType.windowUpdate:
        return this.windowUpdate(id, bytes, start, end);
      case FrameType.ping:
        return this.ping(flags, id, bytes.subarray(start, end));
      case FrameType.rstStream:
        return this.reset(id, bytes, start, end);
      case FrameType.goaway:
        return this.goaway(id, bytes, start, end);
      case FrameType.priority:
        if (id === 0) throw new ConnectionFault("PROTOCOL_ERROR", "PRIORITY without a stream");
        return needLength(5, end - start, "PRIORITY");
      case FrameType.pushPromise:
        throw new ConnectionFault("PROTOCOL_ERROR", "PUSH_PROMISE, though it was disabled");
      default:
      // Unknown frames are ignored (RFC 9113, section 5.5).
    }
  }

  dataPart(id: number, bytes: Buffer, start: number, end: number): void {
    if (this.ended) return;
    this.needBegun(id, "DATA");
    const place = this.dataPlace(id, end - start);
    if (place !== NONE) this.responses.bodies.append(place, bytes, start, end);
  }

  dataEnd(flags: number, id: number, bytes: Buffer, length: number): void {
    if (this.ended) return;
    this.needBegun(id, "DATA");
    this.received.received(id, length);
    const place = flags & Flag.endStream ? this.dataPlace(id, 0) : NONE;
    if (place !== NONE) this.responses.endOfData(place, bytes);
  }

  leave(bytes: Buffer): void {
    this.responses.bodies.leave(bytes);
  }

  private break({ code, message }: ConnectionFault, chunk: Buffer, endNs: number): void {
    writeGoaway(this.output, code);
    this.output.flush();
    const text = chunk.toString("latin1", 0, LINE_BYTES);
    const problem = !this.ready && text.startsWith("HTTP/1") ? `the server speaks ${text.split("\r\n")[0]}` : message;
    const failed = this.streams.open;
    this.lose(Outcome.malformed, problem, endNs);
    this.owner.faulty(this, problem, failed);
  }

  private flushSoon(): void {
    if (this.flushDue) return;
    this.flushDue = true;
    queueMicrotask(this.flush);
  }

  /** Writes all that can be written. */
  private push(): void {
    this.sender.pump();
    this.output.flush();
    while (this.sender.pump()) this.output.flush();
  }

  private refuseOutOfPlace(type: number, flags: number, id: number): void {
    if (!this.ready && (type !== FrameType.settings || flags & Flag.ack))
      throw new ConnectionFault("PROTOCOL_ERROR", "the connection does not begin with SETTINGS");
    if (this.headers.expected && (type !== FrameType.continuation || id !== this.headers.streamId))
      throw new ConnectionFault("PROTOCOL_ERROR", "another frame where CONTINUATION must follow");
  }

  private data(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    let from = start;
    let to = end;
    if (flags & Flag.padded) {
      to -= bytes[from++] as number;
      if (to < from) throw new ConnectionFault("PROTOCOL_ERROR", "DATA has more padding than payload");
    }
    this.needBegun(id, "DATA");
    // A frame without data says nothing, unless it ends the stream.
    const place = from < to || flags & Flag.endStream ? this.dataPlace(id, to - from) : NONE;
    if (place !== NONE) this.responses.bodies.add(place, bytes, from, to);
    this.received.received(id, end - start);
    if (place !== NONE && flags & Flag.endStream) this.responses.endOfData(place, bytes);
  }

  /** The place of the stream that takes these bytes; `NONE` when it is closed. */
  private dataPlace(id: number, bytes: number): number {
    const place = this.streams.placeOf(id);
    return place !== NONE && this.responses.takesData(place, bytes) ? place : NONE;
  }

  private takeSettings(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    if (id !== 0) throw new ConnectionFault("PROTOCOL_ERROR", "SETTINGS on a stream");
    if (flags & Flag.ack) return needLength(0, end - start, "SETTINGS with ACK");
    const before = this.free;
    this.settings.take(bytes, start, end);
    if (!this.ready) {
      this.ready = true;
      this.owner.ready(this);
    } else if (this.free > before) this.owner.writable(this);
  }

  private windowUpdate(id: number, bytes: Buffer, start: number, end: number): void {
    needLength(4, end - start, "WINDOW_UPDATE");
    const increment = readUint32(bytes, start) & MAX_WINDOW;
    if (id !== 0) this.needBegun(id, "WINDOW_UPDATE");
    const place = id === 0 ? NONE : this.streams.placeOf(id);
    if (id === 0) this.sender.widen(increment);
    else if (place !== NONE && increment === 0) this.responses.fault(place, "PROTOCOL_ERROR", "WINDOW_UPDATE by 0");
    else if (place !== NONE && !this.sender.widenStream(place, increment))
      this.responses.fault(place, "FLOW_CONTROL_ERROR", "the window of a stream exceeds 2^31-1");
  }

  private ping(flags: number, id: number, data: Buffer): void {
    if (id !== 0) throw new ConnectionFault("PROTOCOL_ERROR", "PING on a stream");
    needLength(8, data.length, "PING");
    if (!(flags & Flag.ack)) writePingAck(this.output, data);
  }

  private reset(id: number, bytes: Buffer, start: number, end: number): void {
    this.needBegun(id, "RST_STREAM");
    needLength(4, end - start, "RST_STREAM");
    const place = this.streams.placeOf(id);
    if (place === NONE) return;
    this.responses.fail(place, Outcome.reset, `the server reset the stream: ${errorName(readUint32(bytes, start))}`);
  }

  private goaway(id: number, bytes: Buffer, start: number, end: number): void {
    if (id !== 0) throw new ConnectionFault("PROTOCOL_ERROR", "GOAWAY on a stream");
    if (end - start < 8) throw new ConnectionFault("FRAME_SIZE_ERROR", "GOAWAY is too short");
    const lastId = readUint32(bytes, start) & MAX_STREAM_ID;
    if (lastId > 0 && lastId % 2 === 0)
      throw new ConnectionFault("PROTOCOL_ERROR", "GOAWAY names a stream of the server");
    if (lastId > this.lastId) throw new ConnectionFault("PROTOCOL_ERROR", "GOAWAY raises the last stream");
    this.lastId = lastId;
    const leaving = !this.left;
    this.left = true;
    const code = errorName(readUint32(bytes, start + 4));
    this.failAbove(lastId, Outcome.reset, `the server left before it processed the call: GOAWAY ${code}`);
    if (leaving) this.owner.leaving(this);
  }

  private failAbove(lastId: number, outcome: OutcomeCode, message: string): void {
    // A copy: what the owner does meanwhile changes the table.
    for (const each of this.streams.id.slice()) {
      const place = each > lastId ? this.streams.placeOf(each) : NONE;
      if (place !== NONE) this.responses.fail(place, outcome, message);
    }
  }

  private needBegun(id: number, frame: string): void {
    if (id === 0) throw new ConnectionFault("PROTOCOL_ERROR", `${frame} without a stream`);
    if (this.streams.idle(id))
      throw new ConnectionFault("PROTOCOL_ERROR", `${frame} on stream ${id}, which was never begun`);
  }
}

function needLength(wanted: number, length: number, frame: string): void {
  if (length !== wanted) throw new ConnectionFault("FRAME_SIZE_ERROR", `${frame} with ${length} bytes of payload`);
}
