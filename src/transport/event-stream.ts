import type { BodyEvent } from "./exchange.ts";

/** One event of an event stream, as it is dispatched. */
export interface StreamEvent {
  /** What its `event` field says; `message` without one. */
  readonly type: string;
  /** The values of its `data` fields, a line each. */
  readonly data: string;
  /** The last `id` so far. */
  readonly lastEventId: string;
  /** When the line that ends it had arrived. */
  readonly atNs: number;
}

/** An event stream, read to its end. */
export interface EventStream {
  readonly events: readonly StreamEvent[];
  /** The stream ended within an event that had data: a reader throws such an event away. */
  readonly unfinished: boolean;
  /** Names of fields that no reader knows, each once: what they hold is passed over. */
  readonly unknownFields: readonly string[];
}

const CR = 0x0d;
const LF = 0x0a;
const BOM = [0xef, 0xbb, 0xbf];
const STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const KNOWN_FIELDS: ReadonlySet<string> = new Set(["data", "event", "id", "retry"]);

/**
 * Reads a body as an event stream (WHATWG HTML, section 9.2): UTF-8, one byte order mark at most, lines that end with
 * CRLF, LF or CR. Never throws: what is not UTF-8 comes back as a problem. How the body was cut into pieces does not
 * matter but for the times.
 */
export function readEventStream(
  pieces: readonly BodyEvent[],
): (EventStream & { readonly ok: true }) | { readonly ok: false; readonly problem: string } {
  const bytes = Buffer.concat(pieces.map((piece) => piece.bytes));
  const reader = eventReader();
  const arrival = arrivals(pieces);
  let from = BOM.every((byte, index) => bytes[index] === byte) ? BOM.length : 0;
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] !== CR && bytes[at] !== LF) continue;
    const line = decode(bytes.subarray(from, at));
    if (line === undefined) return { ok: false, problem: `the line at byte ${from} is not UTF-8` };
    reader.line(line, arrival(at));
    if (bytes[at] === CR && bytes[at + 1] === LF) at++;
    from = at + 1;
  }
  const rest = decode(bytes.subarray(from));
  if (rest === undefined) return { ok: false, problem: `the line at byte ${from} is not UTF-8` };
  return { ok: true, ...reader.end(rest) };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return STRICT_UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** When the byte at an offset had arrived; offsets may only grow. */
function arrivals(pieces: readonly BodyEvent[]): (offset: number) => number {
  let index = 0;
  let end = pieces[0]?.bytes.length ?? 0;
  return (offset) => {
    while (offset >= end && index + 1 < pieces.length) {
      index += 1;
      end += pieces[index]?.bytes.length ?? 0;
    }
    return pieces[index]?.atNs ?? 0;
  };
}

function eventReader() {
  const events: StreamEvent[] = [];
  const unknownFields = new Set<string>();
  let data: string[] = [];
  let type = "";
  let lastEventId = "";
  const field = (name: string, value: string) => {
    if (name === "data") data.push(value);
    else if (name === "event") type = value;
    else if (name === "id" && !value.includes("\0")) lastEventId = value;
    else if (!KNOWN_FIELDS.has(name)) unknownFields.add(name);
  };
  return {
    line(line: string, atNs: number): void {
      if (line !== "") {
        const colon = line.indexOf(":");
        if (colon === 0) return;
        const value = colon < 0 ? "" : line.slice(colon + 1);
        field(colon < 0 ? line : line.slice(0, colon), value.startsWith(" ") ? value.slice(1) : value);
        return;
      }
      if (data.length > 0) events.push({ type: type || "message", data: data.join("\n"), lastEventId, atNs });
      data = [];
      type = "";
    },
    /** What the stream came to; `rest` is a last line without its end. */
    end(rest: string): EventStream {
      const unfinished = data.length > 0 || /^data(:|$)/.test(rest);
      return { events, unfinished, unknownFields: [...unknownFields] };
    },
  };
}

/** The bytes of one event with this data; each line of it becomes a field. */
export function writeEvent(data: string): Uint8Array {
  const fields = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return new TextEncoder().encode(`${fields.join("")}\n`);
}
