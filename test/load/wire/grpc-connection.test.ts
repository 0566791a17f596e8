import { createServer } from "node:net";
import { status } from "@grpc/grpc-js";
import { describe, expect, test } from "vitest";
import { grpcProtocol } from "../../../src/load/wire/grpc-connection.ts";
import { grpcServer, listen } from "../loopback.ts";
import { openCalls, requestOf } from "./calls.ts";
import { frame, message, settings, uint32 } from "./http2-fuzz/server-bytes.ts";
import {
  answer,
  fieldsOf,
  head,
  headers,
  type RawConnection,
  rawServer,
  type Script,
  trailers,
} from "./raw-http2-server.ts";

const echo: Script["call"] = ({ send }, id, body) => send(answer(id, body));
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((done) => setTimeout(done, 2));
};
const dataFrames = ({ frames }: RawConnection) => frames.filter(({ type }) => type === 0);
const resets = ({ frames }: RawConnection) =>
  frames.filter(({ type }) => type === 3).map(({ id, payload }) => `${id}:${payload.readUInt32BE()}`);

describe("a gRPC connection", () => {
  test("begins with the preface, its settings and a large window, and acknowledges the server's settings", async () => {
    const server = await rawServer({ call: echo });
    expect(await openCalls(server.endpoint).call("a")).toBe("ok a");
    const [first, second, third] = (server.connections[0] as RawConnection).frames;
    expect(first).toMatchObject({ type: 4, payload: settings([1, 0], [2, 0], [4, 2 ** 31 - 1]) });
    expect(second).toMatchObject({ type: 8, id: 0, payload: uint32(2 ** 31 - 1 - 65_535) });
    expect(third).toMatchObject({ type: 4, flags: 1, id: 0 });
  });

  test("sends path, authority, metadata and credentials with every call", async () => {
    const server = await rawServer({ call: echo });
    const endpoint = {
      ...server.endpoint,
      authority: "model.example",
      headers: [["Authorization", "Bearer x"]] as const,
    };
    const calls = openCalls(endpoint);
    await calls.call("a", { headers: [["x-tenant", "blue"]] });
    await calls.call("b", { headers: [["x-long", "v".repeat(20_000)]] });
    const [first, second] = fieldsOf(server.connections[0] as RawConnection);
    expect(first).toEqual([
      [":method", "POST"],
      [":scheme", "http"],
      [":path", "/test.Echo/Call"],
      [":authority", "model.example"],
      ["content-type", "application/grpc"],
      ["te", "trailers"],
      ["x-tenant", "blue"],
      ["authorization", "Bearer x"],
    ]);
    expect(second).toContainEqual(["x-long", "v".repeat(20_000)]);
  });

  test.each([
    ["x y", "1"],
    ["connection", "close"],
    ["x", "a\nb"],
    ["x", " a"],
    ["x", "snow ☃"],
  ])("refuses metadata that cannot be sent, before anything is: %s: %j", (name, value) => {
    const endpoint = { host: "127.0.0.1", port: 1, prefix: "", headers: [] };
    const request = { ...requestOf("a"), headers: [[name, value]] as const };
    expect(() => grpcProtocol.prepare(endpoint, request)).toThrow(expect.objectContaining({ code: "USAGE" }) as Error);
  });

  test("makes 256 calls at once, each with its own id, and tells their answers apart", async () => {
    const server = await rawServer({
      call: ({ send }, id, body, n) => setImmediate(() => send(answer(id, Buffer.from(`${body.toString()} ${n % 7}`)))),
    });
    const calls = openCalls(server.endpoint);
    await calls.free();
    const endings = await Promise.all(
      Array.from({ length: 256 }, () => calls.begin("load-0000000000!", { id: "load-0000000000", idAt: 0 }).ending),
    );
    expect(endings).toEqual(Array.from({ length: 256 }, (_, i) => `ok load-${String(i).padStart(10, "0")}! ${i % 7}`));
  });

  test("makes no more calls than the server takes, and more when it takes more", async () => {
    const answers: (() => void)[] = [];
    const server = await rawServer({
      first: ({ send }) => send(frame(4, 0, 0, settings([3, 2]))),
      call: ({ send }, id, body) => answers.push(() => send(answer(id, body))),
    });
    const calls = openCalls(server.endpoint);
    await calls.free();
    expect(calls.connection.free).toBe(2);
    const [a, b] = [calls.begin("a"), calls.begin("b")];
    expect(calls.connection.free).toBe(0);
    await until(() => answers.length === 2);
    server.connections[0]?.send(frame(4, 0, 0, settings([3, 3])));
    const c = calls.call("c");
    await until(() => answers.length === 3);
    answers[2]?.();
    expect(await c).toBe("ok c");
    answers[0]?.();
    expect(await a.ending).toBe("ok a");
    expect(calls.events).toEqual(["writable", "writable"]);
    answers[1]?.();
    expect(await b.ending).toBe("ok b");
  });

  test.each([
    ["grpc-status 5", "grpc 5 ", (id: number) => [head(id), trailers(id, [["grpc-status", "5"]])]],
    [
      "trailers alone, with a message in percent encoding",
      "grpc 14 café 100% %zz",
      (id: number) => [
        headers(
          id,
          [
            [":status", "200"],
            ["content-type", "application/grpc"],
            ["grpc-status", "14"],
            ["grpc-message", "caf%C3%A9 100%25 %zz"],
          ],
          5,
        ),
      ],
    ],
    ["another HTTP status", "httpError: HTTP status 503", (id: number) => [headers(id, [[":status", "503"]], 5)]],
    [
      "another HTTP status with a body",
      "httpError: HTTP status 429",
      (id: number) => [headers(id, [[":status", "429"]]), frame(0, 1, id, Buffer.from("slow down"))],
    ],
    [
      "another content type",
      'malformed: content-type "text/html" is not gRPC\'s',
      (id: number) => [
        headers(id, [
          [":status", "200"],
          ["content-type", "text/html"],
        ]),
        frame(0, 1, id, Buffer.from("hi")),
      ],
    ],
    [
      "no content type",
      "malformed: the answer has no content-type",
      (id: number) => [headers(id, [[":status", "200"]], 5)],
    ],
    [
      "a compressed message",
      "malformed: a message is marked as compressed, which was not asked for",
      (id: number) => [head(id), frame(0, 0, id, message(Buffer.from("x"), 1)), trailers(id, [["grpc-status", "0"]])],
    ],
    [
      "no message",
      "malformed: 0 messages in a unary answer",
      (id: number) => [head(id), trailers(id, [["grpc-status", "0"]])],
    ],
    [
      "two messages",
      "malformed: 2 messages in a unary answer",
      (id: number) => [
        head(id),
        frame(0, 0, id, message(Buffer.from("x"))),
        frame(0, 0, id, message(Buffer.from("y"))),
        trailers(id, [["grpc-status", "0"]]),
      ],
    ],
    [
      "half a message",
      "malformed: the answer ends within a message",
      (id: number) => [
        head(id),
        frame(0, 0, id, message(Buffer.from("x"), 0, 2)),
        trailers(id, [["grpc-status", "0"]]),
      ],
    ],
    [
      "no trailers",
      "malformed: the answer ended without trailers",
      (id: number) => [head(id), frame(0, 1, id, message(Buffer.from("x")))],
    ],
    [
      "no grpc-status",
      "malformed: the answer ended without grpc-status",
      (id: number) => [head(id), trailers(id, [["x", "y"]])],
    ],
    [
      "a reset",
      "reset: the server reset the stream: REFUSED_STREAM",
      (id: number) => [head(id), frame(3, 0, id, uint32(7))],
    ],
    [
      "data first",
      "malformed: data before the head of the answer",
      (id: number) => [frame(0, 0, id, Buffer.from("x"))],
    ],
    [
      "a wrong content-length",
      "malformed: content-length is 3, and more bytes came",
      (id: number) => [
        headers(id, [
          [":status", "200"],
          ["content-length", "3"],
        ]),
        frame(0, 0, id, Buffer.from("xxxx")),
      ],
    ],
    [
      "a window that grows too large",
      "malformed: the window of a stream exceeds 2^31-1",
      (id: number) => [frame(8, 0, id, uint32(2 ** 31 - 1))],
    ],
  ])("names what is wrong with an answer and goes on: %s", async (_, ending, frames) => {
    const server = await rawServer({
      call: ({ send }, id, body, n) => send(...(n === 0 ? frames(id) : [answer(id, body)])),
    });
    const calls = openCalls(server.endpoint);
    expect(await calls.call("a")).toBe(ending);
    expect(await calls.call("b")).toBe("ok b");
    expect([calls.connection.reconnects, server.connections.length]).toEqual([0, 1]);
  });

  test("takes any number of messages where the server streams, and counts them", async () => {
    const server = await rawServer({
      call: ({ send }, id, body, n) => {
        const parts = Array.from({ length: n }, () => frame(0, 0, id, message(body)));
        send(head(id), ...parts, trailers(id, [["grpc-status", "0"]]));
      },
    });
    const calls = openCalls(server.endpoint);
    const endings = [];
    for (let i = 0; i < 3; i++) endings.push(await calls.call("ab", { serverStreaming: true }));
    expect(endings).toEqual(["ok ", "ok \0\0\0\0\x02ab", "ok \0\0\0\0\x02ab\0\0\0\0\x02ab"]);
    expect(calls.connection.messages).toBe(3);
  });

  test("reads answers that come byte by byte, and informational ones before them", async () => {
    const server = await rawServer({
      call: ({ socket }, id, body) => {
        socket.setNoDelay(true);
        const early = headers(id, [[":status", "103"]]);
        const cut = message(body);
        const parts = [
          early,
          head(id),
          frame(0, 0, id, cut.subarray(0, 3)),
          frame(0, 0, id, cut.subarray(3)),
          trailers(id, [["grpc-status", "0"]]),
        ];
        const bytes = Buffer.concat(parts);
        const next = (at: number) =>
          void (at < bytes.length && socket.write(bytes.subarray(at, at + 1), () => setImmediate(next, at + 1)));
        next(0);
      },
    });
    const calls = openCalls(server.endpoint);
    expect([await calls.call("first"), await calls.call("second")]).toEqual(["ok first", "ok second"]);
  });

  test("answers PING, and passes over PRIORITY and frames that it does not know", async () => {
    const server = await rawServer({
      call: ({ send }, id, body) =>
        send(
          frame(6, 0, 0, Buffer.from("12345678")),
          frame(2, 0, id, Buffer.alloc(5)),
          frame(99, 255, 7, Buffer.alloc(3)),
          answer(id, body),
        ),
    });
    const calls = openCalls(server.endpoint);
    expect(await calls.call("a")).toBe("ok a");
    await calls.call("b");
    expect(server.connections[0]?.frames).toContainEqual({
      type: 6,
      flags: 1,
      id: 0,
      payload: Buffer.from("12345678"),
    });
  });

  test("resets the stream of a call that is given up, and passes over what comes for it later", async () => {
    let late = 0;
    const server = await rawServer({
      call: ({ send }, id, body) => void (body.toString() === "slow" ? (late = id) : send(answer(id, body))),
    });
    const calls = openCalls(server.endpoint);
    await calls.free();
    const { slot } = calls.begin("slow");
    await until(() => late > 0);
    calls.connection.abandon(slot);
    const [connection] = server.connections as [RawConnection];
    await until(() => resets(connection).length > 0);
    expect(resets(connection)).toEqual(["1:8"]);
    connection.send(head(late), frame(0, 0, late, message(Buffer.alloc(16_000))), frame(8, 0, late, uint32(5)));
    expect(await calls.call("a")).toBe("ok a");
    connection.send(trailers(late, [["grpc-status", "0"]]), frame(3, 0, late, uint32(0)));
    expect(await calls.call("b")).toBe("ok b");
    expect([calls.connection.reconnects, calls.events]).toEqual([0, ["writable"]]);
  });

  test("fails a call whose headers the server does not take, without sending it", async () => {
    const server = await rawServer({ first: ({ send }) => send(frame(4, 0, 0, settings([6, 400]))), call: echo });
    const calls = openCalls(server.endpoint);
    expect(await calls.call("a")).toBe("ok a");
    expect(await calls.call("b", { headers: [["x", "v".repeat(300)]] })).toMatch(
      /^refused: the server takes headers of at most 400 bytes, and these have 6\d\d$/,
    );
    expect(dataFrames(server.connections[0] as RawConnection)).toHaveLength(1);
  });
});

