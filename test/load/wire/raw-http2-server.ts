import { createServer, type Socket } from "node:net";
import { seededRandom } from "../../../src/base/random.ts";
import type { LoadEndpoint } from "../../../src/load/endpoint.ts";
import { decodeBlock, type Field } from "../../../src/load/wire/http2/hpack.ts";
import { listen } from "../loopback.ts";
import { block, frame, message } from "./http2-fuzz/server-bytes.ts";

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: Buffer;
}

/** One connection of a server that is scripted frame by frame. */
export interface RawConnection {
  readonly number: number;
  readonly socket: Socket;
  /** All that came, in order. */
  readonly frames: Frame[];
  readonly send: (...frames: readonly Buffer[]) => void;
}

export interface Script {
  /** Sent when the preface has come; SETTINGS without entries unless given. */
  first?(connection: RawConnection): void;
  /** A frame came. */
  frame?(connection: RawConnection, frame: Frame): void;
  /** A call came in full: `n` counts the calls of the connection. */
  call?(connection: RawConnection, id: number, message: Buffer, n: number): void;
}

export interface RawServer {
  readonly endpoint: LoadEndpoint;
  readonly connections: RawConnection[];
}

const PREFACE_BYTES = 24;
const HEAD: readonly Field[] = [
  [":status", "200"],
  ["content-type", "application/grpc"],
];

/** A server that speaks HTTP/2 as its script says, and nothing by itself. */
export async function rawServer(script: Script): Promise<RawServer> {
  const connections: RawConnection[] = [];
  const server = createServer((socket) => {
    const connection: RawConnection = {
      number: connections.length,
      socket,
      frames: [],
      send: (...frames) => void socket.write(Buffer.concat(frames)),
    };
    connections.push(connection);
    let pending = Buffer.alloc(0);
    let greeted = false;
    let calls = 0;
    const bodies = new Map<number, Buffer[]>();
    const take = (each: Frame) => {
      connection.frames.push(each);
      script.frame?.(connection, each);
      if (each.type !== 0) return;
      const body = [...(bodies.get(each.id) ?? []), each.payload];
      bodies.set(each.id, body);
      if (each.flags & 1) script.call?.(connection, each.id, Buffer.concat(body).subarray(5), calls++);
    };
    socket.on("data", (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      if (!greeted && pending.length >= PREFACE_BYTES) {
        greeted = true;
        pending = pending.subarray(PREFACE_BYTES);
        if (script.first) script.first(connection);
        else connection.send(frame(4, 0, 0, Buffer.alloc(0)));
      }
      if (!greeted) return;
      while (pending.length >= 9 && pending.length >= 9 + pending.readUIntBE(0, 3)) {
        const end = 9 + pending.readUIntBE(0, 3);
        const payload = Buffer.from(pending.subarray(9, end));
        const each = { type: pending[3] as number, flags: pending[4] as number, id: pending.readUInt32BE(5), payload };
        pending = pending.subarray(end);
        take(each);
      }
    });
  });
  return { endpoint: await listen(server), connections };
}

const random = seededRandom("blocks");

export function headers(id: number, fields: readonly Field[], flags = 4): Buffer {
  return frame(1, flags, id, block(fields, random));
}

/** Head, one message and trailers. */
export function answer(id: number, body: Uint8Array, status = "0"): Buffer {
  return Buffer.concat([headers(id, HEAD), frame(0, 0, id, message(body)), trailers(id, [["grpc-status", status]])]);
}

export function head(id: number): Buffer {
  return headers(id, HEAD);
}

export function trailers(id: number, fields: readonly Field[]): Buffer {
  return headers(id, fields, 5);
}

/** The fields of the calls on a connection. */
export function fieldsOf(connection: RawConnection): readonly (readonly Field[])[] {
  const blocks: Buffer[] = [];
  for (const { type, payload } of connection.frames) {
    if (type === 1) blocks.push(payload);
    if (type === 9) blocks.push(Buffer.concat([blocks.pop() as Buffer, payload]));
  }
  return blocks.map((each) => decodeBlock(each, 0, each.length));
}
