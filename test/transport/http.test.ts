import { type IncomingMessage, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Endpoint } from "../../src/transport/endpoint.ts";
import { bodyOf, type HttpRequest, headerOf, type SendOptions } from "../../src/transport/exchange.ts";
import { httpTransport } from "../../src/transport/http.ts";
import {
  ca,
  capturing,
  clientPems,
  closing,
  httpServer,
  httpsServer,
  otherCa,
  rawServer,
  tcpServer,
  textOf,
  utf8,
} from "./servers.ts";

const get: HttpRequest = { protocol: "http", method: "GET", path: "/v2", headers: [] };
const post: HttpRequest = {
  protocol: "http",
  method: "POST",
  path: "/v2/infer",
  headers: [["Content-Type", "application/json"]],
  body: utf8("{}"),
};
const within = (deadlineMs: number): SendOptions => ({ deadlineMs });

function transportTo(endpoint: Endpoint, maxResponseBytes = 1 << 20) {
  return closing(httpTransport(endpoint, { maxResponseBytes }));
}

const send = (endpoint: Endpoint, request: HttpRequest = get, options: SendOptions = within(5000)) =>
  transportTo(endpoint).send(request, options);

async function echo(request: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  response.end(
    JSON.stringify({
      url: request.url,
      raw: request.rawHeaders,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    }),
  );
}

const echoed = (body: Uint8Array) =>
  JSON.parse(textOf(body)) as { url: string; raw: string[]; headers: Record<string, string>; body: string };

describe("what arrives is kept as it was", () => {
  test("header fields keep their order, case and repetition", async () => {
    const endpoint = await rawServer(
      "HTTP/1.1 201 Created\r\nX-B: 1\r\nx-a: 2\r\nX-B: 3\r\nContent-Length: 2\r\n\r\nhi",
    );
    const exchange = await send(endpoint);
    expect(exchange.failure).toBeUndefined();
    expect(exchange.head?.status).toBe(201);
    expect(exchange.head?.headers).toEqual([
      ["X-B", "1"],
      ["x-a", "2"],
      ["X-B", "3"],
      ["Content-Length", "2"],
    ]);
    expect(textOf(bodyOf(exchange))).toBe("hi");
  });

  test("chunks are events with rising times, and trailers are kept", async () => {
    const endpoint = await rawServer(
      ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n", "3\r\ntwo\r\n", "0\r\nX-Sum: 6\r\n\r\n"],
      "open",
    );
    const exchange = await send(endpoint);
    expect(exchange.failure).toBeUndefined();
    expect(exchange.events.map(({ bytes }) => textOf(bytes))).toEqual(["one", "two"]);
    const times = [exchange.head?.atNs ?? -1, ...exchange.events.map(({ atNs }) => atNs), exchange.durationNs];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(0);
    expect(exchange.trailers).toEqual([["X-Sum", "6"]]);
  });

  test("redirects are not followed and compressed bodies stay compressed", async () => {
    const zipped = gzipSync("hello");
    const endpoint = await httpServer((_request, response) => {
      response.writeHead(302, { location: "/elsewhere", "content-encoding": "gzip" }).end(zipped);
    });
    const exchange = await send(endpoint);
    expect(exchange.head?.status).toBe(302);
    expect(bodyOf(exchange)).toEqual(new Uint8Array(zipped));
  });

  test("a body that ends with the connection is complete", async () => {
    const exchange = await send(await rawServer("HTTP/1.1 200 OK\r\n\r\nto the end"));
    expect(exchange.failure).toBeUndefined();
    expect(textOf(bodyOf(exchange))).toBe("to the end");
  });

  test("interim answers are skipped", async () => {
    const exchange = await send(
      await rawServer(
        "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        "open",
      ),
    );
    expect(exchange.failure).toBeUndefined();
    expect(exchange.head?.status).toBe(200);
  });
});

