import type { Random } from "../../../src/base/random.ts";

/** What a server sends to one request. */
export interface Http1Case {
  readonly bytes: Buffer;
  /** Where it is cut into pieces, ascending. */
  readonly cuts: readonly number[];
}

const STATUS_LINES = [
  "HTTP/1.1 200 OK",
  "HTTP/1.1 200 OK",
  "HTTP/1.1 200 OK",
  "HTTP/1.1 200",
  "HTTP/1.1 200 ",
  "HTTP/1.0 200 OK",
  "HTTP/1.1 404 Not Found",
  "HTTP/1.1 503 Service Unavailable",
  "HTTP/1.1 204 No Content",
  "HTTP/1.1 304 Not Modified",
  "HTTP/1.1 999 Beyond \xe4",
];
const ODD_STATUS_LINES = [
  "HTTP/1.2 200 OK",
  "HTTP/2.0 200 OK",
  "HTTP/0.9 200 OK",
  "http/1.1 200 OK",
  "HTTP/1.1  200 OK",
  "HTTP/1.1 20 OK",
  "HTTP/1.1 2000 OK",
  "HTTP/1.1 099 OK",
  "HTTP/1.1 200OK",
  "HTTP/1.1 101 Switching Protocols",
  "HTTP/1.1\t200 OK",
  "\r\nHTTP/1.1 200 OK",
  " HTTP/1.1 200 OK",
];
const INTERIM = [
  "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
  "HTTP/1.1 102 Processing\r\n\r\n",
  "HTTP/1.1 100 Continue\r\n\r\n",
];
const FIELDS = [
  "Date: Tue, 03 Nov 2026 10:00:00 GMT",
  "Server: x",
  "content-type:application/json",
  "X-Empty:",
  "X-Spaces: \t a b \t",
  "Content-Lengthy: 7",
  "Connection: keep-alive",
  "Connection: close",
  "connection: Keep-Alive, foo",
  "Connection: foo,\tCLOSE",
  "Connection: keep-alive, close",
  "Connection: closed",
  "Connection:",
  "Trailer: X-Sum",
  "X-Obs: \xfc\xff",
];
const ODD_FIELDS = [
  " folded: x",
  "\tfolded",
  "X-Bad : x",
  ": no name",
  "no colon",
  "X-Nul: a\0b",
  "X-Del: a\x7fb",
  "X\x80: y",
  "Content-Length: -1",
  "Content-Length: +5",
  "Content-Length: 5 5",
  "Content-Length: 5,5",
  "Content-Length: 0x5",
  "Content-Length:",
  "Content-Length: 123456789012345678901234567890",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding: chunked, gzip",
  "transfer-encoding: identity",
  "Transfer-Encoding:",
  "Transfer-Encoding: xchunked",
  "Transfer-Encoding: chunked;q=1",
];
const ENDS = ["\r\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n"];
const EXTENSIONS = [
  ";a",
  ";a=b",
  ';a="b c"',
  ';a="b\\"c";d',
  ";a=b;c=d",
  ';a=""',
  "; a",
  ";a =b",
  ";",
  " ",
  ";a=\x01",
  ";;a",
  ";=b",
];
const SPECIAL = '\r\n \t:;,\0\x7f\x80\xff"0159aAfFgG-+=H/.';

