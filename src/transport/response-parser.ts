import type { Headers } from "./exchange.ts";

/** Where a parser puts what it reads. */
export interface ResponseSink {
  onHead(status: number, headers: Headers): void;
  onBody(bytes: Uint8Array): void;
  onTrailers(trailers: Headers): void;
}

const MAX_HEAD_BYTES = 64 * 1024;
const STATUS_LINE = /^HTTP\/1\.[01] ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const FIELD_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;
const CHUNK_LINE = /^([0-9a-fA-F]{1,12})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;

type LinePart = "status" | "fields" | "chunk-size" | "chunk-end" | "trailers";
type BodyPart = "fixed" | "until-close" | "chunk";
type Framing =
  | { readonly part: "done" | "until-close" | "chunk-size" }
  | { readonly part: "fixed"; readonly length: number }
  | { readonly problem: string };

/** Reads one HTTP/1.1 response, in whatever pieces it arrives. Interim (1xx) answers are skipped, what follows the response is ignored. */
export class ResponseParser {
  readonly #method: string;
  readonly #sink: ResponseSink;
  #part: LinePart | BodyPart | "done" = "status";
  #problem: string | undefined;
  #cut = false;
  #rest = Buffer.alloc(0);
  #headBytes = 0;
  #status = 0;
  #fields: [string, string][] = [];
  /** Of the body or the chunk that is being read. */
  #remaining = 0;

  /** `method` is that of the request: the answer to HEAD has no body. */
  constructor(method: string, sink: ResponseSink) {
    this.#method = method;
    this.#sink = sink;
  }

  /** `cut`: closed before the response was complete. */
  get state(): "reading" | "complete" | "malformed" | "cut" {
    if (this.#problem !== undefined) return "malformed";
    if (this.#part === "done") return "complete";
    return this.#cut ? "cut" : "reading";
  }

  /** What is wrong with a malformed response. */
  get problem(): string | undefined {
    return this.#problem;
  }

  feed(bytes: Uint8Array): void {
    this.#rest = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length > 0 && this.state === "reading") {
      if (!this.#step()) return;
    }
  }

  /** The peer closed the connection. */
  close(): void {
    if (this.#part === "until-close") this.#part = "done";
    else this.#cut = true;
  }

  /** Whether more can be read from what has arrived. */
  #step(): boolean {
    switch (this.#part) {
      case "status":
      case "fields":
      case "chunk-size":
      case "chunk-end":
      case "trailers":
        return this.#takeLine(this.#part);
      case "done":
        return false;
      default:
        this.#takeBody(this.#part);
        return true;
    }
  }

  #takeLine(part: LinePart): boolean {
    const end = this.#rest.indexOf(0x0a);
    const length = end < 0 ? this.#rest.length : end + 1;
    if (this.#headBytes + length > MAX_HEAD_BYTES) this.#fail("the head is larger than 64 KiB");
    else if (end >= 0 && this.#rest[end - 1] !== 0x0d) this.#fail("a line ends without CR LF");
    else if (end >= 0) {
      const line = this.#rest.toString("latin1", 0, end - 1);
      this.#headBytes += length;
      this.#rest = this.#rest.subarray(length);
      this.#onLine(part, line);
    }
    return end >= 0;
  }

  #onLine(part: LinePart, line: string): void {
    switch (part) {
      case "status":
        return this.#onStatusLine(line);
      case "fields":
        return line === "" ? this.#onHeadEnd() : this.#onField(line);
      case "chunk-size":
        return this.#onChunkSize(line);
      case "chunk-end":
        if (line !== "") return this.#fail("a chunk is longer than its size");
        this.#part = "chunk-size";
        return undefined;
      case "trailers":
        return line === "" ? this.#onTrailersEnd() : this.#onField(line);
    }
  }

  #onStatusLine(line: string): void {
    const match = STATUS_LINE.exec(line);
    if (!match) return this.#fail(`"${line.slice(0, 80)}" is not an HTTP/1.1 status line`);
    this.#status = Number(match[1]);
    this.#fields = [];
    this.#part = "fields";
  }

  #onField(line: string): void {
    const match = FIELD_LINE.exec(line);
    if (!match) return this.#fail(`"${line.slice(0, 80)}" is not a header field`);
    this.#fields.push([match[1] as string, (match[2] as string).replace(/[ \t]+$/, "")]);
  }

  #onHeadEnd(): void {
    this.#headBytes = 0;
    if (this.#status === 101) return this.#fail("status 101 without a request to upgrade");
    if (this.#status < 200) {
      this.#part = "status";
      return;
    }
    const framing = framingOf(this.#method, this.#status, this.#fields);
    if ("problem" in framing) return this.#fail(framing.problem);
    this.#sink.onHead(this.#status, this.#fields);
    this.#fields = [];
    this.#part = framing.part;
    if (framing.part !== "fixed") return;
    this.#remaining = framing.length;
    if (framing.length === 0) this.#part = "done";
  }

  #onChunkSize(line: string): void {
    const match = CHUNK_LINE.exec(line);
    if (!match) return this.#fail(`"${line.slice(0, 80)}" is not a chunk size`);
    this.#headBytes = 0;
    this.#remaining = Number.parseInt(match[1] as string, 16);
    this.#part = this.#remaining === 0 ? "trailers" : "chunk";
  }

  #onTrailersEnd(): void {
    if (this.#fields.length > 0) this.#sink.onTrailers(this.#fields);
    this.#part = "done";
  }

  #takeBody(part: BodyPart): void {
    const bytes = part === "until-close" ? this.#rest : this.#rest.subarray(0, this.#remaining);
    this.#rest = this.#rest.subarray(bytes.length);
    this.#sink.onBody(bytes);
    if (part === "until-close") return;
    this.#remaining -= bytes.length;
    if (this.#remaining === 0) this.#part = part === "fixed" ? "done" : "chunk-end";
  }

  #fail(problem: string): void {
    this.#problem = problem;
  }
}

/** RFC 9112 section 6.3, without its leniencies. */
function framingOf(method: string, status: number, fields: Headers): Framing {
  const all = (wanted: string) => fields.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  const codings = all("transfer-encoding");
  const lengths = all("content-length");
  if (codings.length > 0 && lengths.length > 0) return { problem: "both Content-Length and Transfer-Encoding" };
  if (lengths.length > 1) return { problem: "more than one Content-Length" };
  const [length] = lengths;
  if (length !== undefined && !/^\d{1,15}$/.test(length))
    return { problem: `Content-Length "${length.slice(0, 40)}" is not a number` };
  if (method === "HEAD" || status === 204 || status === 304) return { part: "done" };
  if (codings.length > 0) {
    return codings.length === 1 && codings[0]?.toLowerCase() === "chunked"
      ? { part: "chunk-size" }
      : { problem: `Transfer-Encoding "${codings.join(", ").slice(0, 40)}" is not chunked` };
  }
  return length === undefined ? { part: "until-close" } : { part: "fixed", length: Number(length) };
}