describe("what is sent", () => {
  test("goes to prefix and path with the target's headers unless the request names them", async () => {
    const endpoint = {
      ...(await httpServer((...args) => void echo(...args))),
      prefix: "/serving/m",
      headers: [
        ["X-Tenant", "a"],
        ["content-type", "text/plain"],
      ] as const,
    };
    const seen = echoed(bodyOf(await send(endpoint, post)));
    expect(seen.url).toBe("/serving/m/v2/infer");
    expect(seen.headers).toMatchObject({
      "x-tenant": "a",
      "content-type": "application/json",
      "content-length": "2",
      host: `127.0.0.1:${endpoint.port}`,
    });
    expect(seen.raw).toContain("Content-Type");
    expect(seen.body).toBe("{}");
  });

  test("has the authority override as Host, unless the request names its own", async () => {
    const endpoint = { ...(await httpServer((...args) => void echo(...args))), authority: "model.example.com" };
    expect(echoed(bodyOf(await send(endpoint))).headers.host).toBe("model.example.com");
    expect(echoed(bodyOf(await send(endpoint, { ...get, headers: [["Host", "other"]] }))).headers.host).toBe("other");
  });

  test("is chunked when asked for", async () => {
    const endpoint = await httpServer((...args) => void echo(...args));
    const seen = echoed(bodyOf(await send(endpoint, { ...post, framing: "chunked" })));
    expect(seen.headers["transfer-encoding"]).toBe("chunked");
    expect(seen.headers["content-length"]).toBeUndefined();
    expect(seen.body).toBe("{}");
  });

  test("goes to the given address in place of the host's", async () => {
    const endpoint = {
      ...(await httpServer((...args) => void echo(...args))),
      host: "no-such-host.invalid",
      address: "127.0.0.1",
    };
    expect(echoed(bodyOf(await send(endpoint))).headers.host).toBe(`no-such-host.invalid:${endpoint.port}`);
  });

  test("reaches IPv6 addresses", async () => {
    const endpoint = await httpServer((...args) => void echo(...args), "::1");
    expect(echoed(bodyOf(await send(endpoint))).headers.host).toBe(`[::1]:${endpoint.port}`);
  });

  test("is refused by us, not blamed on the peer, when HTTP/1.1 has no such request", async () => {
    const endpoint = await httpServer((...args) => void echo(...args));
    await expect(send(endpoint, { ...get, headers: [["transfer-encoding", "gzip"]] })).rejects.toMatchObject({
      code: "UNSUPPORTED",
    });
    await expect(send(endpoint, { ...post, headers: [["content-length", "7"]] })).rejects.toMatchObject({
      code: "UNSUPPORTED",
    });
    await expect(send(endpoint, { ...get, framing: "chunked" })).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });
});