describe("a server that ends a gRPC connection", () => {
  test("with GOAWAY is obeyed: what it did not process fails by name, what it did ends, new calls go to a new connection", async () => {
    const server = await rawServer({
      call: (connection, id, body, n) => {
        if (connection.number > 0) connection.send(answer(id, body));
        else if (n === 2) connection.send(frame(7, 0, 0, Buffer.concat([uint32(3), uint32(0)])));
      },
    });
    const calls = openCalls(server.endpoint);
    await calls.free();
    const [a, b, c] = [calls.begin("a"), calls.begin("b"), calls.begin("c")];
    expect(await c.ending).toBe("reset: the server left before it processed the call: GOAWAY NO_ERROR");
    expect(await calls.call("d")).toBe("ok d");
    const [old] = server.connections as [RawConnection];
    old.send(answer(1, Buffer.from("a")), answer(3, Buffer.from("b")));
    expect([await a.ending, await b.ending]).toEqual(["ok a", "ok b"]);
    await until(() => old.socket.readableEnded);
    expect([calls.connection.reconnects, server.connections.length]).toEqual([1, 2]);
  });

  test("without a word fails the calls in flight as reset, and the next go to a new connection", async () => {
    const server = await rawServer({
      call: (connection, id, body) => {
        if (connection.number === 0 && body.toString() === "x") connection.socket.end();
        else connection.send(answer(id, body));
      },
    });
    const calls = openCalls(server.endpoint);
    expect(await calls.call("a")).toBe("ok a");
    await expect(Promise.all([calls.call("x"), calls.call("x")])).resolves.toEqual([
      "reset: the server ended the connection",
      "reset: the server ended the connection",
    ]);
    expect(await calls.call("b")).toBe("ok b");
    expect(calls.connection.reconnects).toBe(1);
  });

  test.each([
    [
      "PUSH_PROMISE",
      "PROTOCOL_ERROR: PUSH_PROMISE, though it was disabled",
      (id: number) => frame(5, 4, id, Buffer.concat([uint32(2), Buffer.from([0x88])])),
    ],
    [
      "a frame that is too large",
      "FRAME_SIZE_ERROR: a frame of 16385 bytes exceeds 16384",
      (id: number) => frame(0, 0, id, Buffer.alloc(16_385)),
    ],
    [
      "an index into a dynamic table",
      "COMPRESSION_ERROR: index 62 is not in the static table, and there is no other",
      (id: number) => frame(1, 4, id, Buffer.from([0xbe])),
    ],
    [
      "a larger table",
      "COMPRESSION_ERROR: a table size of 30 exceeds the setting of 0",
      (id: number) => frame(1, 4, id, Buffer.from([0x3e, 0x88])),
    ],
    [
      "CONTINUATION interrupted",
      "PROTOCOL_ERROR: another frame where CONTINUATION must follow",
      (id: number) => Buffer.concat([frame(1, 0, id, Buffer.from([0x88])), frame(6, 0, 0, Buffer.alloc(8))]),
    ],
    ["a window of 0", "PROTOCOL_ERROR: WINDOW_UPDATE by 0", () => frame(8, 0, 0, uint32(0))],
    [
      "a stream that was never begun",
      "PROTOCOL_ERROR: DATA on stream 9, which was never begun",
      () => frame(0, 0, 9, Buffer.alloc(1)),
    ],
  ])("by breaking its rules hears so, and all calls fail by that name: %s", async (_, problem, bytes) => {
    const server = await rawServer({
      call: (connection, id, body, n) => {
        if (connection.number > 0) connection.send(answer(id, body));
        else if (n === 1) connection.send(bytes(id));
      },
    });
    const calls = openCalls(server.endpoint);
    await calls.free();
    const [a, b] = [calls.begin("a"), calls.begin("b")];
    expect([await a.ending, await b.ending]).toEqual([`malformed: ${problem}`, `malformed: ${problem}`]);
    expect(await calls.call("c")).toBe("ok c");
    const [broken] = server.connections as [RawConnection];
    await until(() => broken.socket.readableEnded);
    expect(broken.frames.at(-1)).toMatchObject({ type: 7, id: 0 });
    expect(calls.connection.reconnects).toBe(1);
  });

  test("by nonsense while no call is in flight disturbs, and does no more", async () => {
    const server = await rawServer({ call: echo });
    const calls = openCalls(server.endpoint);
    await calls.call("a");
    server.connections[0]?.send(frame(0, 0, 0, Buffer.alloc(1)));
    await until(() => server.connections.length > 1);
    expect(await calls.call("b")).toBe("ok b");
    expect(calls.events).toContain("disturbed malformed: PROTOCOL_ERROR: DATA without a stream");
  });
});

