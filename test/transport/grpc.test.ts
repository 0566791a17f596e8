import { Metadata, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import { describe, expect, test } from "vitest";
import type { Endpoint } from "../../src/transport/endpoint.ts";
import { bodyOf, type GrpcRequest, headerOf, type SendOptions } from "../../src/transport/exchange.ts";
import { grpcTimeout, grpcTransport } from "../../src/transport/grpc.ts";
import { frameMessage } from "../../src/transport/grpc-frames.ts";
import { grpcOutcome } from "../../src/transport/grpc-status.ts";
import {
  ca,
  clientPems,
  closing,
  http2Server,
  http2TlsServer,
  httpsServer,
  otherCa,
  rawServer,
  serverPems,
  tcpServer,
  textOf,
  utf8,
} from "./servers.ts";

const call: GrpcRequest = {
  protocol: "grpc",
  path: "/inference.GRPCInferenceService/ModelInfer",
  metadata: [],
  messages: [utf8("question")],
};
const within = (deadlineMs: number): SendOptions => ({ deadlineMs });

function transportTo(endpoint: Endpoint, maxResponseBytes = 1 << 20) {
  return closing(grpcTransport(endpoint, { maxResponseBytes }));
}

const send = (endpoint: Endpoint, request: GrpcRequest = call, options: SendOptions = within(5000)) =>
  transportTo(endpoint).send(request, options);

type Answer = Parameters<typeof http2Server>[0];
const head = { ":status": 200, "content-type": "application/grpc" } as const;

/** Answers with these messages and status OK. */
const answerWith =
  (...messages: readonly Uint8Array[]): Answer =>
  (stream) => {
    stream.respond(head, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.concat(messages.map(frameMessage)));
  };

describe("a call that is answered", () => {
  test("keeps head, bytes with their prefixes, and trailers as they were on the wire", async () => {
    const endpoint = await http2Server((stream) => {
      stream.respond({ ...head, "x-many": ["1", "2"] }, { waitForTrailers: true, sendDate: false } as never);
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", "x-last": "z", "k-bin": "AAE" }));
      stream.write(frameMessage(utf8("one")));
      stream.end(frameMessage(utf8("two")));
    });
    const exchange = await send(endpoint);
    expect(exchange.failure).toBeUndefined();
    expect(exchange.head?.status).toBe(200);
    expect(exchange.head?.headers.slice(0, 3)).toEqual([
      ["content-type", "application/grpc"],
      ["x-many", "1"],
      ["x-many", "2"],
    ]);
    expect(bodyOf(exchange)).toEqual(
      new Uint8Array(Buffer.concat([frameMessage(utf8("one")), frameMessage(utf8("two"))])),
    );
    expect(exchange.trailers).toEqual([
      ["grpc-status", "0"],
      ["x-last", "z"],
      ["k-bin", "AAE"],
    ]);
    const outcome = grpcOutcome(exchange);
    expect(outcome.ok && outcome.messages.map(textOf)).toEqual(["one", "two"]);
  });

  test("sends path, authority, deadline, metadata and framed messages", async () => {
    let headers: Record<string, unknown> = {};
    const chunks: Buffer[] = [];
    const endpoint = await http2Server((stream, received, session) => {
      headers = received;
      stream.on("data", (bytes: Buffer) => chunks.push(bytes));
      stream.on("end", () => answerWith()(stream, received, session));
    });
    const target: Endpoint = {
      ...endpoint,
      authority: "model.example.com",
      headers: [
        ["Authorization", "Bearer t"],
        ["x-a", "target"],
      ],
    };
    const request: GrpcRequest = {
      ...call,
      metadata: [
        ["x-a", "mine"],
        ["X-Twice", "1"],
        ["x-twice", "2"],
        ["id-bin", "AAEC"],
      ],
      messages: [utf8("a"), utf8("")],
    };
    expect((await send(target, request, within(4321))).failure).toBeUndefined();
    expect(headers).toMatchObject({
      ":method": "POST",
      ":scheme": "http",
      ":path": call.path,
      ":authority": "model.example.com",
      te: "trailers",
      "content-type": "application/grpc",
      "grpc-timeout": "4321m",
      authorization: "Bearer t",
      "x-a": "mine",
      "x-twice": "1, 2",
      "id-bin": "AAEC",
    });
    expect(Buffer.concat(chunks)).toEqual(Buffer.from([0, 0, 0, 0, 1, 0x61, 0, 0, 0, 0, 0]));
  });

  test("with trailers only has the head's fields as trailers", async () => {
    const endpoint = await http2Server((stream) =>
      stream.respond({ ...head, "grpc-status": "5", "grpc-message": "no%20such" }, { endStream: true }),
    );
    const exchange = await send(endpoint);
    expect(exchange.failure).toBeUndefined();
    expect(exchange.trailers).toEqual(exchange.head?.headers);
    expect(grpcOutcome(exchange)).toMatchObject({
      ok: true,
      code: 5,
      codeName: "NOT_FOUND",
      message: "no such",
      messages: [],
    });
  });

  test("before the request was sent whole is complete all the same", async () => {
    const endpoint = await http2Server((stream) =>
      stream.respond({ ...head, "grpc-status": "8" }, { endStream: true }),
    );
    const exchange = await send(endpoint, { ...call, messages: [new Uint8Array(3_000_000)] });
    expect(exchange.failure).toBeUndefined();
    expect(headerOf(exchange.trailers, "grpc-status")).toBe("8");
  });

  test("by a proxy keeps status and body, and needs no trailers to be an exchange", async () => {
    const endpoint = await http2Server((stream) => {
      stream.respond({ ":status": 503, "content-type": "text/plain" });
      stream.end("try later");
    });
    const exchange = await send(endpoint);
    expect(exchange.failure).toBeUndefined();
    expect([exchange.head?.status, textOf(bodyOf(exchange)), exchange.trailers]).toEqual([503, "try later", undefined]);
    expect(grpcOutcome(exchange)).toEqual({ ok: false, problem: "HTTP status 503 where gRPC has 200" });
  });

  test("without trailers is no gRPC answer", async () => {
    const endpoint = await http2Server((stream) => {
      stream.respond(head);
      stream.end(frameMessage(utf8("x")));
    });
    const exchange = await send(endpoint);
    expect(exchange.failure).toBeUndefined();
    expect(grpcOutcome(exchange)).toMatchObject({
      ok: false,
      problem: expect.stringContaining("grpc-status") as string,
    });
  });
});

describe("connections", () => {
  test("are shared by calls, not by fresh ones, and opened anew when gone", async () => {
    const sessions = new Set<unknown>();
    const endpoint = await http2Server((stream, headers, session) => {
      sessions.add(session);
      answerWith()(stream, headers, session);
    });
    const transport = transportTo(endpoint);
    await Promise.all([transport.send(call, within(5000)), transport.send(call, within(5000))]);
    await transport.send(call, within(5000));
    expect(sessions.size).toBe(1);
    await transport.send(call, { deadlineMs: 5000, connection: "fresh" });
    expect(sessions.size).toBe(2);
    while (endpoint.sockets.size > 1) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const socket of endpoint.sockets) socket.destroy();
    while (endpoint.sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    // The client may learn of it a little later than the server.
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await transport.send(call, within(5000))).failure).toBeUndefined();
    expect(sessions.size).toBe(3);
  });

  test("are all gone after close, which ends what is in flight; later sends fail as closed", async () => {
    const endpoint = await http2Server(() => {});
    const transport = transportTo(endpoint);
    const pending = [
      transport.send(call, within(5000)),
      transport.send(call, { deadlineMs: 5000, connection: "fresh" }),
    ];
    while (endpoint.sockets.size < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await transport.close();
    for (const exchange of await Promise.all(pending)) expect(exchange.failure?.code).toBe("closed");
    while (endpoint.sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await transport.send(call, within(5000))).failure?.code).toBe("closed");
  });

  test("reach IPv6 and replaced addresses", async () => {
    const endpoint = await http2Server(answerWith(), "::1");
    expect((await send(endpoint)).failure).toBeUndefined();
    expect((await send({ ...endpoint, host: "no-such-host.invalid", address: "::1" })).failure).toBeUndefined();
  });
});

