import { type Http1Case, piecesOf } from "./http1-cases.ts";
import { type Reading, readByLlhttp, readByWire, type UndiciReader } from "./http1-readers.ts";

/** Where the wire engine means to differ from a reader it is compared with. */
interface Exception {
  readonly section: string;
  /** Whether it explains that a reader made something else of a text. */
  readonly explains: (text: string, wire: Reading, other: Reading) => boolean;
}

const refused = (wire: Reading, other: Reading) => wire.kind === "malformed" && other.kind !== "malformed";
const notReused = (wire: Reading, other: Reading) =>
  wire.kind === "answer" && wire.reusable === false && same({ ...wire, reusable: true }, other);

const EXCEPTIONS: readonly Exception[] = [
  {
    section: "RFC 9110, 15.2: an interim answer is skipped, also 100 when it was not asked for",
    explains: (text, _wire, other) => /HTTP\/1\.[01] 100[ \r]/.test(text) && other.kind !== "answer",
  },
  {
    section: "RFC 9110, 15.2.2: no protocol is switched to that was not asked for",
    explains: (text, wire) => text.includes(" 101") && wire.kind === "malformed",
  },
  {
    section: "RFC 9110, 15: there is no status below 100",
    explains: (text, wire, other) => /HTTP\/1\.[01] 0\d\d/.test(text) && refused(wire, other),
  },
  {
    section: "RFC 9110, 6.5.1: trailers do not frame",
    explains: (text, wire, other) => /\r\n0+[^\n]*\r\n[^]*transfer-encoding:/i.test(text) && refused(wire, other),
  },
  {
    section: "RFC 9112, 6.1: Transfer-Encoding names a coding",
    explains: (text, wire, other) => /transfer-encoding:[ \t]*\r/i.test(text) && refused(wire, other),
  },
  {
    section: "RFC 9112, 2.2: empty lines before a message are ignored by servers, not by clients",
    explains: (text, wire, other) =>
      (/^[\r\n]|\n\r\n[\r\n]/.test(text) && refused(wire, other)) || (/[\r\n]$/.test(text) && notReused(wire, other)),
  },
  {
    section: "RFC 9112, 2.2: CR alone ends no line",
    explains: (text, wire, other) => text.includes("\r\r") && refused(wire, other),
  },
  {
    section: "RFC 9112, 2.3: HTTP/1.1 messages are of HTTP/1.0 or HTTP/1.1",
    explains: (text, wire, other) => /HTTP\/[02]/.test(text) && refused(wire, other),
  },
  {
    section: "RFC 9112, 5: white space of both kinds may follow a value",
    explains: (text, wire, other) => /content-length:[ \t]*\d+ *\t/i.test(text) && other.kind === "malformed",
  },
  {
    section: "RFC 9112, 7.1: a chunk size that cannot be counted exactly is refused",
    explains: (text, wire, other) => /\n0*[1-9a-f][\da-f]{13}/i.test(text) && refused(wire, other),
  },
  {
    section: "RFC 9112, 6.1: a coding in HTTP/1.0 ends the connection",
    explains: (text, wire, other) => /^HTTP\/1\.0[^]*transfer-encoding:/im.test(text) && notReused(wire, other),
  },
  {
    section: "RFC 9112, 6.3: 204 and 304 have no body, whatever their fields say",
    explains: (text, wire, other) =>
      (wire.status === 204 || wire.status === 304) && /content-length:/i.test(text) && other.kind !== "answer",
  },
  {
    section: "RFC 9112, 9.3: close outweighs keep-alive",
    explains: (text, wire, other) => /^HTTP\/1\.0[^]*close/im.test(text) && notReused(wire, other),
  },
];

/** What came of a comparison. */
export interface Agreement {
  /** Named sections for which the readers were allowed to differ. */
  readonly exceptions: readonly string[];
  /** What they must not differ in, in words. */
  readonly divergences: readonly string[];
}

/** Compares what the wire engine makes of a case, cut and whole, with what llhttp and undici make of it. */
export async function compare(each: Http1Case, undici: UndiciReader): Promise<Agreement> {
  const text = each.bytes.toString("latin1");
  const [wire, again] = readByWire(piecesOf(each)) as [Reading, Reading?];
  const exceptions: string[] = [];
  const divergences: string[] = [];
  const hold = (name: string, mine: Reading, other: Reading) => {
    if (same(mine, other)) return;
    const exception = EXCEPTIONS.find(({ explains }) => explains(text, mine, other));
    if (exception) exceptions.push(exception.section);
    else
      divergences.push(
        `${name}: ${shown(other)} for ${shown(wire)} of ${JSON.stringify(text)} cut at ${each.cuts.join(", ")}`,
      );
  };
  const llhttp = readByLlhttp(each.bytes);
  // Each of the two judges some lines before their end, which the other has to have.
  if (wire.kind === "incomplete" && llhttp.kind === "malformed") {
    const [ended] = readByWire([each.bytes, Buffer.from(text.endsWith("\r") ? "\n" : "\r\n")]) as [Reading];
    if (ended.kind === "malformed") return { exceptions, divergences };
  }
  if (wire.kind === "malformed" && llhttp.kind === "incomplete") {
    const ended = readByLlhttp(Buffer.concat([each.bytes, Buffer.from("\r\n\r\n")]));
    if (ended.kind === "malformed") return { exceptions, divergences };
  }
  if (again && !same(again, wire))
    divergences.push(`again: ${shown(again)} for ${shown(wire)} of ${JSON.stringify(text)}`);
  const [whole] = readByWire([each.bytes]) as [Reading];
  if (!same(wire, whole)) divergences.push(`whole: ${shown(whole)} for ${shown(wire)} of ${JSON.stringify(text)}`);
  hold("llhttp", wire, llhttp);
  hold("undici", coarse(wire), coarse(await undici.read(each.cuts.length > 4 ? [each.bytes] : piecesOf(each))));
  return { exceptions, divergences };
}

/** undici has one kind of error for what is wrong and for what is missing. */
function coarse(reading: Reading): Reading {
  return reading.kind === "answer" ? reading : { kind: "malformed" };
}

function same(a: Reading, b: Reading): boolean {
  return a.kind === b.kind && a.status === b.status && a.body === b.body && a.reusable === b.reusable;
}

function shown({ kind, status, body, reusable }: Reading): string {
  return kind === "answer" ? `${status} ${JSON.stringify(body)}${reusable === true ? ", reusable" : ""}` : kind;
}
