const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
const COMMA = 0x2c;
const ZERO = 0x30;
const LOWER = 0x20;

/** The longest status line with its fields, and the longest trailer section. */
export const LONGEST_HEAD = 64 * 1024;
const MOST_LENGTH_DIGITS = 15;

const TOKEN = 1;
const VALUE = 2;
/** Which bytes may stand in a token (RFC 9110 section 5.6.2) and in a field value (section 5.5). */
const KINDS = new Uint8Array(256);
for (let byte = SPACE; byte < 256; byte++) if (byte !== 0x7f) KINDS[byte] = VALUE;
KINDS[TAB] = VALUE;
for (const byte of Buffer.from("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
  KINDS[byte] = TOKEN | VALUE;

const BEGIN = Buffer.from("HTTP/1.");
const CONTENT_LENGTH = Buffer.from("content-length");
const TRANSFER_ENCODING = Buffer.from("transfer-encoding");
const CONNECTION = Buffer.from("connection");
const CHUNKED = Buffer.from("chunked");
const CLOSE = Buffer.from("close");
const KEEP_ALIVE = Buffer.from("keep-alive");

/** Whether a byte may stand in a token. */
export function isTokenByte(byte: number): boolean {
  return ((KINDS[byte] as number) & TOKEN) !== 0;
}

/**
 * Reads the head of an HTTP/1.x response, or a trailer section, line by line: only what frames the body is understood. Strict where
 * leniency lets two readers disagree about where a message ends (RFC 9112 sections 2.2, 5.1, 5.2 and 6.3).
 */
export class Http1Head {
  status = 0;
  /** The minor version. */
  minor = 1;
  /** Of `Content-Length`; -1 without one. */
  length = -1;
  /** There is a `Transfer-Encoding`, and its last coding is `chunked`. */
  coded = false;
  chunked = false;
  close = false;
  keepAlive = false;
  /** What is wrong; undefined as long as nothing is. */
  problem: string | undefined;

  /** Where the line begins that was not complete, counted from the begin of the section. */
  #lineAt = 0;
  #inFields = false;
  #trailers = false;

  /** Begins with the next response. */
  begin(): void {
    this.length = -1;
    this.coded = false;
    this.chunked = false;
    this.close = false;
    this.keepAlive = false;
    this.problem = undefined;
    this.#lineAt = 0;
    this.#inFields = false;
    this.#trailers = false;
  }

  /** Begins with a trailer section, which may not frame a body (RFC 9110 section 6.5.1). */
  beginTrailers(): void {
    this.problem = undefined;
    this.#trailers = true;
    this.#inFields = true;
    this.#lineAt = 0;
  }

  /**
   * Reads a section that begins at `from`; returns the place after it. -1 when it is not complete, to be called again with the same
   * bytes and more, or when there is a problem.
   */
  read(bytes: Uint8Array, from: number, to: number): number {
    if (!this.#inFields) {
      const next = this.#readStatusLine(bytes, from, to);
      if (next < 0) return this.#unfinished(from, to);
      this.#inFields = true;
      this.#lineAt = next - from;
    }
    const end = this.#readFields(bytes, from, to);
    if (end < 0) return this.#unfinished(from, to);
    return end - from > LONGEST_HEAD ? this.#tooLong() : end;
  }

  #unfinished(from: number, to: number): number {
    return this.problem === undefined && to - from > LONGEST_HEAD ? this.#tooLong() : -1;
  }

  #tooLong(): number {
    return this.#fail(`${this.#trailers ? "trailers" : "a head"} of more than ${LONGEST_HEAD} bytes`);
  }

  #fail(problem: string): number {
    this.problem = problem;
    return -1;
  }

  #readStatusLine(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    for (let i = 0; i < BEGIN.length; i++, at++) {
      if (at === to) return -1;
      if (bytes[at] !== BEGIN[i]) return this.#fail("not an answer of HTTP/1");
    }
    if (at === to) return -1;
    this.minor = (bytes[at++] as number) - ZERO;
    if (this.minor !== 0 && this.minor !== 1) return this.#fail("neither HTTP/1.0 nor HTTP/1.1");
    if (at === to) return -1;
    if (bytes[at++] !== SPACE) return this.#fail("no space after the version");
    let status = 0;
    for (const end = at + 3; at < end; at++) {
      if (at === to) return -1;
      const digit = (bytes[at] as number) - ZERO;
      if (!(digit >= 0 && digit <= 9)) return this.#fail("a status that is no number of three digits");
      status = status * 10 + digit;
    }
    if (status < 100) return this.#fail("a status below 100");
    if (at === to) return -1;
    if (bytes[at] !== SPACE && bytes[at] !== CR) return this.#fail("a status that is no number of three digits");
    while (at < to && bytes[at] !== CR && bytes[at] !== LF) at++;
    if (at === to) return -1;
    if (bytes[at++] === LF) return this.#fail("a line that ends without CR");
    if (at === to) return -1;
    if (bytes[at++] !== LF) return this.#fail("CR without LF");
    this.status = status;
    return at;
  }

  #readFields(bytes: Uint8Array, from: number, to: number): number {
    let at = from + this.#lineAt;
    while (at < to) {
      const nameAt = at;
      if (bytes[at] === CR) {
        if (at + 1 === to) return -1;
        return bytes[at + 1] === LF ? at + 2 : this.#fail("CR without LF");
      }
      while (at < to && ((KINDS[bytes[at] as number] as number) & TOKEN) !== 0) at++;
      if (at === to) return -1;
      if (bytes[at] !== COLON || at === nameAt) return this.#fail(nameProblem(bytes[nameAt] as number));
      const nameEnd = at++;
      while (at < to && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
      const valueAt = at;
      while (at < to && ((KINDS[bytes[at] as number] as number) & VALUE) !== 0) at++;
      if (at === to) return -1;
      if (bytes[at] !== CR)
        return this.#fail(bytes[at] === LF ? "a line that ends without CR" : "a byte that no field may have");
      if (at + 1 === to) return -1;
      if (bytes[at + 1] !== LF) return this.#fail("CR without LF");
      if (!this.#understand(bytes, nameAt, nameEnd, valueAt, at)) return -1;
      at += 2;
      this.#lineAt = at - from;
    }
    return -1;
  }

  /** False when the field is wrong. */
  #understand(bytes: Uint8Array, nameAt: number, nameEnd: number, valueAt: number, valueEnd: number): boolean {
    if (this.#trailers) {
      if (isWord(bytes, nameAt, nameEnd, CONTENT_LENGTH) || isWord(bytes, nameAt, nameEnd, TRANSFER_ENCODING))
        this.#fail("trailers that frame a body");
      return this.problem === undefined;
    }
    switch (nameEnd - nameAt) {
      case CONTENT_LENGTH.length:
        if (isWord(bytes, nameAt, nameEnd, CONTENT_LENGTH))
          this.#takeLength(bytes, valueAt, trimmed(bytes, valueAt, valueEnd));
        break;
      case TRANSFER_ENCODING.length:
        if (isWord(bytes, nameAt, nameEnd, TRANSFER_ENCODING)) this.#takeCodings(bytes, valueAt, valueEnd);
        break;
      case CONNECTION.length:
        if (isWord(bytes, nameAt, nameEnd, CONNECTION)) this.#takeOptions(bytes, valueAt, valueEnd);
        break;
      default:
    }
    return this.problem === undefined;
  }

  #takeLength(bytes: Uint8Array, from: number, to: number): void {
    if (this.length >= 0) this.#fail("two Content-Length");
    else if (this.coded) this.#fail("both Content-Length and Transfer-Encoding");
    else if (from === to || to - from > MOST_LENGTH_DIGITS) this.#fail("a Content-Length that is no length");
    let length = 0;
    for (let at = from; at < to; at++) {
      const digit = (bytes[at] as number) - ZERO;
      if (!(digit >= 0 && digit <= 9)) this.#fail("a Content-Length that is no length");
      length = length * 10 + digit;
    }
    this.length = length;
  }

  #takeCodings(bytes: Uint8Array, from: number, to: number): void {
    if (this.length >= 0) this.#fail("both Content-Length and Transfer-Encoding");
    if (trimmed(bytes, from, to) === from) this.#fail("a Transfer-Encoding that names none");
    this.coded = true;
    for (let at = from; at <= to; ) {
      const end = itemEnd(bytes, at, to);
      this.chunked = isItem(bytes, at, end, CHUNKED);
      at = end + 1;
    }
  }

  #takeOptions(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at <= to; ) {
      const end = itemEnd(bytes, at, to);
      if (isItem(bytes, at, end, CLOSE)) this.close = true;
      else if (isItem(bytes, at, end, KEEP_ALIVE)) this.keepAlive = true;
      at = end + 1;
    }
  }
}

function nameProblem(first: number): string {
  return first === SPACE || first === TAB ? "a folded line" : "a line that is no field";
}

/** The bytes are this word, which has small letters and hyphens, in letters of any case. */
function isWord(bytes: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  if (to - from !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (((bytes[from + i] as number) | LOWER) !== word[i]) return false;
  return true;
}

/** The end of the item of a comma-separated list that begins here. */
function itemEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== COMMA) at++;
  return at;
}

/** The item is this word, white space aside. */
function isItem(bytes: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  let at = from;
  while (at < to && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
  return isWord(bytes, at, trimmed(bytes, at, to), word);
}

/** `to` without the white space before it. */
function trimmed(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && (bytes[end - 1] === SPACE || bytes[end - 1] === TAB)) end--;
  return end;
}
