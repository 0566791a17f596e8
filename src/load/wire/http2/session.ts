import { Outcome, type OutcomeCode } from "../../engine.ts";
import type { WireSocket } from "../socket.ts";
import type { GrpcCall } from "./call.ts";
import { ConnectionFault, DEFAULT_WINDOW, Flag, FrameType, MAX_WINDOW, Setting } from "./constants.ts";
import { ControlFrames, type ControlOwner } from "./control-frames.ts";
import { FrameReader, type FrameTaker } from "./frame-reader.ts";
import { HeaderBlocks } from "./header-blocks.ts";
import { Output } from "./output.ts";
import { ReceiveWindows } from "./receive-windows.ts";
import { RequestSender } from "./request-sender.ts";
import { type CallOwner, ResponseReader } from "./response-reader.ts";
import { NONE, Streams } from "./streams.ts";
import { writeGoaway, writeReset, writeSettings, writeWindowUpdate } from "./write-frames.ts";

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
export class Session implements FrameTaker, ControlOwner {
  /** Whether the peer's settings have come. */
  ready = false;
  /** Whether no more calls are to be made. */
  left = false;
  readonly #output: Output;
  readonly #streams: Streams;
  readonly #sender: RequestSender;
  readonly #responses: ResponseReader;
  readonly #headers: HeaderBlocks;
  readonly #control: ControlFrames;
  readonly #frames: FrameReader;
  readonly #received: ReceiveWindows;
  readonly #owner: SessionOwner;
  #mostStreams = 0;
  #busy = false;
  #flushDue = false;
  #ended = false;
  readonly #flush = () => {
    this.#flushDue = false;
    if (!this.#ended) this.#push();
  };

  constructor(socket: WireSocket, owner: SessionOwner, firstId = 1) {
    this.#owner = owner;
    const output = new Output(socket);
    const streams = new Streams(firstId);
    const sender = new RequestSender(streams, output);
    const responses = new ResponseReader(streams, output, owner);
    this.#output = output;
    this.#streams = streams;
    this.#sender = sender;
    this.#responses = responses;
    this.#headers = new HeaderBlocks(streams, responses);
    this.#control = new ControlFrames({ streams, output, sender, responses }, this);
    this.#frames = new FrameReader(this);
    this.#received = new ReceiveWindows(streams, output);
  }

  /** Sends the preface, with settings under which answers need no dynamic table and no small windows. */
  start(): void {
    this.#output.copy(PREFACE);
    writeSettings(this.#output, [
      [Setting.headerTableSize, 0],
      [Setting.enablePush, 0],
      [Setting.initialWindowSize, MAX_WINDOW],
    ]);
    writeWindowUpdate(this.#output, 0, MAX_WINDOW - DEFAULT_WINDOW);
    this.#output.flush();
  }

