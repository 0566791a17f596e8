import { Outcome, type OutcomeCode } from "../../engine.ts";
import { createViews } from "../views.ts";
import { AnswerBodies, MOST_ANSWER_BYTES } from "./answer-bodies.ts";
import { BlockCache } from "./block-cache.ts";
import { type GrpcCall, PREFIX_BYTES } from "./call.ts";
import type { ErrorName } from "./constants.ts";
import type { Output } from "./output.ts";
import { readUint32 } from "./read-uint32.ts";
import type { ResponseFields } from "./response-fields.ts";
import { NONE, type Streams } from "./streams.ts";
import { writeReset } from "./write-frames.ts";

/** Hears what became of calls. */
export interface CallOwner {
  answered(slot: number, endNs: number, ok: boolean, status: number, body: Uint8Array): void;
  failed(slot: number, endNs: number, outcome: OutcomeCode, message: string): void;
}

const HTTP_OK = 200;
const FIRST_FINAL_STATUS = 200;

/** Makes answers of header blocks and data, as HTTP (RFC 9113, section 8.1) and gRPC over HTTP/2 define them. */
export class ResponseReader {
  /** When the chunk being read was handed to this process. */
  endNs = 0;
  /** Whether anything of an answer has come. */
  answering = false;
  /** Messages that came in answers of status OK. */
  messages = 0;
  readonly bodies: AnswerBodies;
  private readonly heads = new BlockCache();
  private readonly trailers = new BlockCache();
  private readonly views = createViews();
  private readonly streams: Streams;
  private readonly output: Output;
  private readonly owner: CallOwner;

  constructor(streams: Streams, output: Output, owner: CallOwner) {
    this.streams = streams;
    this.output = output;
    this.owner = owner;
    this.bodies = new AnswerBodies(streams);
  }

  /** A header block of any stream; `place` is `NONE` for one that is closed. Throws COMPRESSION_ERROR. */
  block(place: number, bytes: Buffer, start: number, end: number, endStream: boolean, chunk: Buffer): void {
    const head = place === NONE ? undefined : this.streams.head[place];
    const fields = (head === undefined ? this.heads : this.trailers).read(bytes, start, end);
    if (place === NONE) return;
    this.answering = true;
    if (fields.malformed !== undefined) this.fault(place, "PROTOCOL_ERROR", fields.malformed);
    else if (head === undefined) this.head(place, fields, endStream, chunk);
    else if (fields.status > 0) this.fault(place, "PROTOCOL_ERROR", "trailers with :status");
    else if (!endStream) this.fault(place, "PROTOCOL_ERROR", "trailers that do not end the stream");
    else if (head.contentLength >= 0 && fields.contentLength >= 0)
      this.fault(place, "PROTOCOL_ERROR", "more than one content-length");
    else this.complete(place, head, fields, chunk);
  }

  /** Whether a stream takes so many bytes of data more; ends it when not. */
  takesData(place: number, bytes: number): boolean {
    const head = this.streams.head[place];
    const received = (this.streams.received[place] as number) + bytes;
    if (head === undefined) this.fault(place, "PROTOCOL_ERROR", "data before the head of the answer");
    else if (head.contentLength >= 0 && received > head.contentLength)
      this.fault(place, "PROTOCOL_ERROR", `content-length is ${head.contentLength}, and more bytes came`);
    else if (received > MOST_ANSWER_BYTES)
      this.fault(place, "CANCEL", `the answer has more than ${MOST_ANSWER_BYTES} bytes`);
    else return true;
    return false;
  }

  /** The stream ended with a DATA frame. */
  endOfData(place: number, chunk: Buffer): void {
    this.complete(place, this.streams.head[place] as ResponseFields, undefined, chunk);
  }

  /** The peer breaks the rules on one stream (RFC 9113, section 5.4.2). */
  fault(place: number, code: ErrorName, problem: string): void {
    writeReset(this.output, this.streams.id[place] as number, code);
    this.fail(place, Outcome.malformed, problem);
  }

