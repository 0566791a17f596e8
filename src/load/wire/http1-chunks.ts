import { isTokenByte, LONGEST_HEAD } from "./http1-head.ts";

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const QUOTE = 0x22;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const SEMICOLON = 0x3b;
const DELETE = 0x7f;
/** A chunk of more bytes than this cannot be counted exactly. */
const MOST_DIGITS = 13;

const SIZE = 0;
const EXTENSION_BEGIN = 1;
const EXTENSION_NAME = 2;
const EXTENSION_VALUE = 3;
const QUOTED = 4;
const ESCAPED = 5;
const AFTER_QUOTED = 6;
const SIZE_LF = 7;
const DATA = 8;
const DATA_CR = 9;
const DATA_LF = 10;
const LAST = 11;

/** Takes the data of chunks. */
export interface ChunkSink {
  data(bytes: Buffer, from: number, to: number): void;
}

/** Reads a chunked body up to the last chunk's line, after which its trailers follow (RFC 9112 section 7.1). */
export class Http1Chunks {
  /** What is wrong; undefined as long as nothing is. */
  problem: string | undefined;

  #state = SIZE;
  #left = 0;
  #digits = 0;
  #extensionBytes = 0;
  readonly #sink: ChunkSink;

  constructor(sink: ChunkSink) {
    this.#sink = sink;
  }

  /** Begins with the next body. */
  begin(): void {
    this.problem = undefined;
    this.#state = SIZE;
    this.#left = 0;
    this.#digits = 0;
  }

  /** The place after the last chunk's line; -1 when it has not come, or when there is a problem. */
  read(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to) {
      if (this.#state === DATA) {
        const end = Math.min(to, at + this.#left);
        this.#sink.data(bytes, at, end);
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#state = DATA_CR;
        continue;
      }
      this.#step(bytes[at++] as number);
      if (this.#state === LAST) return at;
      if (this.problem !== undefined) return -1;
    }
    return -1;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case SIZE:
        this.#stepSize(byte);
        break;
      case SIZE_LF:
        if (byte !== LF) this.problem = "CR without LF after a chunk size";
        else this.#state = this.#left === 0 ? LAST : DATA;
        break;
      case DATA_CR:
        if (byte !== CR) this.problem = "a chunk that is longer than its size";
        this.#state = DATA_LF;
        break;
      case DATA_LF:
        if (byte !== LF) this.problem = "CR without LF after a chunk";
        this.#state = SIZE;
        this.#left = 0;
        this.#digits = 0;
        break;
      default:
        this.#stepExtension(byte);
    }
  }

  #stepSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      // Zeros before the size say nothing.
      if (this.#digits === 0 || this.#left > 0) this.#digits++;
      this.#left = this.#left * 16 + digit;
      if (this.#digits > MOST_DIGITS) this.problem = "a chunk size that cannot be counted";
    } else if (this.#digits === 0) this.problem = "a chunk size that is no number";
    else if (byte === CR) this.#state = SIZE_LF;
    else if (byte === SEMICOLON) {
      this.#state = EXTENSION_BEGIN;
      this.#extensionBytes = 0;
    } else this.problem = "a chunk size that is no number";
  }

  /** `;name`, `;name=value` or `;name="value"`, any number of them. */
  #stepExtension(byte: number): void {
    if (++this.#extensionBytes > LONGEST_HEAD) this.problem = `chunk extensions of more than ${LONGEST_HEAD} bytes`;
    const state = this.#state;
    if (state === QUOTED) {
      if (byte === QUOTE) this.#state = AFTER_QUOTED;
      else if (byte === BACKSLASH) this.#state = ESCAPED;
      else if (!isQuotable(byte)) this.problem = "a chunk extension with a byte that it may not have";
    } else if (state === ESCAPED) {
      if (isQuotable(byte)) this.#state = QUOTED;
      else this.problem = "a chunk extension with a byte that it may not have";
    } else if (byte === CR && state !== EXTENSION_BEGIN) this.#state = SIZE_LF;
    else if (byte === SEMICOLON) this.#state = EXTENSION_BEGIN;
    else if (byte === EQUALS && state <= EXTENSION_NAME) this.#state = EXTENSION_VALUE;
    else if (byte === QUOTE && state === EXTENSION_VALUE) this.#state = QUOTED;
    else if (state === AFTER_QUOTED || !isTokenByte(byte))
      this.problem = "a chunk extension with a byte that it may not have";
    else if (state === EXTENSION_BEGIN) this.#state = EXTENSION_NAME;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function isQuotable(byte: number): boolean {
  return (byte >= SPACE && byte !== DELETE) || byte === TAB;
}
