import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Exchange, GrpcRequest, Headers } from "../../src/transport/exchange.ts";
import { frameMessage, readFrames } from "../../src/transport/grpc-frames.ts";
import { GRPC_CODES, grpcOutcome } from "../../src/transport/grpc-status.ts";

const request: GrpcRequest = { protocol: "grpc", path: "/a.B/C", metadata: [], messages: [] };
const contentType = ["content-type", "application/grpc"] as const;
const ok: Headers = [["grpc-status", "0"]];

function exchange(
  change: Partial<Exchange> & { readonly body?: Uint8Array; readonly headers?: Headers } = {},
): Exchange {
  const { body, headers = [contentType], ...rest } = change;
  return {
    request,
    head: { status: 200, headers, atNs: 0 },
    events: body ? [{ atNs: 0, bytes: body }] : [],
    trailers: ok,
    durationNs: 0,
    ...rest,
  };
}

const problemOf = (change: Parameters<typeof exchange>[0]) => {
  const outcome = grpcOutcome(exchange(change));
  return outcome.ok ? undefined : outcome.problem;
};

describe("the outcome of a call", () => {
  test.each(GRPC_CODES.map((name, code) => [name, code] as const))("%s is status %i", (codeName, code) => {
    expect(grpcOutcome(exchange({ trailers: [["grpc-status", String(code)]] }))).toEqual({
      ok: true,
      code,
      codeName,
      message: "",
      messages: [],
    });
  });

  test.each([
    ["plain", "plain"],
    ["100%25 na%C3%AFve", "100% naïve"],
    ["a%2", "a%2"],
    ["%zz%", "%zz%"],
    ["%FF", "\ufffd"],
  ])("the message %s reads %s", (wire, message) => {
    expect(grpcOutcome(exchange({ trailers: [...ok, ["Grpc-Message", wire]] }))).toMatchObject({ message });
  });

  test("has the messages, empty ones too, however the bytes were cut into events", () => {
    const bytes = Buffer.concat([
      frameMessage(Uint8Array.of(1, 2)),
      frameMessage(new Uint8Array(0)),
      frameMessage(Uint8Array.of(3)),
    ]);
    const events = [...bytes].map((byte, i) => ({ atNs: i, bytes: Uint8Array.of(byte) }));
    expect(grpcOutcome(exchange({ events }))).toMatchObject({
      ok: true,
      messages: [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)],
    });
  });

  test("takes content types with a suffix or parameters", () => {
    for (const type of ["application/grpc+proto", "application/grpc;charset=utf-8"])
      expect(problemOf({ headers: [["Content-Type", type]] })).toBeUndefined();
  });

  test("decompresses what the request accepts, and nothing else", () => {
    const zipped = frameMessage(new Uint8Array(gzipSync("hello")));
    zipped[0] = 1;
    const answer = exchange({ body: zipped, headers: [contentType, ["grpc-encoding", "gzip"]] });
    expect(
      grpcOutcome({ ...answer, request: { ...request, metadata: [["grpc-accept-encoding", "identity, gzip"]] } }),
    ).toMatchObject({
      ok: true,
      messages: [new TextEncoder().encode("hello")],
    });
    expect(grpcOutcome(answer)).toMatchObject({
      ok: false,
      problem: expect.stringContaining("did not accept") as string,
    });
  });

  const flagged = (flag: number) => Uint8Array.of(flag, 0, 0, 0, 1, 9);
  test.each([
    ["a failure", { failure: { code: "reset", message: "gone" } as const }, /reset.*gone/],
    ["another HTTP status", { head: { status: 503, headers: [contentType], atNs: 0 } }, /503/],
    ["no content type", { headers: [] }, /no content-type/],
    ["another content type", { headers: [["content-type", "application/grpcweb"]] as Headers }, /content-type/],
    ["no status", { trailers: [] }, /grpc-status/],
    ["two statuses", { trailers: [...ok, ...ok] }, /more than one/],
    ["an unknown status", { trailers: [["grpc-status", "17"]] as Headers }, /17/],
    ["a status with a sign", { trailers: [["grpc-status", "-1"]] as Headers }, /-1/],
    ["a status with a zero before it", { trailers: [["grpc-status", "05"]] as Headers }, /05/],
    ["an empty status", { trailers: [["grpc-status", ""]] as Headers }, /none of gRPC's/],
    ["a truncated prefix", { body: Uint8Array.of(0, 0, 0) }, /last 3 bytes/],
    ["a truncated message", { body: Uint8Array.of(0, 0, 0, 0, 2, 1) }, /last 6 bytes/],
    ["bytes after the message", { body: Uint8Array.of(0, 0, 0, 0, 1, 1, 7) }, /last 1 bytes/],
    ["a compressed flag without an encoding", { body: flagged(1) }, /grpc-encoding/],
    ["a flag that does not exist", { body: flagged(2) }, /flag 2/],
  ])("%s is a problem", (_what, change, says) => {
    expect(problemOf(change)).toMatch(says);
  });

  test("an exchange without head or trailers is a problem", () => {
    expect(grpcOutcome({ request, events: [], durationNs: 0 })).toEqual({ ok: false, problem: "no answer" });
    const { trailers: _none, ...rest } = exchange();
    expect(grpcOutcome(rest).ok).toBe(false);
  });

  test("is found for any trailers and bytes, without throwing", () => {
    const fields = fc.array(
      fc.tuple(
        fc.constantFrom("grpc-status", "grpc-message", "x"),
        fc.oneof(fc.string(), fc.nat({ max: 20 }).map(String)),
      ),
    );
    fc.assert(
      fc.property(fields, fc.uint8Array({ maxLength: 40 }), (trailers, body) => {
        const outcome = grpcOutcome(exchange({ trailers, body }));
        expect(outcome.ok ? outcome.codeName : outcome.problem).toMatch(/./);
      }),
    );
  });
});

describe("frames", () => {
  test("are read back as they were written", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (messages) => {
        const { frames, left } = readFrames(Buffer.concat(messages.map(frameMessage)));
        expect(left).toBe(0);
        expect(frames).toEqual(messages.map((message) => ({ flag: 0, message })));
      }),
    );
  });

  test("of any bytes account for every byte", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.uint8Array({ maxLength: 9 }).map(frameMessage))),
        (parts) => {
          const bytes = Buffer.concat(parts);
          const { frames, left } = readFrames(bytes);
          expect(frames.reduce((sum, { message }) => sum + 5 + message.length, left)).toBe(bytes.length);
          expect(left).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});