  /** How many more calls can be made. */
  get free(): number {
    return this.ready && !this.left ? Math.max(0, this.#control.settings.maxConcurrentStreams - this.#streams.open) : 0;
  }

  /** Calls in flight. */
  get open(): number {
    return this.#streams.open;
  }

  /** Whether anything of an answer has come. */
  get answering(): boolean {
    return this.#responses.answering;
  }

  /** Messages in answers of status OK. */
  get messages(): number {
    return this.#responses.messages;
  }

  send(slot: number, call: GrpcCall, serial: number): void {
    this.#sender.send(slot, call, serial);
    if (!this.#busy) this.#flushSoon();
    if (this.#streams.exhausted && !this.left) {
      this.left = true;
      queueMicrotask(() => this.#owner.leaving(this));
    }
  }

  /** The most that the peer takes as size of a header list. */
  get maxListBytes(): number {
    return this.#sender.maxListBytes;
  }

  /** Ends the call of a slot; false when it is none of this session. */
  abandon(slot: number): boolean {
    const place = this.#streams.placeOfSlot(slot);
    if (place === NONE) return false;
    writeReset(this.#output, this.#streams.id[place] as number, "CANCEL");
    this.#responses.release(place);
    if (!this.#busy) this.#flushSoon();
    return true;
  }

  /** Takes what was read at `endNs`. */
  read(chunk: Buffer, length: number, endNs: number): void {
    this.#responses.endNs = endNs;
    this.#busy = true;
    try {
      this.#frames.read(chunk, length);
      if (!this.#ended) this.#push();
    } catch (thrown) {
      if (!(thrown instanceof ConnectionFault)) throw thrown;
      this.#break(thrown, chunk, endNs);
    } finally {
      this.#busy = false;
    }
  }

  /** The socket has taken everything. */
  drained(): void {
    if (!this.#ended) this.#push();
  }

  /** Fails all calls: the connection is gone. */
  lose(outcome: OutcomeCode, message: string, endNs: number): void {
    this.left = true;
    this.#ended = true;
    this.#responses.endNs = endNs;
    this.#failAbove(0, outcome, message);
  }

  /** Ends it without a word to the owner. */
  close(): void {
    this.left = true;
    this.#ended = true;
  }

  frame(type: number, flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    if (this.#ended) return;
    if (!this.ready || this.#headers.expected) this.#refuseOutOfPlace(type, flags, id);
    switch (type) {
      case FrameType.data:
        return this.#data(flags, id, bytes, start, end);
      case FrameType.headers:
        return this.#headers.headers(flags, id, bytes, start, end);
      case FrameType.continuation:
        return this.#headers.continuation(flags, bytes, start, end);
      default:
        this.#control.take(type, flags, id, bytes, start, end);
    }
  }

  dataPart(id: number, bytes: Buffer, start: number, end: number): void {
    if (this.#ended) return;
    this.#needBegun(id, "DATA");
    const place = this.#dataPlace(id, end - start);
    if (place !== NONE) this.#responses.bodies.append(place, bytes, start, end);
  }

  dataEnd(flags: number, id: number, bytes: Buffer, length: number): void {
    if (this.#ended) return;
    this.#needBegun(id, "DATA");
    this.#received.received(id, length);
    const place = flags & Flag.endStream ? this.#dataPlace(id, 0) : NONE;
    if (place !== NONE) this.#responses.endOfData(place, bytes);
  }

  settled(): void {
    const before = this.#mostStreams;
    this.#mostStreams = this.#control.settings.maxConcurrentStreams;
    if (!this.ready) {
      this.ready = true;
      this.#owner.ready(this);
    } else if (this.#mostStreams > before && this.free > 0) this.#owner.writable(this);
  }

  leaving(lastId: number, errorName: string): void {
    const first = !this.left;
    this.left = true;
    this.#failAbove(lastId, Outcome.reset, `the server left before it processed the call: GOAWAY ${errorName}`);
    if (first) this.#owner.leaving(this);
  }

  leave(bytes: Buffer): void {
    this.#responses.bodies.leave(bytes);
  }

  #break({ code, message }: ConnectionFault, chunk: Buffer, endNs: number): void {
    writeGoaway(this.#output, code);
    this.#output.flush();
    const text = chunk.toString("latin1", 0, LINE_BYTES);
    const problem = !this.ready && text.startsWith("HTTP/1") ? `the server speaks ${text.split("\r\n")[0]}` : message;
    const failed = this.#streams.open;
    this.lose(Outcome.malformed, problem, endNs);
    this.#owner.faulty(this, problem, failed);
  }

  #flushSoon(): void {
    if (this.#flushDue) return;
    this.#flushDue = true;
    queueMicrotask(this.#flush);
  }

  /** Writes all that can be written. */
  #push(): void {
    this.#sender.pump();
    this.#output.flush();
    while (this.#sender.pump()) this.#output.flush();
  }

  #refuseOutOfPlace(type: number, flags: number, id: number): void {
    if (!this.ready && (type !== FrameType.settings || flags & Flag.ack))
      throw new ConnectionFault("PROTOCOL_ERROR", "the connection does not begin with SETTINGS");
    if (this.#headers.expected && (type !== FrameType.continuation || id !== this.#headers.streamId))
      throw new ConnectionFault("PROTOCOL_ERROR", "another frame where CONTINUATION must follow");
  }

  #data(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    let from = start;
    let to = end;
    if (flags & Flag.padded) {
      to -= bytes[from++] as number;
      if (to < from) throw new ConnectionFault("PROTOCOL_ERROR", "DATA has more padding than payload");
    }
    this.#needBegun(id, "DATA");
    // A frame without data says nothing, unless it ends the stream.
    const place = from < to || flags & Flag.endStream ? this.#dataPlace(id, to - from) : NONE;
    if (place !== NONE) this.#responses.bodies.add(place, bytes, from, to);
    this.#received.received(id, end - start);
    if (place !== NONE && flags & Flag.endStream) this.#responses.endOfData(place, bytes);
  }

  /** The place of the stream that takes these bytes; `NONE` when it is closed. */
  #dataPlace(id: number, bytes: number): number {
    const place = this.#streams.placeOf(id);
    return place !== NONE && this.#responses.takesData(place, bytes) ? place : NONE;
  }

  #failAbove(lastId: number, outcome: OutcomeCode, message: string): void {
    // A copy: what the owner does meanwhile changes the table.
    for (const each of this.#streams.id.slice()) {
      const place = each > lastId ? this.#streams.placeOf(each) : NONE;
      if (place !== NONE) this.#responses.fail(place, outcome, message);
    }
  }

  #needBegun(id: number, frame: string): void {
    if (id === 0) throw new ConnectionFault("PROTOCOL_ERROR", `${frame} without a stream`);
    if (this.#streams.idle(id))
      throw new ConnectionFault("PROTOCOL_ERROR", `${frame} on stream ${id}, which was never begun`);
  }
}
