import { createRequire } from "node:module";
import { Duplex } from "node:stream";
import { Client, type Dispatcher } from "undici";
import { Outcome, type OutcomeCode } from "../../../src/load/engine.ts";
import type { WireOwner } from "../../../src/load/wire/connection.ts";
import { Http1Connection } from "../../../src/load/wire/http1-connection.ts";
import { type Http1Request, http1Request } from "../../../src/load/wire/http1-request.ts";
import type { OpenSocket, SocketEvents } from "../../../src/load/wire/socket.ts";

/** What a reader makes of what a server sends to one request before it ends the connection. */
export interface Reading {
  readonly kind: "answer" | "malformed" | "incomplete";
  readonly status?: number;
  readonly body?: string;
  /** Before the server ended the connection: whether it could carry another request. */
  readonly reusable?: boolean;
}

const endpoint = { host: "127.0.0.1", port: 80, prefix: "", headers: [] };
const request = http1Request(endpoint, {
  protocol: "http",
  method: "GET",
  path: "/",
  headers: [],
  body: new Uint8Array(0),
  inferences: 1,
});

/** Sockets read into one buffer, again and again. */
const readBuffer = Buffer.alloc(64 * 1024);

/** What the wire engine makes of it: where the connection can be used again, twice. */
export function readByWire(pieces: readonly Uint8Array[]): readonly Reading[] {
  const readings: Reading[] = [];
  const reusable: boolean[] = [];
  let open = true;
  const owner: WireOwner<Http1Request> = {
    answered: (_slot, _end, _ok, status, body) =>
      void readings.push({ kind: "answer", status, body: Buffer.from(body).toString("latin1") }),
    failed: (_slot, _end, outcome: OutcomeCode) =>
      void readings.push({ kind: outcome === Outcome.malformed ? "malformed" : "incomplete" }),
    writable: () => undefined,
    refused: () => undefined,
    disturbed: () => undefined,
  };
  const sockets: SocketEvents[] = [];
  const openSocket: OpenSocket = (_endpoint, _options, events) => {
    sockets.push(events);
    return { pending: 0, write: () => undefined, writeAll: () => undefined, destroy: () => void (open = false) };
  };
  const clock = { now: () => 0, sleep: () => Promise.resolve() };
  const connection = new Http1Connection({ endpoint, clock, connectMs: 1000, openSocket }, owner);
  const [socket] = sockets as [SocketEvents];
  socket.opened(undefined);
  const ask = (): boolean => {
    connection.send(0, request, 0);
    for (const piece of pieces) {
      if (!open) break;
      readBuffer.set(piece);
      socket.read(readBuffer, piece.length);
    }
    reusable.push(open);
    return open && connection.free === 1;
  };
  if (ask()) ask();
  if (open) socket.ended(undefined);
  connection.close();
  return readings.map((each, i) => (each.kind === "answer" ? { ...each, reusable: reusable[i] === true } : each));
}

interface Parser {
  initialize(type: number, resource: object, maxHeaderSize: number): void;
  execute(bytes: Uint8Array): number | Error;
  finish(): Error | undefined;
  [event: number]: unknown;
}
const { HTTPParser } = createRequire(import.meta.url)("_http_common") as {
  HTTPParser: { new (): Parser; readonly [name: string]: number };
};
const MOST_HEAD = 1 << 20;

/** What Node's own parser, llhttp, makes of it, byte by byte. */
export function readByLlhttp(bytes: Uint8Array): Reading {
  const parser = new HTTPParser();
  const answer = { status: 0, keepAlive: false, done: false, body: [] as Buffer[] };
  parser.initialize(HTTPParser["RESPONSE"] as number, {}, MOST_HEAD);
  parser[HTTPParser["kOnHeadersComplete"] as number] = (...values: unknown[]) => {
    if (!answer.done) Object.assign(answer, { status: values[5], keepAlive: values[8] });
    return 0;
  };
  parser[HTTPParser["kOnBody"] as number] = (piece: Buffer) => {
    if (!answer.done) answer.body.push(Buffer.from(piece));
  };
  parser[HTTPParser["kOnMessageComplete"] as number] = () => {
    if (answer.status >= 200 || answer.status < 100) answer.done = true;
  };
  const reading = (reusable: boolean): Reading => ({
    kind: "answer",
    status: answer.status,
    body: text(answer.body),
    reusable,
  });
  for (let at = 0; at < bytes.length; at++) {
    if (parser.execute(bytes.subarray(at, at + 1)) instanceof Error && !answer.done) return { kind: "malformed" };
    if (answer.done) return reading(answer.keepAlive && at === bytes.length - 1);
  }
  parser.finish();
  return answer.done ? reading(true) : { kind: "incomplete" };
}

function text(pieces: readonly Buffer[]): string {
  return Buffer.concat(pieces).toString("latin1");
}

/** Reads with undici, whose connections are streams in this process. */
export interface UndiciReader {
  read(pieces: readonly Uint8Array[]): Promise<Reading>;
  close(): Promise<void>;
}

class Wire extends Duplex {
  asked = false;

  override _read(): void {}
  override _write(_bytes: unknown, _encoding: unknown, done: () => void): void {
    this.asked = true;
    done();
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

/** A reader without a connection yet. */
export function undiciReader(): UndiciReader {
  const wires: Wire[] = [];
  const client = new Client("http://127.0.0.1:80", {
    connect: (_options, callback) => {
      const wire = new Wire().on("error", () => undefined);
      wires.push(wire);
      setImmediate(() => callback(null, wire as never));
    },
    maxHeaderSize: MOST_HEAD,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const turn = () => new Promise<void>((done) => setImmediate(done));
  return {
    read: async (pieces) => {
      const answer: { reading?: Reading; status: number } = { status: 0 };
      const body: Buffer[] = [];
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, code) => {
          answer.status = code;
        },
        onResponseData: (_controller, chunk) => void body.push(Buffer.from(chunk)),
        onResponseEnd: () => {
          answer.reading = { kind: "answer", status: answer.status, body: text(body) };
        },
        onResponseError: () => {
          answer.reading = { kind: "malformed" };
        },
      };
      client.dispatch({ path: "/", method: "GET" }, handler);
      while (wires.at(-1)?.asked !== true) await turn();
      const [mine] = wires.splice(0) as [Wire];
      for (const piece of pieces) {
        if (mine.destroyed) break;
        mine.push(Buffer.from(piece));
        await turn();
      }
      const reusable = !mine.destroyed;
      if (reusable) mine.push(null);
      for (let i = 0; i < 5 && (answer.reading === undefined || !mine.destroyed); i++) await turn();
      mine.destroy();
      const found: Reading = answer.reading ?? { kind: "incomplete" };
      return found.kind === "answer" ? { ...found, reusable } : found;
    },
    close: () => client.destroy(),
  };
}
