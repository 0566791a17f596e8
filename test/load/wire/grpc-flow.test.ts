import { createHash } from "node:crypto";
import { createServer, type ServerHttp2Stream } from "node:http2";
import { describe, expect, test } from "vitest";
import { Output } from "../../../src/load/wire/http2/output.ts";
import { ReceiveWindows } from "../../../src/load/wire/http2/receive-windows.ts";
import { Streams } from "../../../src/load/wire/http2/streams.ts";
import type { WireSocket } from "../../../src/load/wire/socket.ts";
import { listen } from "../loopback.ts";
import { openCalls } from "./calls.ts";
import { frame, settings, uint32 } from "./http2-fuzz/server-bytes.ts";
import { answer, type RawConnection, rawServer } from "./raw-http2-server.ts";

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((done) => setTimeout(done, 2));
};
const sizes = ({ frames }: RawConnection, id: number) =>
  frames.filter((each) => each.type === 0 && each.id === id).map(({ payload }) => payload.length);
const windowUpdate = (id: number, bytes: number) => frame(8, 0, id, uint32(bytes));

describe("the flow control of a gRPC connection", () => {
  test("sends no more than the windows allow, and the rest when they are opened", async () => {
    const server = await rawServer({
      first: ({ send }) => send(frame(4, 0, 0, settings([4, 10]))),
      call: ({ send }, id, body) => send(answer(id, body)),
    });
    const calls = openCalls(server.endpoint);
    await calls.free();
    const starved = calls.begin("a message that is longer than the window");
    const small = calls.begin("small");
    expect(await small.ending).toBe("ok small");
    const [connection] = server.connections as [RawConnection];
    expect(sizes(connection, 1)).toEqual([10]);
    connection.send(windowUpdate(1, 3));
    await until(() => sizes(connection, 1).length === 2);
    connection.send(windowUpdate(1, 1000));
    expect(await starved.ending).toBe("ok a message that is longer than the window");
    expect(sizes(connection, 1)).toEqual([10, 3, 32]);
  });

  test("shares the window of the connection, and goes on in the order of calls", async () => {
    const server = await rawServer({
      first: ({ send }) => send(frame(4, 0, 0, settings([4, 2 ** 31 - 1]))),
      call: ({ send }, id, body) => send(answer(id, Buffer.from(`${body.length} × ${body.at(-1)}`))),
    });
    const calls = openCalls(server.endpoint);
    await calls.free();
    const large = [1, 2, 3].map((value) => calls.begin(Buffer.alloc(40_000, value)).ending);
    const [connection] = server.connections as [RawConnection];
    const sent = () => [1, 3, 5].map((id) => sizes(connection, id).reduce((sum, size) => sum + size, 0));
    await until(() => sent().reduce((sum, size) => sum + size) === 65_535);
    expect(sent()).toEqual([40_005, 25_530, 0]);
    connection.send(windowUpdate(0, 100_000));
    expect(await Promise.all(large)).toEqual([1, 2, 3].map((value) => `ok 40000 × ${value}`));
  });

  test("follows a setting that lowers the windows of open streams below zero", async () => {
    const server = await rawServer({
      first: ({ send }) => send(frame(4, 0, 0, settings([4, 20]))),
      call: ({ send }, id, body) => send(answer(id, body)),
    });
    const calls = openCalls(server.endpoint);
    await calls.free();
    const { ending } = calls.begin("x".repeat(50));
    const [connection] = server.connections as [RawConnection];
    await until(() => sizes(connection, 1).length === 1);
    connection.send(frame(4, 0, 0, settings([4, 5])), windowUpdate(1, 15), frame(6, 0, 0, Buffer.alloc(8)));
    await until(() => connection.frames.some(({ type, flags }) => type === 6 && flags === 1));
    expect(sizes(connection, 1)).toEqual([20]);
    connection.send(windowUpdate(1, 1));
    await until(() => sizes(connection, 1).length === 2);
    connection.send(frame(4, 0, 0, settings([4, 100])));
    expect(await ending).toBe(`ok ${"x".repeat(50)}`);
    expect(sizes(connection, 1)).toEqual([20, 1, 34]);
  });

  test("cuts messages where the server's greatest frame ends, with an id across a cut", async () => {
    const server = await rawServer({
      first: ({ send }) => send(frame(4, 0, 0, settings([5, 20_000], [4, 12])), windowUpdate(0, 10_000_000)),
      call: ({ send }, id, body) => send(answer(id, body.subarray(0, 30))),
    });
    const calls = openCalls(server.endpoint);
    await calls.free();
    const body = Buffer.concat([Buffer.from("load-0000000000"), Buffer.alloc(50_000, "x")]);
    const { ending } = calls.begin(body, { id: "load-0000000000", idAt: 0 });
    const [connection] = server.connections as [RawConnection];
    await until(() => sizes(connection, 1).length === 1);
    connection.send(windowUpdate(1, 1_000_000));
    expect(await ending).toBe(`ok load-0000000000${"x".repeat(15)}`);
    expect(sizes(connection, 1)).toEqual([12, 20_000, 20_000, 10_008]);
  });

  test("does not send what is left of a message whose call was given up or has been answered", async () => {
    const server = await rawServer({
      first: ({ send }) => send(frame(4, 0, 0, settings([4, 10]))),
      call: ({ send }, id, body) => send(answer(id, body)),
    });
    const calls = openCalls(server.endpoint);
    await calls.free();
    const [given, answered] = [calls.begin("x".repeat(100)), calls.begin("y".repeat(100))];
    const [connection] = server.connections as [RawConnection];
    await until(() => sizes(connection, 3).length === 1);
    calls.connection.abandon(given.slot);
    connection.send(answer(3, Buffer.from("enough")));
    expect(await answered.ending).toBe("ok enough");
    connection.send(windowUpdate(1, 1000), windowUpdate(3, 1000));
    expect(await calls.call("z")).toBe("ok z");
    expect([sizes(connection, 1), sizes(connection, 3)]).toEqual([[10], [10]]);
    const resets = connection.frames.filter(({ type }) => type === 3).map(({ id, payload }) => [id, payload[3]]);
    expect(resets).toEqual([
      [1, 8],
      [3, 8],
    ]);
  });

  test("returns what it received to the server's windows, in bulk, also for streams that are closed", () => {
    const written: Buffer[] = [];
    const socket: WireSocket = {
      pending: 0,
      write: (bytes) => void written.push(Buffer.from(bytes)),
      writeAll: (pieces) => void written.push(Buffer.concat(pieces)),
      destroy: () => undefined,
    };
    const output = new Output(socket);
    const windows = new ReceiveWindows(new Streams(1), output);
    for (let i = 0; i < 2 ** 16; i++) windows.received(1, 16_384);
    output.flush();
    expect(written).toEqual([windowUpdate(0, 2 ** 30)]);
  });
});