describe("a gRPC connection that does not come about", () => {
  test("is named where nobody listens, and is tried again", async () => {
    const server = createServer();
    const endpoint = await listen(server);
    await new Promise((done) => server.close(done));
    const { events } = openCalls(endpoint);
    await until(() => events.length > 1);
    expect(events[0]).toMatch(/^refused refused: connect ECONNREFUSED/);
    expect(events[1]).toBe(events[0]);
  });

  test("is named where the server speaks HTTP/1.1", async () => {
    const server = createServer((socket) => void socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n"));
    const { events, connection } = openCalls(await listen(server));
    await until(() => events.length > 0);
    expect(events[0]).toBe("refused malformed: the server speaks HTTP/1.1 400 Bad Request");
    expect([connection.free, connection.reconnects]).toEqual([0, 0]);
  });

  test("is given up where the server says nothing", async () => {
    const server = createServer((socket) => void socket.resume());
    const { events } = openCalls(await listen(server), { connectMs: 60 });
    await until(() => events.length > 0);
    expect(events[0]).toBe("refused timeout: no HTTP/2 settings within 60 ms");
  });
});

describe("ids of streams", () => {
  test("that are used up lead to a new connection, and no call is lost", async () => {
    const server = await rawServer({ call: echo });
    const calls = openCalls(server.endpoint, { firstId: 2 ** 31 - 301 });
    const endings = [];
    for (let i = 0; i < 200; i++) endings.push(await calls.call(`${i}`));
    expect(endings).toEqual(endings.map((_, i) => `ok ${i}`));
    expect(calls.connection.reconnects).toBeGreaterThan(0);
    expect(server.connections.length).toBe(calls.connection.reconnects + 1);
  });
});

describe("grpc-js as server", () => {
  test("understands, and is understood: messages, statuses, large messages both ways", async () => {
    const server = await grpcServer((_n, { request }, reply) => {
      if (request.toString() === "bad") reply({ code: status.INVALID_ARGUMENT, details: "naïve, 100 % wrong" });
      else reply(null, request);
    });
    const calls = openCalls(server.endpoint);
    const large = Buffer.alloc(3_000_000, 7);
    await calls.free();
    const endings = ["a", "bad", large, "", large].map((body) => calls.begin(body).ending);
    expect(await Promise.all(endings)).toEqual([
      "ok a",
      "grpc 3 naïve, 100 % wrong",
      "ok 3000000 × 7",
      "ok ",
      "ok 3000000 × 7",
    ]);
  });
});
