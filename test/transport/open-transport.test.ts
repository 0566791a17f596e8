import { describe, expect, test } from "vitest";
import { type GrpcRequest, type HttpRequest, openTransport } from "../../src/transport/index.ts";
import { closing, http2Server, httpServer } from "./servers.ts";

const get: HttpRequest = { protocol: "http", method: "GET", path: "/", headers: [] };
const call: GrpcRequest = { protocol: "grpc", path: "/a.B/C", metadata: [], messages: [] };
const deadline = { deadlineMs: 5000 };

describe("a transport to a target", () => {
  test("sends each request over its protocol, and gives the exchange its request", async () => {
    const rest = await httpServer((_request, response) => response.end("rest"));
    const grpc = await http2Server((stream) =>
      stream.respond({ ":status": 200, "grpc-status": "0" }, { endStream: true }),
    );
    const transport = closing(openTransport({ rest, grpc, maxResponseBytes: 1000 }));
    const [http, rpc] = await Promise.all([transport.send(get, deadline), transport.send(call, deadline)]);
    expect([http.head?.status, http.request]).toEqual([200, get]);
    expect([rpc.trailers?.[0], rpc.request]).toEqual([["grpc-status", "0"], call]);
  });

  test("refuses a protocol that the target has no address for", async () => {
    const transport = closing(openTransport({ maxResponseBytes: 1000 }));
    expect((await transport.send(get, deadline)).failure).toEqual({
      code: "refused",
      message: "the target has no REST address",
    });
    expect((await transport.send(call, deadline)).failure).toEqual({
      code: "refused",
      message: "the target has no gRPC address",
    });
  });

  test("leaves no connection behind, and sends nothing after close", async () => {
    const rest = await httpServer((_request, response) => response.end("rest"));
    const grpc = await http2Server((stream) =>
      stream.respond({ ":status": 200, "grpc-status": "0" }, { endStream: true }),
    );
    const transport = openTransport({ rest, grpc, maxResponseBytes: 1000 });
    for (const connection of ["pooled", "fresh"] as const) {
      for (const request of [get, { ...get, verbatim: true } as const, call, { ...call, client: "standard" } as const])
        await transport.send(request, { ...deadline, connection });
    }
    await transport.close();
    await transport.close();
    while (rest.sockets.size + grpc.sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await transport.send(get, deadline)).failure?.code).toBe("closed");
    expect(rest.sockets.size).toBe(0);
  });

  test("close resolves when nothing was ever sent", async () => {
    await expect(openTransport({ maxResponseBytes: 1 }).close()).resolves.toBeUndefined();
  });
});
