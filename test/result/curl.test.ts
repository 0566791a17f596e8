import { execFile } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { curlLine } from "../../src/result/repro/curl.ts";
import type { ReproTarget } from "../../src/result/repro/repro-target.ts";
import type { HttpRequest } from "../../src/transport/exchange.ts";

const run = promisify(execFile);

/** A server that keeps the raw bytes of each connection and answers 200 once the request is complete. */
let server: Server;
let port: number;
let received = Buffer.alloc(0);

beforeAll(async () => {
  server = createServer((socket: Socket) => {
    received = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (isComplete(received)) socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server.close();
});

function isComplete(bytes: Buffer): boolean {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const head = bytes.subarray(0, end).toString("latin1");
  if (/transfer-encoding: chunked/i.test(head)) return bytes.subarray(end).includes("0\r\n\r\n");
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? "0");
  return bytes.length >= end + 4 + length;
}

interface Seen {
  readonly line: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

async function send(
  request: Omit<HttpRequest, "protocol">,
  target: Partial<ReproTarget> = {},
): Promise<Seen & { command: string; output: string }> {
  const command = curlLine({ protocol: "http", ...request }, { host: "127.0.0.1", port, ...target });
  if (command === undefined) throw new Error("no curl line");
  const { stdout } = await run("bash", ["-c", command], {
    env: { PATH: process.env["PATH"], INFERMARK_TOKEN: "s3cret value" },
  });
  const end = received.indexOf("\r\n\r\n");
  const [line = "", ...headers] = received.subarray(0, end).toString("latin1").split("\r\n");
  return { command, output: stdout, line, headers, body: received.subarray(end + 4) };
}

const json: HttpRequest["headers"] = [["content-type", "application/json"]];

describe("a curl line", () => {
  test("sends the request line, the headers in order and nothing else", async () => {
    const seen = await send({
      method: "GET",
      path: "/v2/models/simple?a=1&b='x'",
      headers: [
        ["x-b", "1"],
        ["x-a", "two words"],
        ["x-b", "2"],
      ],
    });
    expect(seen.line).toBe("GET /v2/models/simple?a=1&b='x' HTTP/1.1");
    expect(seen.headers).toEqual([`Host: 127.0.0.1:${port}`, "x-b: 1", "x-a: two words", "x-b: 2"]);
    expect(seen.output).toContain("HTTP/1.1 200 OK");
  });

  test.each([
    ["JSON", '{"id":"42","inputs":[]}'],
    ["quotes, backslashes, dollars and backticks", `{"it's":"\\"$HOME\\" \`id\` \\\\ !! %s"}`],
    ["letters of many scripts", '{"é":"日本語 🙂 ünï"}'],
    ["line breaks, tabs and carriage returns", '{\r\n\t"a": 1\n}\n'],
    ["an at sign first, which curl would take for a file", "@/etc/hostname"],
    ["a leading dash", "-d x"],
    ["terminal escapes and invisible letters", "a\u001b[31mb\u200b\u202ec\u0007"],
    ["nothing", ""],
    ["only a line break", "\n"],
  ])("sends a body of %s byte for byte", async (_name, text) => {
    const body = Buffer.from(text);
    const seen = await send({ method: "POST", path: "/v2/models/simple/infer", headers: json, body });
    expect(seen.body).toEqual(body);
    expect(seen.headers).toEqual([
      `Host: 127.0.0.1:${port}`,
      "content-type: application/json",
      `Content-Length: ${body.length}`,
    ]);
  });

  test.each([
    ["NULs", Buffer.from([0, 1, 0, 255, 10, 0])],
    ["every byte", Buffer.from(Array.from({ length: 256 }, (_, i) => i))],
    ["invalid UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0x0d, 0x0a])],
    ["a longest body", Buffer.alloc(4096, 0xf0)],
  ])("sends a binary body with %s through base64", async (_name, body) => {
    const seen = await send({ method: "POST", path: "/", headers: [["inference-header-content-length", "3"]], body });
    expect(seen.body).toEqual(body);
    expect(seen.command).toContain("base64 -d | curl");
    expect(seen.headers.map((header) => header.split(":", 1)[0])).toEqual([
      "Host",
      "inference-header-content-length",
      "Content-Length",
    ]);
  });

  test("sends a chunked body without Content-Length", async () => {
    const seen = await send({
      method: "POST",
      path: "/x",
      headers: json,
      body: Buffer.from('{"a":1}'),
      framing: "chunked",
    });
    expect(seen.headers).toEqual([
      `Host: 127.0.0.1:${port}`,
      "content-type: application/json",
      "Transfer-Encoding: chunked",
    ]);
    expect(seen.body.toString()).toBe('7\r\n{"a":1}\r\n0\r\n\r\n');
  });

  test("sends any method, and a POST without a body with Content-Length 0", async () => {
    expect((await send({ method: "DELETE", path: "/x", headers: [] })).line).toBe("DELETE /x HTTP/1.1");
    expect((await send({ method: "HEAD", path: "/x", headers: [] })).line).toBe("HEAD /x HTTP/1.1");
    const post = await send({ method: "POST", path: "/x", headers: [] });
    expect([post.line, post.headers.at(-1)]).toEqual(["POST /x HTTP/1.1", "Content-Length: 0"]);
    const get = await send({ method: "GET", path: "/x", headers: json, body: Buffer.from("{}") });
    expect([get.line, get.body.toString()]).toEqual(["GET /x HTTP/1.1", "{}"]);
  });

  test("sends a bare request that was sent verbatim, when nothing about it is malformed", async () => {
    const seen = await send({ method: "GET", path: "/x", headers: [["Connection", "close"]], verbatim: true });
    expect(seen.line).toBe("GET /x HTTP/1.1");
    expect(seen.headers).toEqual([`Host: 127.0.0.1:${port}`, "Connection: close"]);
  });

  test.each(["/a/../b", "/v2/models/a%2Fb", "/models/[x]{1,2}", "/a#b", "/sp ace", "/caf\u00e9", '/"<>\\^`|', "/."])(
    "sends the path %s unchanged",
    async (path) => {
      expect((await send({ method: "GET", path, headers: [] })).line).toBe(`GET ${path} HTTP/1.1`);
    },
  );

  test("sends header values of unusual bytes, empty ones included", async () => {
    const values = ["caf\u00e9", 'it\'s "$x"', "", "a\tb"];
    const seen = await send({ method: "GET", path: "/", headers: values.map((value, i) => [`x-${i}`, value]) });
    expect(seen.headers.slice(1)).toEqual(values.map((value, i) => `x-${i}:${value === "" ? "" : ` ${value}`}`));
  });

  test("adds the target's prefix and headers, its authority and the address to connect to", async () => {
    const target = {
      host: "model.example.com",
      address: "127.0.0.1",
      prefix: "/serving",
      authority: "ns.example.com",
      headers: [["x-route", "blue"]] as const,
    };
    const seen = await send({ method: "GET", path: "/v2", headers: [] }, target);
    expect(seen.line).toBe("GET /serving/v2 HTTP/1.1");
    expect(seen.headers).toEqual(["Host: ns.example.com", "x-route: blue"]);
  });

  test("leaves credentials to a variable of the shell and never prints them", async () => {
    const seen = await send(
      { method: "GET", path: "/", headers: [] },
      { headers: [["Authorization", "Bearer hunter2"]] },
    );
    expect(seen.command).not.toContain("hunter2");
    expect(seen.headers).toContain("Authorization: Bearer s3cret value");
    const named = curlLine(
      { protocol: "http", method: "GET", path: "/", headers: [["X-Session", "hunter2"]] },
      { host: "h", port: 1, secretHeaders: ["x-session"] },
    );
    expect(named).toContain('-H "X-Session: $INFERMARK_X_SESSION"');
    expect(named).not.toContain("hunter2");
  });

  test("names certificates, and turns a server name of its own back to the host", () => {
    const tls = { ca: "ca.pem", cert: "my cert.pem", key: "key.pem", insecure: true, serverName: "inner.example.com" };
    const line = curlLine(
      { protocol: "http", method: "GET", path: "/v2", headers: [] },
      { host: "::1", port: 8443, tls },
    );
    expect(line).toBe(
      "curl -isS --http1.1 -k --cacert ca.pem --cert 'my cert.pem' --key key.pem --connect-to 'inner.example.com:8443:[::1]:8443' " +
        "-H 'Host: [::1]:8443' -H 'User-Agent:' -H 'Accept:' https://inner.example.com:8443/v2",
    );
  });

  test("does not exist for what curl cannot send", () => {
    const target = { host: "h", port: 1 };
    expect(
      curlLine({ protocol: "http", method: "GET", path: "/", headers: [["x y", "1"]], verbatim: true }, target),
    ).toBeUndefined();
    expect(
      curlLine(
        { protocol: "http", method: "POST", path: "/", headers: [], body: new Uint8Array(1), verbatim: true },
        target,
      ),
    ).toBeUndefined();
    expect(
      curlLine({ protocol: "http", method: "POST", path: "/", headers: [], body: new Uint8Array(4097) }, target),
    ).toBeUndefined();
    expect(curlLine({ protocol: "http", method: "GET", path: "/", headers: [["x", "日"]] }, target)).toBeUndefined();
  });
});
