import { type Random, seededRandom } from "../../../../src/base/random.ts";
import { block, frame, message, settings, uint32 } from "./server-bytes.ts";

/** What a server sends to a client that has made some calls, on streams 1, 3, 5 … */
export interface Case {
  readonly seed: string;
  readonly calls: number;
  /** What it sends before it has seen a call. */
  readonly first: Buffer;
  readonly rest: Buffer;
}

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const CONTINUATION = 9;
const END_STREAM = 1;
const END_HEADERS = 4;
const PADDED = 8;
const PRIORITY = 0x20;
const FIRST_FRAMES = Buffer.concat([frame(SETTINGS, 0, 0, settings()), frame(SETTINGS, 1, 0, Buffer.alloc(0))]);

type Fields = (readonly [string, string])[];

/**
 * The case of a seed. Some have many answers, of which each may be wrong by itself; others have few, and are about as often wrong as a
 * connection as not.
 */
export function generate(seed: string): Case {
  const random = seededRandom(seed);
  const many = random.next() < 0.4;
  const calls = many ? random.integer(5, 40) : random.integer(1, 4);
  const faulty = random.next() < (many ? 0.8 : 0.5);
  const queues = Array.from({ length: calls }, (_, i) => response(random, 2 * i + 1, faulty));
  // The first block must take note of the table size.
  let units = interleave(queues, random);
  if (random.next() < 0.3) insert(units, random, random.integer(1, 3), () => rightControl(random, calls));
  if (faulty && !many) units = spoil(units, random, calls);
  return { seed, calls, first: FIRST_FRAMES, rest: wholeFrames(Buffer.concat(units)) };
}

/** Without a last frame or header block of which a part is missing: a decoder may judge it before the rest comes, or not. */
export function wholeFrames(bytes: Buffer): Buffer {
  let at = 0;
  let open = -1;
  while (at + 9 <= bytes.length) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    if (end > bytes.length && bytes.readUIntBE(at, 3) <= 16_384) break;
    const ends = ((bytes[at + 4] as number) & END_HEADERS) !== 0;
    if (bytes[at + 3] === HEADERS && !ends) open = at;
    else if (bytes[at + 3] !== CONTINUATION || ends) open = -1;
    at = Math.min(end, bytes.length);
  }
  return bytes.subarray(0, open < 0 ? at : open);
}

/** Units of frames that belong together, in a random order that keeps that of each stream. */
function interleave(queues: Buffer[][], random: Random): Buffer[] {
  const units: Buffer[] = [];
  const sequential = random.next() < 0.4;
  for (let left = queues.filter((queue) => queue.length > 0); left.length > 0; left = left.filter((q) => q.length > 0))
    units.push((sequential ? (left[0] as Buffer[]) : random.pick(left)).shift() as Buffer);
  return units;
}

function response(random: Random, id: number, faulty: boolean): Buffer[] {
  const spoilt = faulty && random.next() < 0.3;
  const units: Buffer[] = [];
  if (random.next() < 0.08)
    units.push(headers(random, id, [[":status", random.pick(["100", "103"])], ...extra(random)], 0));
  const kind = random.next();
  if (kind < 0.12)
    units.push(headers(random, id, spoilFields([...head(random), ...trailers(random)], spoilt, random), END_STREAM));
  else if (kind < 0.2) units.push(...httpAnswer(random, id));
  else {
    const body = bodyOf(random, spoilt);
    const length: Fields =
      random.next() < 0.1 ? [["content-length", String(body.length + (spoilt ? random.integer(0, 1) : 0))]] : [];
    units.push(headers(random, id, spoilFields([...head(random), ...length], spoilt, random), 0));
    units.push(...data(random, id, body, random.next() < 0.05 ? END_STREAM : 0));
    units.push(
      headers(
        random,
        id,
        spoilFields(trailers(random), spoilt, random),
        spoilt && random.next() < 0.1 ? 0 : END_STREAM,
      ),
    );
  }
  const end = random.next();
  if (end < 0.05) units.splice(random.integer(0, units.length), units.length, reset(random, id));
  else if (end < 0.1) units.push(reset(random, id));
  return units;
}

function reset(random: Random, id: number): Buffer {
  return frame(RST_STREAM, 0, id, uint32(random.pick([0, 1, 2, 7, 8, 11, 99])));
}

function head(random: Random): Fields {
  const type =
    random.next() < 0.95
      ? "application/grpc"
      : random.pick(["application/grpc+proto", "application/grpc;x=y", "text/html", "application/grpcx"]);
  return [[":status", "200"], ["content-type", type], ...extra(random)];
}

function trailers(random: Random): Fields {
  const status = random.next() < 0.8 ? "0" : random.pick(["1", "3", "14", "16", "17", "00", "-1", "", "x"]);
  const text = random.pick(["", "no%20such%20model", "caf%C3%A9 %zz%", "100%", "a:b"]);
  const fields: Fields = [
    ["grpc-status", status],
    ...(random.next() < 0.3 ? [["grpc-message", text] as const] : []),
    ...extra(random),
  ];
  return random.next() < 0.03 ? fields.slice(1) : fields;
}