describe("large messages", () => {
  test.each([600_000, 10_000_000])("of %d bytes go to node:http2 and back, several at once", async (bytes) => {
    const server = createServer();
    server.on("stream", (stream: ServerHttp2Stream) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("error", () => undefined);
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.on("end", () => {
        stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
        stream.end(Buffer.concat(chunks));
      });
    });
    const calls = openCalls(await listen(server));
    await calls.free();
    const endings = [1, 2, 3, 4, 5, 6].map((value) => calls.begin(Buffer.alloc(bytes, value)).ending);
    expect(await Promise.all(endings)).toEqual([1, 2, 3, 4, 5, 6].map((value) => `ok ${bytes} × ${value}`));
    expect(calls.connection.reconnects).toBe(0);
  });

  test("that end alike, and are written from the same memory, arrive as they are", async () => {
    const hash = (bytes: Uint8Array) => createHash("sha1").update(bytes).digest("hex");
    const server = await rawServer({
      first: ({ send }) =>
        send(frame(4, 0, 0, settings([4, 2 ** 31 - 1], [5, 17_001])), windowUpdate(0, 2 ** 31 - 1 - 65_535)),
      call: ({ send }, id, body) => send(answer(id, Buffer.from(hash(body)))),
    });
    const calls = openCalls(server.endpoint);
    await calls.free();
    const end = Buffer.from(Array.from({ length: 150_000 }, (_, i) => i % 251));
    // With an id of its own in its begin, or so late that little of the end can be shared.
    const id = "0123456789";
    const bodies = [
      ...[0, 1, 4_000, 16_990, 40_000].map((length) => Buffer.concat([Buffer.alloc(length, 7), Buffer.from(id), end])),
      Buffer.concat([end, Buffer.from(id), end.subarray(40_000)]),
      Buffer.concat([end, Buffer.from(id), end.subarray(149_000)]),
    ];
    const sent = bodies.map((body) => calls.begin(body, { id, idAt: body.indexOf(id) }));
    const arrived = bodies.map((body, i) => {
      const patched = Buffer.from(body);
      patched.write(String(sent[i]?.slot).padStart(id.length, "0"), body.indexOf(id));
      return `ok ${hash(patched)}`;
    });
    expect(await Promise.all(sent.map(({ ending }) => ending))).toEqual(arrived);
  });

  test("are written piece by piece where the socket does not take them, so that what is given up is not sent", async () => {
    const server = await rawServer({
      first: ({ send, socket }) => {
        send(frame(4, 0, 0, settings([4, 2 ** 31 - 1], [5, 2 ** 24 - 1])), windowUpdate(0, 2 ** 31 - 1 - 65_535));
        socket.pause();
      },
      call: ({ send }, id, body) => send(answer(id, Buffer.from(String(body.length)))),
    });
    const calls = openCalls(server.endpoint);
    await calls.free();
    const large = Array.from({ length: 40 }, (_, i) => calls.begin(Buffer.alloc(4_000_000, i)));
    const [connection] = server.connections as [RawConnection];
    await new Promise((done) => setImmediate(done));
    for (const { slot } of large.slice(1)) calls.connection.abandon(slot);
    connection.socket.resume();
    expect(await large[0]?.ending).toBe("ok 4000000");
    expect(await calls.call("x")).toBe("ok 1");
    const sent = connection.frames.reduce((sum, { type, payload }) => sum + (type === 0 ? payload.length : 0), 0);
    expect(sent).toBeLessThan(40_000_000);
  });
});