describe("failures", () => {
  test("RST_STREAM: reset with its code, and what had arrived", async () => {
    const endpoint = await http2Server((stream) => {
      stream.respond(head);
      stream.write("part");
      // Node would end the stream properly before a close() with a code.
      setTimeout(() => stream.destroy(new Error("broken")), 30);
    });
    const exchange = await send(endpoint);
    expect(exchange.failure).toEqual({ code: "reset", message: "RST_STREAM INTERNAL_ERROR", http2Code: 2 });
    expect([exchange.head?.status, textOf(bodyOf(exchange))]).toEqual([200, "part"]);
    const refused = await send(await http2Server((stream) => stream.close(7)));
    expect(refused.failure).toMatchObject({ code: "reset", http2Code: 7 });
    expect(refused.head).toBeUndefined();
  });

  test("GOAWAY: reset with its code; the next call opens another connection", async () => {
    let calls = 0;
    const endpoint = await http2Server((stream, headers, session) => {
      calls += 1;
      if (calls === 1) session.goaway(11);
      else answerWith()(stream, headers, session);
    });
    const transport = transportTo(endpoint);
    expect((await transport.send(call, within(5000))).failure).toEqual({
      code: "reset",
      message: "GOAWAY ENHANCE_YOUR_CALM",
      http2Code: 11,
    });
    expect((await transport.send(call, within(5000))).failure).toBeUndefined();
  });

  test("a graceful GOAWAY lets the call that was accepted end well", async () => {
    const endpoint = await http2Server((stream, headers, session) => {
      session.goaway(0, 1);
      setTimeout(() => answerWith(utf8("x"))(stream, headers, session), 30);
    });
    const exchange = await send(endpoint);
    expect(exchange.failure).toBeUndefined();
    expect(grpcOutcome(exchange).ok).toBe(true);
  });

  test("the connection ends: closed; is reset: reset", async () => {
    const closed = await send(await http2Server((_stream, _headers, session) => session.destroy()));
    expect(closed.failure?.code).toBe("closed");
    const endpoint = await http2Server(() => endpoint.sockets.forEach((socket) => socket.resetAndDestroy()));
    const reset = await send(endpoint);
    expect(reset.failure?.code).toBe("reset");
    expect(reset.failure?.http2Code).toBeUndefined();
    expect((await send(await tcpServer((socket) => socket.end()))).failure?.code).toBe("closed");
  });

  test("nothing listens: refused", async () => {
    const endpoint = await http2Server(() => {});
    expect((await send({ ...endpoint, port: 1 })).failure?.code).toBe("refused");
  });

  test.each([
    ["HTTP/1.1", "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"],
    ["noise", "\u0000\u0001\u0002 this is not HTTP/2 at all, whatever it is"],
  ])("a server that speaks %s: malformed", async (_what, bytes) => {
    for (const ending of ["open", "end"] as const)
      expect((await send(await rawServer(bytes, ending))).failure?.code).toBe("malformed");
  });

  test("the deadline ends a call, also while connecting, and the connection serves the next", async () => {
    let calls = 0;
    const endpoint = await http2Server((stream, headers, session) => {
      calls += 1;
      if (calls > 1) answerWith()(stream, headers, session);
    });
    const transport = transportTo(endpoint);
    expect((await transport.send(call, within(150))).failure?.code).toBe("timeout");
    expect((await transport.send(call, within(5000))).failure).toBeUndefined();
    const mute = await tcpServer(() => {});
    expect((await send({ ...mute, tls: { ca } }, call, within(150))).failure?.code).toBe("timeout");
  });

  test("an answer beyond the limit ends there", async () => {
    const endpoint = await http2Server(answerWith(new Uint8Array(50_000)));
    const exchange = await transportTo(endpoint, 1000).send(call, within(5000));
    expect(exchange.failure?.code).toBe("too-large");
    expect(bodyOf(exchange).length).toBe(1000);
  });

  test("a signal ends the call", async () => {
    const endpoint = await http2Server(() => {});
    const exchange = await send(endpoint, call, {
      deadlineMs: 5000,
      signal: AbortSignal.abort(new Error("interrupted")),
    });
    expect(exchange.failure).toEqual({ code: "closed", message: "cancelled: interrupted" });
  });

  test("metadata that HTTP/2 cannot carry is our mistake", async () => {
    const endpoint = await http2Server(answerWith());
    await expect(send(endpoint, { ...call, metadata: [["connection", "close"]] })).rejects.toMatchObject({
      code: "UNSUPPORTED",
    });
  });
});