function extra(random: Random): Fields {
  const known: Fields = [
    ["date", "Wed, 25 Nov 2026 22:00:00 GMT"],
    ["server", "some/1.0"],
    ["grpc-accept-encoding", "identity,deflate,gzip"],
    ["x-bin", "AAECAw=="],
    ["x-octets", "\xe9\x80\xff"],
    ["x-empty", ""],
    ["x-long", "v".repeat(random.next() < 0.9 ? random.integer(1, 50) : random.integer(100, 400))],
  ];
  return random.shuffle(known).slice(0, Math.max(0, random.integer(-3, 3)));
}

function httpAnswer(random: Random, id: number): Buffer[] {
  const body = Buffer.from("<html>no</html>".repeat(random.integer(0, 3)));
  const fields: Fields = [
    [":status", random.pick(["201", "204", "301", "404", "429", "500", "503", "600"])],
    ["content-type", "text/html"],
  ];
  if (body.length === 0) return [headers(random, id, fields, END_STREAM)];
  const length: Fields = random.next() < 0.5 ? [["content-length", String(body.length)]] : [];
  const status: Fields = [
    [":status", random.pick(["200", "404", "429", "503"])],
    ["content-type", "text/html"],
    ...length,
  ];
  return [headers(random, id, status, 0), ...data(random, id, body, END_STREAM)];
}

function bodyOf(random: Random, spoilt: boolean): Buffer {
  const bytes = () =>
    Buffer.alloc(random.next() < 0.97 ? random.integer(0, 60) : random.integer(0, 9000), random.integer(0, 255));
  if (!spoilt) return message(bytes());
  const one = bytes();
  return random.pick([
    Buffer.alloc(0),
    Buffer.concat([message(one), message(bytes())]),
    message(one, random.pick([1, 2, 255])),
    message(one, 0, Math.max(0, one.length + random.pick([-1, 1, 2 ** 31, 5]))),
    message(one).subarray(0, random.integer(0, 4)),
  ]);
}

/** DATA frames that carry a body, cut anywhere, some of them padded or empty. */
function data(random: Random, id: number, body: Buffer, endFlags: number): Buffer[] {
  const cuts = Array.from({ length: random.next() < 0.6 ? 0 : random.integer(1, 4) }, () =>
    random.integer(0, body.length),
  );
  const bounds = [0, ...cuts.sort((a, b) => a - b), body.length];
  return bounds.slice(1).map((end, i) => {
    const part = body.subarray(bounds[i], end);
    const flags = i === bounds.length - 2 ? endFlags : 0;
    if (random.next() < 0.85) return frame(DATA, flags, id, part);
    const padding = random.pick([0, 1, 7, 255]);
    return frame(DATA, flags | PADDED, id, Buffer.concat([Buffer.from([padding]), part, Buffer.alloc(padding)]));
  });
}

/** HEADERS with CONTINUATION, padding and priority as chance has it. Every block begins with a size update: it may be the first. */
function headers(random: Random, id: number, fields: Fields, flags: number): Buffer {
  const bytes = Buffer.concat([Buffer.from([0x20]), block(fields, random)]);
  const cuts =
    random.next() < 0.85
      ? []
      : [random.integer(0, bytes.length), random.integer(0, bytes.length)].sort((a, b) => a - b);
  const bounds = [0, ...cuts, bytes.length];
  return Buffer.concat(
    bounds.slice(1).map((end, i) => {
      const part = bytes.subarray(bounds[i], end);
      const last = i === bounds.length - 2 ? END_HEADERS : 0;
      return i === 0 ? firstPart(random, id, part, flags | last) : frame(CONTINUATION, last, id, part);
    }),
  );
}

function firstPart(random: Random, id: number, part: Buffer, flags: number): Buffer {
  if (random.next() < 0.9) return frame(HEADERS, flags, id, part);
  const padding = random.pick([0, 3, 200]);
  const priority = random.next() < 0.5;
  const before = [Buffer.from([padding]), ...(priority ? [Buffer.from([0, 0, 0, 0, 15])] : [])];
  const payload = Buffer.concat([...before, part, Buffer.alloc(padding)]);
  return frame(HEADERS, flags | PADDED | (priority ? PRIORITY : 0), id, payload);
}