describe("connections", () => {
  /** Counts the connections to a server that answers all requests, while time stands where the test puts it. */
  async function counting() {
    const clock = vi.spyOn(performance, "now").mockReturnValue(1_000);
    onTestFinished(() => clock.mockRestore());
    const seen = { connections: 0 };
    const endpoint = await tcpServer((socket) => {
      seen.connections += 1;
      socket.on("data", () => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
    });
    const transport = transportTo(endpoint);
    const status = async (options = within(5000)) => (await transport.send(get, options)).head?.status;
    return { clock, seen, status };
  }

  test("are used again one request after another, but never by a fresh send", async () => {
    const { seen, status } = await counting();
    for (let i = 0; i < 3; i++) expect(await status()).toBe(200);
    expect(seen.connections).toBe(1);
    expect(await status({ deadlineMs: 5000, connection: "fresh" })).toBe(200);
    expect(seen.connections).toBe(2);
    await status();
    expect(seen.connections).toBe(2);
  });

  test("are not used again when they may have been idle for long: the peer may be closing them", async () => {
    const { clock, seen, status } = await counting();
    expect(await status()).toBe(200);
    clock.mockReturnValue(3_000);
    expect(await status()).toBe(200);
    expect(seen.connections).toBe(2);
    clock.mockReturnValue(3_500);
    expect(await status()).toBe(200);
    expect(seen.connections).toBe(2);
  });

  /** Answers the first request on a connection, when `first` says so, and ends it on the next one without an answer. */
  async function closingIdle(ending: "destroy" | "resetAndDestroy", first: (connection: number) => boolean) {
    const seen = { connections: 0, requests: 0 };
    const endpoint = await tcpServer((socket) => {
      const number = ++seen.connections;
      let asked = 0;
      socket.on("data", () => {
        seen.requests++;
        if (++asked === 1 && first(number)) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        else socket[ending]();
      });
    });
    return { seen, transport: transportTo(endpoint) };
  }

  test.each(["destroy", "resetAndDestroy"] as const)(
    "a request that crosses the end of a used connection (%s) is sent once more, over a new one",
    async (ending) => {
      const { seen, transport } = await closingIdle(ending, () => true);
      for (let i = 0; i < 3; i++) expect((await transport.send(post, within(5000))).head?.status).toBe(200);
      expect(seen).toEqual({ connections: 3, requests: 5 });
    },
  );

  test("a request that a new connection ends on too is not sent again, nor is one sent on a new connection", async () => {
    const { seen, transport } = await closingIdle("destroy", (connection) => connection === 1);
    expect((await transport.send(post, within(5000))).head?.status).toBe(200);
    expect((await transport.send(post, within(5000))).failure?.code).toBe("closed");
    expect(seen).toEqual({ connections: 2, requests: 3 });
    expect((await transport.send(post, { deadlineMs: 5000, connection: "fresh" })).failure?.code).toBe("closed");
    expect((await transport.send(post, within(5000))).failure?.code).toBe("closed");
    expect(seen).toEqual({ connections: 4, requests: 5 });
  });

  test("a connection that the server ended after its answer is replaced", async () => {
    const endpoint = await rawServer("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    const transport = transportTo(endpoint);
    for (let i = 0; i < 3; i++) expect((await transport.send(get, within(5000))).failure).toBeUndefined();
  });

  test("are all gone after close, which ends what is in flight; later sends fail as closed", async () => {
    const endpoint = await httpServer(() => {});
    const transport = transportTo(endpoint);
    const pending = [transport.send(get, within(5000)), transport.send({ ...get, verbatim: true }, within(5000))];
    while (endpoint.sockets.size < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await transport.close();
    for (const exchange of await Promise.all(pending)) expect(exchange.failure?.code).toBe("closed");
    while (endpoint.sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await transport.send(get, within(5000))).failure?.code).toBe("closed");
  });
});

describe("failures", () => {
  test("nothing listens: refused", async () => {
    const endpoint = await httpServer(() => {});
    const { port } = endpoint;
    const other = { ...endpoint, port: port === 1 ? 2 : 1 };
    for (const verbatim of [{}, { verbatim: true }] as const) {
      const exchange = await send(other, { ...get, ...verbatim });
      expect(exchange.failure?.code).toBe("refused");
      expect(exchange.head).toBeUndefined();
    }
  });

  test("no such name: dns", async () => {
    const endpoint = { ...(await httpServer(() => {})), host: "no-such-host.invalid" };
    expect((await send(endpoint)).failure?.code).toBe("dns");
  });

  test.each([
    ["the connection is closed without an answer", "", "end", "closed"],
    ["the connection is closed within the head", "HTTP/1.1 200 OK\r\ncontent-le", "end", "closed"],
    ["the connection is reset without an answer", "", "reset", "reset"],
    ["the answer is not HTTP", "SSH-2.0-OpenSSH_9.6\r\n", "end", "malformed"],
    [
      "Content-Length is given twice",
      "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
      "end",
      "malformed",
    ],
    ["a chunk has no size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "open", "malformed"],
  ] as const)("%s", async (_what, answer, ending, code) => {
    const endpoint = await rawServer(answer, ending);
    expect((await send(endpoint)).failure?.code).toBe(code);
    expect((await send(endpoint, { ...get, verbatim: true })).failure?.code).toBe(code);
  });

  test.each([
    ["more of the body", "more"],
    ["another answer", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"],
  ])("%s after the end of a pooled answer is told, and belongs to no answer", async (_what, surplus) => {
    const endpoint = await rawServer(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok${surplus}`, "open");
    const exchange = await send(endpoint);
    expect(exchange.failure).toBeUndefined();
    expect(exchange.surplus).toBe(true);
    expect(textOf(bodyOf(exchange))).toBe("ok");
  });

  test("line ends between answers are no part of any", async () => {
    const endpoint = await rawServer("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok\r\n", "open");
    const exchange = await send(endpoint);
    expect(exchange.failure).toBeUndefined();
    expect(exchange.surplus).toBeUndefined();
  });

  test.each([
    ["content-length", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n", "half"],
    ["content-length, not kept alive", "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\n", "half"],
    ["chunked", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "4\r\nhalf\r\n"],
    [
      "chunked, not kept alive",
      "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n",
      "4\r\nhalf\r\n",
    ],
  ])("a body cut short (%s) keeps what arrived", async (_what, head, half) => {
    for (const [ending, code] of [
      ["end", "closed"],
      ["reset", "reset"],
    ] as const) {
      const endpoint = await rawServer(head + half, ending);
      for (const verbatim of [{}, { verbatim: true }] as const) {
        const exchange = await send(endpoint, { ...get, ...verbatim });
        expect(exchange.head?.status).toBe(200);
        expect(textOf(bodyOf(exchange))).toBe("half");
        expect([ending, exchange.failure?.code]).toEqual([ending, code]);
      }
    }
  });

  test("a reset of an answer that ends with the connection is no end", async () => {
    const endpoint = await rawServer("HTTP/1.1 200 OK\r\n\r\nhalf", "reset");
    for (const verbatim of [{}, { verbatim: true }] as const) {
      const exchange = await send(endpoint, { ...get, ...verbatim });
      expect(exchange.failure?.code).toBe("reset");
      expect(textOf(bodyOf(exchange))).toBe("half");
    }
  });

  test("the deadline covers the whole exchange and keeps what had arrived", async () => {
    const endpoint = await rawServer("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", "open");
    for (const verbatim of [{}, { verbatim: true }] as const) {
      const exchange = await send(endpoint, { ...get, ...verbatim }, within(200));
      expect(exchange.failure?.code).toBe("timeout");
      expect(exchange.head?.status).toBe(200);
      expect(textOf(bodyOf(exchange))).toBe("half");
    }
  });

  test("a signal ends the exchange, also one that was aborted before", async () => {
    const endpoint = await httpServer(() => {});
    const abort = new AbortController();
    const pending = send(endpoint, get, { deadlineMs: 5000, signal: abort.signal });
    while (endpoint.sockets.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort(new Error("interrupted"));
    expect((await pending).failure).toEqual({ code: "closed", message: "cancelled: interrupted" });
    expect((await send(endpoint, get, { deadlineMs: 5000, signal: abort.signal })).failure?.code).toBe("closed");
  });

  test("an answer beyond the limit ends there", async () => {
    const endpoint = await httpServer((_request, response) => response.end("x".repeat(100_000)));
    for (const verbatim of [{}, { verbatim: true }] as const) {
      const transport = transportTo(endpoint, 1000);
      const exchange = await transport.send({ ...get, ...verbatim }, within(5000));
      expect(exchange.failure?.code).toBe("too-large");
      expect(exchange.head?.status).toBe(200);
      expect(bodyOf(exchange).length).toBe(1000);
    }
    const exact = await transportTo(endpoint, 100_000).send(get, within(5000));
    expect(exact.failure).toBeUndefined();
  });
});

describe("TLS", () => {
  const hello = (_request: IncomingMessage, response: ServerResponse) => response.end("hello");

  test("trusts the given authority for the address or the server name", async () => {
    const endpoint = await httpsServer(hello);
    expect(textOf(bodyOf(await send({ ...endpoint, tls: { ca } })))).toBe("hello");
    expect(
      (await send({ ...endpoint, tls: { ca, serverName: "model.test" } }, { ...get, verbatim: true })).head?.status,
    ).toBe(200);
    expect((await send({ ...endpoint, host: "model.test", address: "127.0.0.1", tls: { ca } })).head?.status).toBe(200);
  });

  test("sends the server name in SNI", async () => {
    const names: string[] = [];
    const endpoint = await httpsServer(hello, {
      SNICallback: (name, done) => {
        names.push(name);
        done(null);
      },
    });
    await send({ ...endpoint, tls: { ca, serverName: "model.test" } });
    expect(names).toEqual(["model.test"]);
  });

  test.each([
    ["an unknown authority", { ca: otherCa }],
    ["another name", { ca, serverName: "other.test" }],
  ])("%s: tls", async (_what, tls) => {
    const endpoint = { ...(await httpsServer(hello)), tls };
    for (const verbatim of [{}, { verbatim: true }] as const) {
      const exchange = await send(endpoint, { ...get, ...verbatim });
      expect(exchange.failure?.code).toBe("tls");
      expect(exchange.head).toBeUndefined();
    }
    expect((await send({ ...endpoint, tls: { ...tls, insecure: true } })).head?.status).toBe(200);
  });

  test("a server without TLS: tls", async () => {
    const endpoint = await rawServer("HTTP/1.1 400 Bad Request\r\n\r\n");
    expect((await send({ ...endpoint, tls: { ca } })).failure?.code).toBe("tls");
    expect((await send({ ...(await rawServer("")), tls: { ca } })).failure?.code).toBe("tls");
  });

  test("presents the client certificate, without which such a server refuses", async () => {
    const endpoint = await httpsServer(hello, { requestCert: true, ca });
    expect((await send({ ...endpoint, tls: { ca, ...clientPems } })).head?.status).toBe(200);
    for (const verbatim of [{}, { verbatim: true }] as const) {
      const exchange = await send({ ...endpoint, tls: { ca } }, { ...get, ...verbatim });
      // In TLS 1.3 the server refuses after the client's handshake is done; Node's does it without an alert.
      expect(exchange.failure?.code).toMatch(/^(tls|closed|reset)$/);
      expect(exchange.head).toBeUndefined();
    }
  });
});

describe("verbatim requests", () => {
  const ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

  test("are sent byte by byte as given, with Host and credentials added only when not named", async () => {
    const { endpoint, received } = await capturing(ok);
    const target: Endpoint = {
      ...endpoint,
      prefix: "/p",
      headers: [["Authorization", "Bearer s"]],
      authority: "model",
    };
    const request: HttpRequest = {
      protocol: "http",
      method: "PO ST",
      path: "/v2 x",
      headers: [
        ["Content-Length", "99"],
        ["bad name", "\u0001é"],
      ],
      body: new Uint8Array([0, 255]),
      verbatim: true,
    };
    const exchange = await send(target, request);
    expect(textOf(bodyOf(exchange))).toBe("ok");
    expect(received()).toBe(
      "PO ST /p/v2 x HTTP/1.1\r\nHost: model\r\nContent-Length: 99\r\nbad name: \u0001é\r\nAuthorization: Bearer s\r\n\r\n\u0000ÿ",
    );
  });

  test("leave Host and credentials as the request names them", async () => {
    const { endpoint, received } = await capturing(ok);
    const request: HttpRequest = {
      ...get,
      verbatim: true,
      headers: [
        ["hOST", "a"],
        ["authorization", ""],
      ],
    };
    await send({ ...endpoint, headers: [["Authorization", "Bearer s"]] }, request);
    expect(received()).toBe("GET /v2 HTTP/1.1\r\nhOST: a\r\nauthorization: \r\n\r\n");
  });

  test("give the same exchange as the HTTP client for a request that needs no such treatment", async () => {
    const endpoint = await rawServer(
      "HTTP/1.1 404 Not Found\r\nX-A: b \r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhi\r\n0\r\nT: 1\r\n\r\n",
    );
    const [usual, verbatim] = [await send(endpoint), await send(endpoint, { ...get, verbatim: true })];
    expect(verbatim.head).toEqual({ ...usual.head, atNs: verbatim.head?.atNs });
    expect(bodyOf(verbatim)).toEqual(bodyOf(usual));
    expect(verbatim.trailers).toEqual(usual.trailers);
    expect(headerOf(verbatim.trailers, "t")).toBe("1");
  });
});