/** A response that follows the grammar, or nearly. */
export function http1Case(random: Random): Http1Case {
  let text = rareOr(random, 0.08, () => random.pick(INTERIM), "");
  const strange = random.next() < 0.4;
  const body = bodyOf(random);
  const chunked = random.next() < 0.4;
  const framing = framingOf(random, body, chunked, strange);
  const fields = [
    ...Array.from({ length: random.integer(0, 3) }, () => random.pick(FIELDS)),
    ...framing,
    ...(strange && random.next() < 0.5 ? [random.pick(ODD_FIELDS)] : []),
  ];
  const end = () => (strange && random.next() < 0.05 ? random.pick(ENDS) : "\r\n");
  const statusLine = strange && random.next() < 0.2 ? random.pick(ODD_STATUS_LINES) : random.pick(STATUS_LINES);
  text += [statusLine, ...random.shuffle(fields)].map((line) => line + end()).join("") + end();
  text += chunked ? chunksOf(random, body, strange) : body;
  if (random.next() < 0.1) text += random.pick(["x", "\r\n", "HTTP/1.1 200 OK\r\n\r\n", "\0", "HTT"]);
  if (strange && random.next() < 0.3) text = mutated(random, text);
  if (random.next() < 0.1) text = text.slice(0, random.integer(0, text.length));
  const bytes = Buffer.from(text, "latin1");
  return { bytes, cuts: cutsOf(random, bytes.length) };
}

function rareOr(random: Random, share: number, rare: () => string, usual: string): string {
  return random.next() < share ? rare() : usual;
}

function bodyOf(random: Random): string {
  const length = random.pick([0, 1, 2, 5, 15, 16, 17, 40, 300]);
  return Array.from({ length }, () => String.fromCharCode(random.integer(0, 255))).join("");
}

function framingOf(random: Random, body: string, chunked: boolean, strange: boolean): string[] {
  const length = strange ? Math.max(0, body.length + random.pick([0, 0, 0, -1, 1, 3])) : body.length;
  const name = random.pick(["Content-Length", "content-length", "CONTENT-LENGTH"]);
  const own = chunked
    ? "Transfer-Encoding: chunked"
    : `${name}:${random.pick(["", " ", "\t"])}${length}${random.pick(["", "", " "])}`;
  if (!strange) return random.next() < 0.1 ? [] : [own];
  return random.pick([[own], [own], [own, own], [], [own, "Transfer-Encoding: Chunked"], [own, "Content-Length: 1"]]);
}

function chunksOf(random: Random, body: string, strange: boolean): string {
  let text = "";
  for (let at = 0; at < body.length; ) {
    const size = Math.min(body.length - at, random.integer(1, 40));
    text += `${sizeOf(random, size)}${strange && random.next() < 0.3 ? random.pick(EXTENSIONS) : ""}\r\n${body.slice(at, at + size)}\r\n`;
    at += size;
  }
  const trailers = random.next() < 0.2 ? [random.pick(strange ? [...FIELDS, ...ODD_FIELDS] : FIELDS)] : [];
  return `${text}${random.pick(["0", "00", "000"])}${strange && random.next() < 0.1 ? random.pick(EXTENSIONS) : ""}\r\n${trailers.map((line) => `${line}\r\n`).join("")}\r\n`;
}

function sizeOf(random: Random, size: number): string {
  const hex = size.toString(16);
  return random.pick([hex, hex.toUpperCase(), `0${hex}`, `00000000000000000000${hex}`]);
}

/** One to three bytes inserted, removed or replaced. */
function mutated(random: Random, text: string): string {
  let changed = text;
  for (let i = random.integer(1, 3); i > 0; i--) {
    const at = random.integer(0, changed.length);
    const byte = SPECIAL.charAt(random.integer(0, SPECIAL.length - 1));
    changed = changed.slice(0, at) + random.pick([byte, "", byte]) + changed.slice(at + random.integer(0, 1));
  }
  return changed;
}

function cutsOf(random: Random, length: number): number[] {
  const kind = random.next();
  if (kind < 0.1) return Array.from({ length: Math.max(0, length - 1) }, (_, i) => i + 1);
  const cuts = Array.from({ length: kind < 0.4 ? 1 : random.integer(0, 4) }, () =>
    random.integer(1, Math.max(1, length - 1)),
  );
  return [...new Set(cuts)].sort((a, b) => a - b).filter((cut) => cut < length);
}

/** The pieces of a case. */
export function piecesOf({ bytes, cuts }: Http1Case): readonly Buffer[] {
  const ends = [...cuts, bytes.length];
  return ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end)).filter(({ length }) => length > 0);
}