  /** Ends a stream without an answer. */
  fail(place: number, outcome: OutcomeCode, message: string): void {
    this.owner.failed(this.release(place), this.endNs, outcome, message);
  }

  /** Forgets a stream; returns its slot. */
  release(place: number): number {
    const slot = this.streams.slot[place] as number;
    this.bodies.recycle(this.streams.kept[place]);
    this.streams.end(place);
    return slot;
  }

  private head(place: number, fields: ResponseFields, endStream: boolean, chunk: Buffer): void {
    if (fields.status === 0) this.fault(place, "PROTOCOL_ERROR", "a head without :status");
    else if (fields.status < FIRST_FINAL_STATUS) {
      if (endStream) this.fault(place, "PROTOCOL_ERROR", `status ${fields.status} ends the stream`);
    } else if (endStream) this.complete(place, fields, fields, chunk);
    else this.streams.head[place] = fields;
  }

  private complete(place: number, head: ResponseFields, end: ResponseFields | undefined, chunk: Buffer): void {
    const { streams } = this;
    const contentLength = Math.max(head.contentLength, end === undefined ? -1 : end.contentLength);
    const received = streams.received[place] as number;
    if (contentLength >= 0 && contentLength !== received) {
      this.fault(place, "PROTOCOL_ERROR", `content-length is ${contentLength}, and ${received} bytes came`);
      return;
    }
    // What is left of the request is of no use to the peer.
    if (streams.unsent[place] !== 0) writeReset(this.output, streams.id[place] as number, "CANCEL");
    if (head.status !== HTTP_OK) this.fail(place, Outcome.httpError, `HTTP status ${head.status}`);
    else if (!head.grpc) this.fail(place, Outcome.malformed, contentTypeProblem(head));
    else if (end === undefined) this.fail(place, Outcome.malformed, "the answer ended without trailers");
    else if (typeof end.grpcStatus === "string") this.fail(place, Outcome.malformed, end.grpcStatus);
    else this.answer(place, end.grpcStatus, end.grpcMessage, chunk);
  }

  private answer(place: number, status: number, statusText: Buffer, chunk: Buffer): void {
    const { streams, owner, endNs } = this;
    const received = streams.received[place] as number;
    const { streaming } = streams.call[place] as GrpcCall;
    const start = streams.start[place] as number;
    const kept = streams.kept[place];
    const bytes = kept ?? chunk;
    const from = kept === undefined ? Math.max(0, start) : 0;
    const count = countMessages(bytes, from, from + received);
    if (typeof count === "string") return this.fail(place, Outcome.malformed, count);
    if (status > 0) return owner.answered(this.release(place), endNs, false, status, statusText);
    if (count !== 1 && !streaming) return this.fail(place, Outcome.malformed, `${count} messages in a unary answer`);
    this.messages += count;
    const bodyAt = streaming ? from : from + PREFIX_BYTES;
    const end = from + received;
    const body = kept === undefined ? this.views.of(chunk, bodyAt, end) : kept.subarray(bodyAt, end);
    const slot = streams.slot[place] as number;
    streams.end(place);
    owner.answered(slot, endNs, true, 0, body);
    this.bodies.recycle(kept);
  }
}

function contentTypeProblem({ contentType }: ResponseFields): string {
  return contentType === undefined
    ? "the answer has no content-type"
    : `content-type ${JSON.stringify(contentType)} is not gRPC's`;
}

/** How many messages stand in a body one after the other, or what is wrong with one. */
function countMessages(bytes: Uint8Array, start: number, end: number): number | string {
  let count = 0;
  for (let at = start; at < end; count++) {
    if (end - at < PREFIX_BYTES) return "the answer ends within the prefix of a message";
    const flag = bytes[at] as number;
    if (flag === 1) return "a message is marked as compressed, which was not asked for";
    if (flag !== 0) return `a message has the compressed flag ${flag}`;
    at += PREFIX_BYTES + readUint32(bytes, at + 1);
    if (at > end) return "the answer ends within a message";
  }
  return count;
}