describe("TLS", () => {
  test("agrees on h2 and checks the certificate", async () => {
    const endpoint = await http2TlsServer(answerWith());
    expect((await send({ ...endpoint, tls: { ca } })).failure).toBeUndefined();
    expect((await send({ ...endpoint, tls: { ca, serverName: "model.test" } })).failure).toBeUndefined();
    expect((await send({ ...endpoint, tls: { insecure: true } })).failure).toBeUndefined();
    expect((await send({ ...endpoint, tls: { ca: otherCa } })).failure?.code).toBe("tls");
    expect((await send({ ...endpoint, tls: { ca, serverName: "other.test" } })).failure?.code).toBe("tls");
  });

  test("presents the client certificate", async () => {
    const endpoint = await http2TlsServer(answerWith(), { requestCert: true, ca });
    expect((await send({ ...endpoint, tls: { ca, ...clientPems } })).failure).toBeUndefined();
    expect((await send({ ...endpoint, tls: { ca } })).failure?.code).toMatch(/^(tls|closed|reset)$/);
  });

  test("a server that does not offer h2: tls", async () => {
    const endpoint = await httpsServer((_request, response) => response.end());
    expect((await send({ ...endpoint, tls: { ca } })).failure?.code).toBe("tls");
  });
});

test("grpc-timeout has at most eight digits and is never rounded down", () => {
  expect([0.2, 1, 1500.5, 99_999_999, 100_000_000, 1e15].map(grpcTimeout)).toEqual([
    "1m",
    "1m",
    "1501m",
    "99999999m",
    "100000S",
    "99999999S",
  ]);
});

