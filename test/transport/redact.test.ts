import { gunzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Endpoint, Exchange, Headers, HttpRequest } from "../../src/transport/index.ts";
import {
  bodyOf,
  frameMessage,
  grpcOutcome,
  openTransport,
  type RecordedExchange,
  recording,
  redactExchange,
  secretsOf,
  writeTranscript,
} from "../../src/transport/index.ts";
import { maskBytes } from "../../src/transport/mask.ts";
import { closing, httpServer, textOf, utf8 } from "./servers.ts";

const endpoint: Endpoint = {
  host: "127.0.0.1",
  port: 1,
  prefix: "",
  headers: [
    ["Authorization", "Bearer tok-4711"],
    ["X-Tenant", "plain"],
    ["X-Signature", 'sig"quoted"'],
  ],
  secretHeaders: ["x-signature"],
};
const secrets = secretsOf({ rest: endpoint });
const request: HttpRequest = { protocol: "http", method: "GET", path: "/v2", headers: [] };

function answer(headers: Headers, ...pieces: readonly string[]): Exchange {
  return {
    request,
    head: { status: 200, headers, atNs: 0 },
    events: pieces.map((text, atNs) => ({ atNs, bytes: utf8(text) })),
    durationNs: 9,
  };
}

describe("redaction", () => {
  test("removes what is secret by name, on both sides", () => {
    const names = [
      "Authorization",
      "proxy-authorization",
      "Cookie",
      "Set-Cookie",
      "X-API-Key",
      "x_api_key",
      "apikey",
      "X-Auth-Token",
      "x-signature",
      "X-Client-Secret",
    ];
    const fields = names.map((name) => [name, "anything"] as const);
    const {
      head,
      trailers,
      request: sent,
    } = redactExchange({ ...answer(fields), trailers: fields, request: { ...request, headers: fields } }, secrets);
    const expected = names.map((name) => [name, "[redacted]"]);
    expect([head?.headers, trailers, (sent as HttpRequest).headers]).toEqual([expected, expected, expected]);
  });

  test("leaves what is not secret", () => {
    const exchange = answer(
      [
        ["x-tenant", "plain"],
        ["x-ratelimit-tokens", "5"],
        ["location", "https://host/path@x"],
      ],
      "plain text",
    );
    expect(redactExchange(exchange, secrets)).toEqual(exchange);
  });

  test("removes secret values wherever they are echoed, also across events", () => {
    const exchange = answer(
      [["x-echo", "got Bearer tok-4711!"]],
      '{"auth":"Bearer tok',
      '-4711","sig":"sig\\"quoted\\""}',
    );
    const redacted = redactExchange(
      {
        ...exchange,
        request: { ...request, path: "/v2?t=tok-4711", body: utf8("tok-4711") },
        failure: { code: "closed", message: "tok-4711" },
      },
      secrets,
    );
    expect(redacted.head?.headers).toEqual([["x-echo", "got [redacted]!"]]);
    expect(textOf(bodyOf(redacted))).toBe('{"auth":"[redacted]","sig":"[redacted]"}');
    expect(redacted.events.map(({ atNs }) => atNs)).toEqual([0, 1]);
    expect(redacted.request).toMatchObject({ path: "/v2?t=[redacted]", body: utf8("[redacted]") });
    expect(redacted.failure?.message).toBe("[redacted]");
  });

  test("removes credentials of URLs and of Basic authorization", () => {
    const basic = secretsOf({
      rest: { ...endpoint, headers: [["authorization", `Basic ${Buffer.from("user:hunter22").toString("base64")}`]] },
    });
    const redacted = redactExchange(
      answer([["Location", "https://me:pw@host/x"]], "hunter22 dXNlcjpodW50ZXIyMg=="),
      basic,
    );
    expect(redacted.head?.headers).toEqual([["Location", "https://[redacted]@host/x"]]);
    expect(textOf(bodyOf(redacted))).toBe("[redacted] [redacted]");
  });

  test("keeps lengths inside gRPC messages and binary bodies", () => {
    const echo = frameMessage(utf8("<tok-4711>"));
    const exchange: Exchange = {
      request: { protocol: "grpc", path: "/a.B/C", metadata: [["authorization", "x"]], messages: [utf8("tok-4711")] },
      head: { status: 200, headers: [["content-type", "application/grpc"]], atNs: 0 },
      events: [
        { atNs: 0, bytes: echo.slice(0, 9) },
        { atNs: 1, bytes: echo.slice(9) },
      ],
      trailers: [["grpc-status", "0"]],
      durationNs: 1,
    };
    const redacted = redactExchange(exchange, secrets);
    expect(grpcOutcome(redacted)).toMatchObject({ ok: true, messages: [utf8("<********>")] });
    expect(redacted.request).toMatchObject({
      metadata: [["authorization", "[redacted]"]],
      messages: [utf8("********")],
    });
    const binary = redactExchange(answer([["content-type", "application/octet-stream"]], "tok-4711"), secrets);
    expect(textOf(bodyOf(binary))).toBe("********");
  });

  test("leaves no secret in any bytes, however they are cut", () => {
    const text = fc
      .array(fc.constantFrom("tok-", "4711", "tok-4711", "t", "x"), { maxLength: 12 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(
        text,
        fc.array(fc.nat()),
        fc.constantFrom("label" as const, "same-length" as const),
        (whole, cuts, style) => {
          const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length];
          const pieces = places.slice(1).map((end, i) => utf8(whole.slice(places[i], end)));
          const masked = maskBytes(pieces, ["tok-4711"], style);
          const joined = textOf(new Uint8Array(Buffer.concat(masked)));
          expect(masked.length).toBe(pieces.length);
          expect(joined).toBe(whole.replaceAll("tok-4711", style === "label" ? "[redacted]" : "********"));
        },
      ),
    );
  });
});

test("a secret that the server echoes reaches the sender, but no transcript", async () => {
  const server = await httpServer((received, response) =>
    response.writeHead(200, { "x-echo": String(received.headers.authorization) }).end(JSON.stringify(received.headers)),
  );
  const options = { rest: { ...endpoint, port: server.port }, maxResponseBytes: 10_000 };
  const entries: RecordedExchange[] = [];
  const transport = closing(recording(openTransport(options), (entry) => entries.push(entry), secretsOf(options)));
  const exchange = await transport.send({ ...request, headers: [["X-Api-Key", "key-0815"]] }, { deadlineMs: 5000 });
  expect(textOf(bodyOf(exchange))).toContain("tok-4711");
  const transcript = writeTranscript(entries);
  const stored = gunzipSync(transcript).toString();
  const bodies = entries.map((entry) => textOf(bodyOf(entry.exchange))).join();
  for (const secret of ["tok-4711", "quoted", "key-0815"]) expect(stored + bodies).not.toContain(secret);
  expect(stored).toContain("[redacted]");
  expect(bodies).toContain("plain");
});
