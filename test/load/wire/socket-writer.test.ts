import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import { DirectWriter } from "../../../src/load/wire/socket-writer.ts";
import { afterwards } from "../loopback.ts";

const LARGE = 8 * 1024 * 1024;

/** A connected socket, and the other end of it, which reads nothing yet. */
async function pair(): Promise<{ socket: Socket; peer: Socket; streamed: () => number }> {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  const [[peer]] = (await Promise.all([once(server, "connection"), once(socket, "connect")])) as [[Socket], unknown];
  afterwards(() => {
    socket.destroy();
    peer.destroy();
    server.close();
  });
  const throughStream = vi.spyOn(socket, "write");
  return { socket, peer, streamed: () => throughStream.mock.calls.length };
}

/** Reads so many bytes. */
async function read(peer: Socket, length: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let have = 0;
  peer.resume();
  peer.on("data", (piece: Buffer) => {
    pieces.push(piece);
    have += piece.length;
  });
  await vi.waitFor(() => expect(have).toBeGreaterThanOrEqual(length), { timeout: 10_000, interval: 5 });
  return Buffer.concat(pieces);
}

test("small writes go past the stream, from the second one of a process on", async () => {
  const { socket, peer, streamed } = await pair();
  const writer = new DirectWriter(socket, () => undefined);
  writer.write(Buffer.from("a"));
  const before = streamed();
  for (const text of ["b", "c", "d"]) writer.write(Buffer.from(text));
  expect(writer.pending).toBe(0);
  expect((await read(peer, 4)).toString()).toBe("abcd");
  expect(before).toBeLessThanOrEqual(1);
  expect(streamed()).toBe(before);
});

test("bytes arrive in order when the peer does not read, whichever way they went", async () => {
  const { socket, peer } = await pair();
  let drained = 0;
  const writer = new DirectWriter(socket, () => {
    drained++;
  });
  const pieces = Array.from({ length: 12 }, (_, i) => Buffer.alloc(i % 3 === 0 ? LARGE : 100 + i, 97 + i));
  writer.write(pieces[0] as Buffer);
  writer.write(pieces[1] as Buffer);
  writer.write(pieces[2] as Buffer);
  writer.write(pieces[3] as Buffer);
  expect(writer.pending).toBeGreaterThan(0);
  writer.writeAll(pieces.slice(4, 7));
  for (const piece of pieces.slice(7)) writer.write(piece);
  const sent = Buffer.concat(pieces);
  expect(Buffer.compare(await read(peer, sent.length), sent)).toBe(0);
  await vi.waitFor(() => expect(writer.pending).toBe(0));
  expect(drained).toBe(1);
  writer.write(Buffer.from("last"));
  expect(writer.pending).toBe(0);
});

test("a write to a peer that has reset the connection is an error of the socket", async () => {
  const { socket, peer } = await pair();
  const writer = new DirectWriter(socket, () => undefined);
  writer.write(Buffer.from("first"));
  // What was not read when it ends makes the operating system reset the connection.
  peer.destroy();
  socket.pause();
  await once(peer, "close");
  const [error] = await new Promise<unknown[]>((resolve) => {
    socket.once("error", (...thrown) => resolve(thrown));
    writer.write(Buffer.from("more"));
    writer.write(Buffer.from("more"));
  });
  expect((error as NodeJS.ErrnoException).code).toMatch(/^(EPIPE|ECONNRESET)$/);
  expect(socket.destroyed).toBe(true);
  // The handle is gone, and nothing is thrown.
  writer.write(Buffer.from("after all"));
});

test("a socket that ends while bytes are pending is an error of nobody", async () => {
  const { socket } = await pair();
  const writer = new DirectWriter(socket, () => expect.unreachable());
  writer.write(Buffer.alloc(LARGE));
  writer.write(Buffer.alloc(LARGE));
  expect(writer.pending).toBeGreaterThan(0);
  const ended = once(socket, "close");
  socket.destroy();
  await ended;
});

test.each([
  ["no handle", undefined],
  ["a handle of another kind", { writeBuffer: () => expect.unreachable() }],
])("a stream with %s is written to as a stream", async (_name, handle) => {
  vi.resetModules();
  const { DirectWriter: Fresh } = await import("../../../src/load/wire/socket-writer.ts");
  const stream = Object.assign(new PassThrough(), { _handle: handle });
  const writer = new Fresh(stream as unknown as Socket, () => undefined);
  writer.write(Buffer.from("ab"));
  writer.write(Buffer.from("cd"));
  writer.writeAll([Buffer.from("e"), Buffer.from("f")]);
  expect(String(stream.read())).toBe("abcdef");
  expect(writer.pending).toBe(0);
});