function spoilFields(fields: Fields, spoilt: boolean, random: Random): Fields {
  if (!spoilt || random.next() < 0.4) return fields;
  const at = random.integer(0, fields.length);
  const wrong = random.pick<readonly [string, string]>([
    ["Grpc-Status", "0"],
    [":status", "200"],
    [":status", "500"],
    [":path", "/"],
    [":status", "2000"],
    [":status", "101"],
    [":unknown", "x"],
    ["connection", "close"],
    ["keep-alive", "1"],
    ["transfer-encoding", "chunked"],
    ["upgrade", "h2c"],
    ["te", "trailers"],
    ["te", "gzip"],
    ["x y", "1"],
    ["", "1"],
    ["x-value", "a\nb"],
    ["x-value", "a\0"],
    ["x-value", " a"],
    ["x-value", "a\t"],
    ["content-length", "7"],
    ["content-length", "+1"],
    ["content-length", ""],
    ["grpc-status", "0"],
    ["grpc-status", "5"],
    ["content-type", "text/plain"],
    ["grpc-message", "x%"],
  ]);
  const changed = [...fields];
  changed.splice(at, random.integer(0, 1), wrong);
  return changed;
}

function insert(units: Buffer[], random: Random, count: number, make: () => Buffer): void {
  for (let i = 0; i < count; i++) units.splice(random.integer(0, units.length), 0, make());
}

/** Frames that a client must bear. */
function rightControl(random: Random, calls: number): Buffer {
  return random.pick([
    () => frame(6, 0, 0, Buffer.from("12345678")),
    () => frame(SETTINGS, 0, 0, settings([random.pick([1, 3, 6, 9, 77]), random.pick([0, 1, 5000])])),
    () =>
      frame(
        SETTINGS,
        0,
        0,
        settings([4, random.pick([0, 1, 65_535, 2 ** 31 - 1])], [5, random.pick([16_384, 2 ** 24 - 1])]),
      ),
    () => frame(8, 0, 0, uint32(random.integer(1, 1000))),
    () =>
      frame(random.integer(10, 255), random.integer(0, 255), random.integer(0, 9), Buffer.alloc(random.integer(0, 20))),
    () => frame(2, 0, 1, Buffer.from([0, 0, 0, 0, 1])),
    () =>
      frame(
        7,
        0,
        0,
        Buffer.concat([uint32(random.pick([2 ** 31 - 1, 2 * calls - 1, 3, 1])), uint32(0), Buffer.from("bye")]),
      ),
  ])();
}

/** Frames that are mostly wrong. */
function wrongControl(random: Random, calls: number): Buffer {
  const id = random.pick([0, 1, 2, 3, 2 * calls + 1, 2 ** 31 - 1, 2 ** 31 + 1]);
  return random.pick([
    () =>
      frame(
        random.integer(0, 9),
        random.integer(0, 255),
        id,
        Buffer.alloc(random.integer(0, 12), random.integer(0, 255)),
      ),
    () =>
      frame(
        SETTINGS,
        random.pick([0, 1]),
        random.pick([0, 0, 1]),
        settings([random.integer(0, 9), random.pick([0, 1, 2, 2 ** 31, 16_383, 2 ** 24, 2 ** 32 - 1])]),
      ),
    () => frame(6, random.pick([0, 1]), id, Buffer.alloc(random.pick([7, 8, 9]))),
    () => frame(8, 0, id, uint32(random.pick([0, 1, 2 ** 31 - 1, 2 ** 31]))),
    () => frame(RST_STREAM, 0, id, Buffer.alloc(random.pick([3, 4, 5]))),
    () =>
      frame(
        7,
        0,
        id,
        Buffer.concat([uint32(random.pick([0, 1, 2, 5])), uint32(random.pick([0, 0, 2])), Buffer.alloc(2)]),
      ),
    () => frame(7, 0, 0, Buffer.alloc(random.integer(0, 8))),
    () => frame(5, END_HEADERS, id, Buffer.concat([uint32(2), Buffer.from([0x82])])),
    () => frame(CONTINUATION, END_HEADERS, id, Buffer.from([0x88])),
    () => frame(2, 0, id, Buffer.alloc(random.pick([4, 5]))),
    () => frame(DATA, PADDED, id, Buffer.from([random.integer(0, 4), 1, 2, 3])),
    () =>
      frame(HEADERS, random.pick([4, 5, 12, 0x24]), id, Buffer.from([0x88, 0x20, 0xbe].slice(random.integer(0, 3)))),
    () => frame(DATA, 0, 1, Buffer.alloc(16_385)),
    () => Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"),
  ])();
}

function spoil(units: Buffer[], random: Random, calls: number): Buffer[] {
  const changed = [...units];
  const at = random.integer(0, Math.max(0, changed.length - 1));
  const one = changed[at] ?? Buffer.alloc(0);
  const kind = random.integer(0, 6);
  if (kind === 0) changed.splice(at, 1);
  else if (kind === 1) changed.splice(random.integer(0, changed.length), 0, one);
  else if (kind === 2 && random.next() < 0.3) return random.shuffle(changed);
  else if (kind === 3) insert(changed, random, random.integer(1, 2), () => wrongControl(random, calls));
  else if (kind === 4) changed[at] = flipped(one, random);
  else if (kind === 5) return [flipped(Buffer.concat(changed), random)];
  return changed;
}

function flipped(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  for (let i = random.integer(1, 3); i > 0 && copy.length > 0; i--)
    copy[random.integer(0, copy.length - 1)] = random.integer(0, 255);
  return copy;
}
