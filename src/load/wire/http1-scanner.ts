import { borrowBuffer, giveBack, withRoom } from "./body-buffers.ts";
import { HeadMemo } from "./head-memo.ts";
import { type ChunkSink, Http1Chunks } from "./http1-chunks.ts";
import { Http1Head, LONGEST_HEAD } from "./http1-head.ts";
import type { Views } from "./views.ts";

/** The longest body that is taken. */
const LONGEST_BODY = 1024 ** 3;

const NO_CONTENT = 204;
const NOT_MODIFIED = 304;
const SWITCHING_PROTOCOLS = 101;
const FIRST_FINAL = 200;

const HEAD = 0;
const FIXED = 1;
const CHUNKS = 2;
const TRAILERS = 3;
const UNTIL_CLOSE = 4;
const DONE = 5;
const BROKEN = 6;

const EMPTY: Buffer = Buffer.alloc(0);

/** Reads the responses of one connection one after the other, out of pieces cut anywhere. None of them answers HEAD or CONNECT. */
export class Http1Scanner implements ChunkSink {
  readonly #head = new Http1Head();
  readonly #memo = new HeadMemo();
  /** No byte of a head has been read since `begin()`. */
  #fresh = true;
  readonly #chunks = new Http1Chunks(this);
  readonly #views: Views;
  #stage = HEAD;
  #problem = "";
  /** Of a fixed body: the bytes that are still to come. */
  #left = 0;
  /** The begin of a head or of trailers that have not come whole. */
  #carry: Buffer | undefined;
  #carried = 0;
  #body: Buffer | undefined;
  #bodyLength = 0;
  #view = EMPTY;

  constructor(views: Views) {
    this.#views = views;
  }

  /** The response is complete: `status`, `reusable` and `body` are its own. */
  get done(): boolean {
    return this.#stage === DONE;
  }

  /** What is wrong; undefined as long as nothing is. */
  get problem(): string | undefined {
    return this.#stage === BROKEN ? this.#problem : undefined;
  }

  get status(): number {
    return this.#head.status;
  }

  /** The connection carries another request after this response. */
  get reusable(): boolean {
    const { close, keepAlive, minor, coded } = this.#head;
    if (close) return false;
    // RFC 9112 sections 9.3 and 6.1: an old server has to say so, and cannot know of codings.
    return minor === 1 || (keepAlive && !coded);
  }

  /** Valid until `begin()`. */
  get body(): Buffer {
    return this.#view;
  }

  /** Begins with the next response. */
  begin(): void {
    this.#fresh = true;
    this.#stage = HEAD;
    this.#carried = 0;
    if (this.#carry !== undefined) giveBack(this.#carry);
    if (this.#body !== undefined) giveBack(this.#body);
    this.#carry = undefined;
    this.#body = undefined;
    this.#bodyLength = 0;
    this.#view = EMPTY;
  }

  /** Reads on; returns the place after what belongs to the response. */
  read(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && this.#stage < DONE) {
      switch (this.#stage) {
        case HEAD:
        case TRAILERS:
          at = this.#readLines(bytes, at, to);
          break;
        case FIXED:
          at = this.#readFixed(bytes, at, to);
          break;
        case CHUNKS:
          at = this.#readChunks(bytes, at, to);
          break;
        default:
          this.data(bytes, at, to);
          at = to;
      }
    }
    return at;
  }

  /** The peer has ended the connection: completes the response when that is what ends its body. */
  finish(): void {
    if (this.#stage === UNTIL_CLOSE) this.#complete();
  }

  /** Takes a piece of the body. */
  data(bytes: Buffer, from: number, to: number): void {
    const length = to - from;
    if (this.#bodyLength + length > LONGEST_BODY) {
      this.#fail(`a body of more than ${LONGEST_BODY} bytes`);
      return;
    }
    this.#body = withRoom(this.#body ?? borrowBuffer(), this.#bodyLength, length);
    bytes.copy(this.#body, this.#bodyLength, from, to);
    this.#bodyLength += length;
  }

  #fail(problem: string): void {
    this.#stage = BROKEN;
    this.#problem = problem;
  }

  #complete(): void {
    this.#stage = DONE;
    if (this.#body !== undefined) this.#view = this.#body.subarray(0, this.#bodyLength);
  }

  #readLines(bytes: Buffer, from: number, to: number): number {
    if (this.#carried > 0) return this.#readCarried(bytes, from, to);
    const first = this.#fresh && from === 0;
    if (this.#fresh) {
      this.#fresh = false;
      // What was read of the last head is still true of the same head.
      if (first && this.#memo.beginsWith(bytes, to)) {
        this.#afterLines();
        return this.#memo.length;
      }
      this.#head.begin();
      this.#memo.length = 0;
    }
    const end = this.#head.read(bytes, from, to);
    if (end >= 0) {
      if (first && this.#head.status >= FIRST_FINAL) this.#memo.remember(bytes, end);
      this.#afterLines();
      return end;
    }
    if (this.#head.problem === undefined) this.#keep(bytes, from, to);
    else this.#fail(this.#head.problem);
    return to;
  }

  /** Reads on in what was kept, and what follows it. */
  #readCarried(bytes: Buffer, from: number, to: number): number {
    const before = this.#carried;
    this.#keep(bytes, from, Math.min(to, from + LONGEST_HEAD + 1 - before));
    const end = this.#head.read(this.#carry as Buffer, 0, this.#carried);
    if (end >= 0) {
      this.#carried = 0;
      this.#afterLines();
      return from + end - before;
    }
    if (this.#head.problem !== undefined) this.#fail(this.#head.problem);
    return to;
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    this.#carry = withRoom(this.#carry ?? borrowBuffer(), this.#carried, to - from);
    bytes.copy(this.#carry, this.#carried, from, to);
    this.#carried += to - from;
  }

  /** A head or trailers are complete: what follows is decided as RFC 9112 section 6.3 says. */
  #afterLines(): void {
    const { status, chunked, coded, length } = this.#head;
    if (this.#stage === TRAILERS) this.#complete();
    else if (status === SWITCHING_PROTOCOLS) this.#fail("a change of protocol that nobody asked for");
    else if (status < FIRST_FINAL) this.#head.begin();
    else if (status === NO_CONTENT || status === NOT_MODIFIED) this.#complete();
    else if (chunked) {
      this.#chunks.begin();
      this.#stage = CHUNKS;
    } else if (coded || length < 0) {
      this.#head.close = true;
      this.#stage = UNTIL_CLOSE;
    } else if (length === 0) this.#complete();
    else {
      this.#left = length;
      this.#stage = FIXED;
    }
  }

  #readFixed(bytes: Buffer, from: number, to: number): number {
    const end = Math.min(to, from + this.#left);
    if (end - from === this.#left && this.#bodyLength === 0) {
      this.#view = this.#views.of(bytes, from, end);
      this.#stage = DONE;
      return end;
    }
    this.data(bytes, from, end);
    this.#left -= end - from;
    if (this.#left === 0 && this.#stage === FIXED) this.#complete();
    return end;
  }

  #readChunks(bytes: Buffer, from: number, to: number): number {
    const end = this.#chunks.read(bytes, from, to);
    if (end >= 0) {
      this.#head.beginTrailers();
      this.#stage = TRAILERS;
      return end;
    }
    if (this.#chunks.problem !== undefined) this.#fail(this.#chunks.problem);
    return to;
  }
}
