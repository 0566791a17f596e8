import { type ClientHttp2Stream, connect } from "node:http2";
import { Duplex } from "node:stream";
import { type Exchange, type GrpcRequest, grpcOutcome, type Headers } from "../../../../src/transport/index.ts";
import type { Case } from "./cases.ts";
import { type CallOutcome, hex, type Outcomes } from "./outcome.ts";

const PREFACE_BYTES = 24;
const END_STREAM = 1;
const ROUNDS = 3;

/** Some frames make node:http2 lose memory of a session, and it ends the process when the session's handle is collected; so none is. */
const kept: unknown[] = [];

function keepHandle(session: object): void {
  const symbol = Object.getOwnPropertySymbols(session).find(({ description }) => description === "kHandle");
  if (symbol) kept.push((session as Readonly<Record<symbol, unknown>>)[symbol]);
}

interface Seen {
  readonly stream: ClientHttp2Stream;
  status: number;
  headers: Headers;
  headOnly: boolean;
  trailers?: Headers;
  readonly chunks: Uint8Array[];
  ended: boolean;
  closed: boolean;
}

/** Lets node:http2 read `rest` up to `length`, and judges what it delivers by the rules of src/transport. */
export async function runNode({ first, rest, calls }: Case, length: number): Promise<Outcomes> {
  const written: Buffer[] = [];
  const pipe = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      written.push(chunk);
      done();
    },
  });
  const session = connect("http://target", {
    createConnection: () => pipe,
    settings: { enablePush: false, headerTableSize: 0, initialWindowSize: 2 ** 31 - 1 },
  });
  let error: string | undefined;
  let leaving: number | undefined;
  session.on("error", (thrown: Error) => {
    error ??= thrown.message;
  });
  session.on("goaway", (code) => {
    leaving ??= code;
  });
  await turns(1);
  keepHandle(session);
  session.setLocalWindowSize(2 ** 30);
  pipe.push(first);
  const seen = Array.from({ length: calls }, () =>
    watch(session.request({ ":method": "POST", ":path": "/test.Echo/Call" })),
  );
  await turns(ROUNDS);
  if (length > 0) pipe.push(rest.subarray(0, length));
  await turns(ROUNDS);
  const sent = framesOf(Buffer.concat(written).subarray(PREFACE_BYTES));
  const goaway = sent.find(({ type, code }) => type === 7 && code !== 0);
  const resetHere = new Set(sent.filter(({ type, code }) => type === 3 && code !== 0).map(({ id }) => id));
  const outcomes = seen.map((each, i) => outcomeOf(each, resetHere.has(2 * i + 1)));
  const reusable = leaving === undefined && !session.closed && !session.destroyed;
  // It ends some sessions without a word.
  const destroyed = session.destroyed && leaving !== 0 ? "destroyed" : undefined;
  const fault = error ?? (goaway ? `GOAWAY ${goaway.code}` : destroyed);
  session.destroy();
  pipe.destroy();
  return { calls: outcomes, reusable, fault };
}

function watch(stream: ClientHttp2Stream): Seen {
  const seen: Seen = { stream, status: 0, headers: [], headOnly: false, chunks: [], ended: false, closed: false };
  const on = (event: string, take: (flags: number, raw: readonly string[]) => void) =>
    stream.on(event, (_headers: unknown, flags: number, raw: readonly string[]) => take(flags, raw));
  on("response", (flags, raw) => {
    seen.headOnly = (flags & END_STREAM) !== 0;
    seen.headers = pairs(raw);
    seen.status = Number(seen.headers.find(([name]) => name === ":status")?.[1]);
  });
  on("trailers", (_flags, raw) => {
    seen.trailers = pairs(raw);
  });
  stream.on("data", (chunk: Buffer) => seen.chunks.push(new Uint8Array(chunk)));
  stream.on("end", () => {
    seen.ended = true;
  });
  stream.on("close", () => {
    seen.closed = true;
  });
  stream.on("error", () => undefined);
  stream.end();
  return seen;
}

function outcomeOf(
  { stream, status, headers, headOnly, trailers, chunks, ended, closed }: Seen,
  resetHere: boolean,
): CallOutcome {
  if (resetHere) return "malformed";
  if (!closed) return "pending";
  if (stream.aborted || stream.rstCode !== 0 || !ended || status === 0) return "reset";
  if (status !== 200) return `http ${status}`;
  const outcome = grpcOutcome(exchangeOf(status, headers, headOnly ? headers : trailers, chunks));
  if (!outcome.ok) return "malformed";
  if (outcome.code !== 0) return `grpc ${outcome.code} ${hex(Buffer.from(outcome.message))}`;
  const [message, ...more] = outcome.messages;
  return message === undefined || more.length > 0 ? "malformed" : `ok ${hex(message)}`;
}

function exchangeOf(
  status: number,
  headers: Headers,
  trailers: Headers | undefined,
  chunks: readonly Uint8Array[],
): Exchange<GrpcRequest> {
  const request: GrpcRequest = { protocol: "grpc", path: "/test.Echo/Call", metadata: [], messages: [] };
  return {
    request,
    head: { status, headers, atNs: 0 },
    events: chunks.map((bytes) => ({ bytes, atNs: 0 })),
    ...(trailers && { trailers }),
    durationNs: 0,
  };
}

function pairs(raw: readonly string[]): Headers {
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i] as string, raw[2 * i + 1] as string] as const);
}

function framesOf(bytes: Buffer): { readonly type: number; readonly id: number; readonly code: number }[] {
  const frames = [];
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
    const type = bytes[at + 3] as number;
    const code = type === 3 ? bytes.readUInt32BE(at + 9) : type === 7 ? bytes.readUInt32BE(at + 13) : 0;
    frames.push({ type, id: bytes.readUInt32BE(at + 5), code });
  }
  return frames;
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((done) => setImmediate(done));
}