describe("the standard client", () => {
  const standard: GrpcRequest = { ...call, client: "standard" };
  const identity = (bytes: Buffer) => bytes;

  async function grpcJsServer(
    handler: (call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) => void,
    secure = false,
  ): Promise<Endpoint & { stop: () => void }> {
    const server = new Server();
    const method = {
      path: call.path,
      requestStream: false,
      responseStream: false,
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: identity,
      responseDeserialize: identity,
    };
    server.addService({ ModelInfer: method }, { ModelInfer: handler });
    const { cert, key } = serverPems;
    const credentials = secure
      ? ServerCredentials.createSsl(null, [{ cert_chain: Buffer.from(cert), private_key: Buffer.from(key) }])
      : ServerCredentials.createInsecure();
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
    });
    const endpoint = {
      host: "127.0.0.1",
      port,
      prefix: "",
      headers: [],
      secretHeaders: [],
      stop: () => server.forceShutdown(),
    };
    closing({ close: async () => endpoint.stop() });
    return endpoint;
  }

  test("gets through to a server of its own kind, as our own framing does", async () => {
    const endpoint = await grpcJsServer((received, reply) => {
      const leading = new Metadata();
      leading.set("x-head", "1");
      received.sendMetadata(leading);
      const trailing = new Metadata();
      trailing.set("x-tail", "2");
      trailing.set("raw-bin", Buffer.from([0, 1]));
      reply(
        null,
        Buffer.concat([received.request, Buffer.from(`|${String(received.metadata.get("x-a")[0])}`)]),
        trailing,
      );
    });
    for (const request of [call, standard]) {
      const exchange = await send(endpoint, { ...request, metadata: [["x-a", "b"]] });
      expect(exchange.failure).toBeUndefined();
      const outcome = grpcOutcome(exchange);
      expect(outcome).toMatchObject({ ok: true, code: 0 });
      expect(outcome.ok && outcome.messages.map(textOf)).toEqual(["question|b"]);
      expect([headerOf(exchange.head?.headers, "x-head"), headerOf(exchange.trailers, "x-tail")]).toEqual(["1", "2"]);
      expect(Buffer.from(headerOf(exchange.trailers, "raw-bin") ?? "", "base64")).toEqual(Buffer.from([0, 1]));
    }
  });

  test("reports an error status with its message", async () => {
    const endpoint = await grpcJsServer((_received, reply) =>
      reply({ code: status.NOT_FOUND, details: "no “model”, 100%" }),
    );
    for (const request of [call, standard]) {
      expect(grpcOutcome(await send(endpoint, request))).toMatchObject({
        ok: true,
        code: 5,
        message: "no “model”, 100%",
        messages: [],
      });
    }
  });

  test("gets through over TLS with a server name", async () => {
    const endpoint = await grpcJsServer((received, reply) => reply(null, received.request), true);
    const target = { ...endpoint, tls: { ca, serverName: "model.test" } };
    expect(grpcOutcome(await send(target, standard))).toMatchObject({ ok: true, code: 0 });
    expect(grpcOutcome(await send(target, call))).toMatchObject({ ok: true, code: 0 });
  });

  test("nothing listens: refused; no answer in time: timeout", async () => {
    const endpoint = await grpcJsServer(() => {});
    expect((await send(endpoint, standard, within(200))).failure?.code).toBe("timeout");
    expect((await send({ ...endpoint, port: 1 }, standard)).failure?.code).toBe("refused");
  });
});
