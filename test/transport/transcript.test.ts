import { gunzipSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InfermarkError } from "../../src/base/errors.ts";
import type { Exchange, GrpcRequest, HttpRequest } from "../../src/transport/exchange.ts";
import {
  grpcOutcome,
  openTransport,
  type RecordedExchange,
  readTranscript,
  recording,
  replaying,
  writeTranscript,
} from "../../src/transport/index.ts";
import { closing, http2Server, httpServer, utf8 } from "./servers.ts";

const post: HttpRequest = {
  protocol: "http",
  method: "POST",
  path: "/v2/models/m/infer",
  headers: [["Content-Type", "application/json"]],
  body: utf8('{"id":"1","inputs":[]}'),
};
const call: GrpcRequest = {
  protocol: "grpc",
  path: "/a.B/C",
  metadata: [["k", "v"]],
  messages: [utf8("m"), new Uint8Array(0)],
};
const deadline = { deadlineMs: 5000 };
const answered = (request: HttpRequest | GrpcRequest, status: number): Exchange => ({
  request,
  head: { status, headers: [], atNs: 1 },
  events: [],
  durationNs: 2,
});

/** Real exchanges of every kind: answered, failed, HTTP and gRPC. */
async function recorded(): Promise<RecordedExchange[]> {
  let count = 0;
  const rest = await httpServer((request, response) => {
    count += 1;
    if (request.url === "/broken") response.socket?.destroy();
    else response.writeHead(200, { "x-count": String(count) }).end('{"same":"body"}');
  });
  const grpc = await http2Server((stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.from([0, 0, 0, 0, 1, 65]));
  });
  const entries: RecordedExchange[] = [];
  const transport = closing(
    recording(openTransport({ rest, grpc, maxResponseBytes: 1000 }), (entry) => entries.push(entry)),
  );
  await transport.send(post, { ...deadline, origin: "v2-rest/a" });
  await transport.send(post, { ...deadline, origin: "v2-rest/a" });
  await transport.send(post, deadline);
  await transport.send({ ...post, path: "/broken", framing: "chunked" }, { ...deadline, origin: "v2-rest/b" });
  await transport.send(
    { protocol: "http", method: "GET", path: "/v2", headers: [], verbatim: true },
    { ...deadline, origin: "probe" },
  );
  await transport.send(call, { ...deadline, origin: "v2-grpc/c" });
  return entries;
}

describe("a recording", () => {
  test("that is written, read and replayed gives equal exchanges in their order", async () => {
    const entries = await recorded();
    expect(entries.map(({ origin, exchange }) => [origin, exchange.failure?.code])).toEqual([
      ["v2-rest/a", undefined],
      ["v2-rest/a", undefined],
      ["", undefined],
      ["v2-rest/b", "closed"],
      ["probe", undefined],
      ["v2-grpc/c", undefined],
    ]);
    const read = readTranscript(writeTranscript(entries));
    expect(read).toEqual(entries);
    const replay = replaying(read);
    for (const { origin, exchange } of entries)
      expect(await replay.send(exchange.request, { ...deadline, ...(origin && { origin }) })).toEqual(exchange);
    const last = entries.at(-1) as RecordedExchange;
    expect(grpcOutcome(last.exchange)).toMatchObject({ ok: true, messages: [utf8("A")] });
  });

  test("is the same bytes for the same entries, each body once", async () => {
    const entries = await recorded();
    const bytes = writeTranscript(entries);
    const reordered = entries.map(({ origin, exchange: { durationNs, request, ...rest } }) => ({
      exchange: { durationNs, ...rest, request },
      origin,
    }));
    expect(writeTranscript(reordered)).toEqual(bytes);
    expect([...bytes.subarray(4, 8)]).toEqual([0, 0, 0, 0]);
    const lines = gunzipSync(bytes)
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const hashes = lines.filter(({ kind }) => kind === "body").map(({ sha256 }) => sha256);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(lines.filter(({ kind }) => kind === "exchange").length).toBe(entries.length);
  });

  test("of nothing is empty", () => {
    expect(readTranscript(writeTranscript([]))).toEqual([]);
  });

  test("keeps any bytes and texts", () => {
    const headers = fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" })));
    const exchange = fc.record({
      request: fc.record({
        protocol: fc.constant("grpc" as const),
        path: fc.string(),
        metadata: headers,
        messages: fc.array(fc.uint8Array()),
      }),
      head: fc.record({ status: fc.nat(), headers, atNs: fc.nat() }),
      events: fc.array(fc.record({ atNs: fc.nat(), bytes: fc.uint8Array() })),
      trailers: headers,
      failure: fc.constant({ code: "reset" as const, message: "x", http2Code: 0 }),
      durationNs: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(fc.record({ origin: fc.string(), exchange }), { maxLength: 4 }), (entries) => {
        expect(readTranscript(writeTranscript(entries))).toEqual(entries);
      }),
    );
  });
});

describe("an edited recording", () => {
  const entry: RecordedExchange = {
    origin: "c",
    exchange: { ...answered(post, 200), events: [{ atNs: 1, bytes: utf8("hello") }] },
  };
  const lines = () =>
    gunzipSync(writeTranscript([entry]))
      .toString()
      .trimEnd()
      .split("\n");
  const reading = (edited: readonly string[]) => () => readTranscript(gzipSync(`${edited.join("\n")}\n`));

  test("is found in any body, and its line is named", () => {
    const original = lines();
    expect(original.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual(["body", "body", "exchange"]);
    for (const at of [0, 1]) {
      const body = JSON.parse(original[at] as string) as { base64: string };
      for (let i = 0; i < body.base64.length; i++) {
        const changed = body.base64[i] === "A" ? "B" : "A";
        const base64 = body.base64.slice(0, i) + changed + body.base64.slice(i + 1);
        const edited = original.with(at, JSON.stringify({ ...body, base64 }));
        expect(reading(edited)).toThrow(InfermarkError);
        expect(reading(edited)).toThrow(`line ${at + 1} `);
      }
    }
  });

  test.each([
    ["a line that is no JSON", (all: string[]) => all.with(1, "{"), "line 2 "],
    ["a line of another kind", (all: string[]) => all.with(0, '{"kind":"other"}'), "line 1 "],
    ["a missing body", (all: string[]) => all.slice(1), "line 2 "],
    [
      "an exchange without events",
      (all: string[]) => all.with(2, (all[2] as string).replace('"events"', '"event"')),
      "line 3 ",
    ],
    [
      "an exchange with another protocol",
      (all: string[]) => all.with(2, (all[2] as string).replace('"http"', '"ftp"')),
      "line 3 ",
    ],
  ])("%s is refused with its number", (_what, edit, says) => {
    expect(reading(edit(lines()))).toThrow(says);
  });

  test("what is not gzip, or cut, is refused", () => {
    const whole = writeTranscript([entry]);
    for (const bytes of [utf8("hello"), whole.slice(0, -9)])
      expect(() => readTranscript(bytes)).toThrow(/cannot be unpacked/);
    expect(() => readTranscript(gzipSync('{"kind":"body"'))).toThrow(/cut short/);
  });
});

describe("replaying", () => {
  const entries = [201, 202].map((status) => ({ origin: "a", exchange: answered(post, status) }));

  test("answers equal requests in order, then says that there are no more", async () => {
    const replay = replaying(entries);
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await replay.send(post, { ...deadline, origin: "a" })).head?.status);
    expect(statuses).toEqual([201, 202, undefined]);
  });

  test("knows a JSON body by its meaning and a request by origin, method, path and media type", async () => {
    const find = async (change: Partial<HttpRequest>, origin = "a") =>
      (await replaying(entries).send({ ...post, ...change }, { ...deadline, origin })).failure?.code;
    expect(await find({ body: utf8(' {"inputs": [],\n "id":"\\u0031"}') })).toBeUndefined();
    expect(
      await find({
        headers: [
          ["x", "y"],
          ["content-type", "Application/JSON; charset=utf-8"],
        ],
      }),
    ).toBeUndefined();
    expect(await find({ body: utf8('{"id":"2","inputs":[]}') })).toBe("not-recorded");
    expect(await find({ method: "PUT" })).toBe("not-recorded");
    expect(await find({ path: "/v2" })).toBe("not-recorded");
    expect(await find({ headers: [] })).toBe("not-recorded");
    expect(await find({}, "b")).toBe("not-recorded");
  });

  test("gives the exchange the request that was sent, and nothing after close", async () => {
    const replay = replaying(entries);
    const same = { ...post, body: utf8('{"inputs":[],"id":"1"}') };
    expect((await replay.send(same, { ...deadline, origin: "a" })).request).toBe(same);
    await replay.close();
    expect((await replay.send(post, { ...deadline, origin: "a" })).failure?.code).toBe("closed");
  });

  test("tells gRPC messages apart by their bytes", async () => {
    const replay = replaying([{ origin: "a", exchange: answered(call, 200) }]);
    expect(
      (await replay.send({ ...call, messages: [utf8("other")] }, { ...deadline, origin: "a" })).failure?.code,
    ).toBe("not-recorded");
    expect((await replay.send({ ...call, metadata: [] }, { ...deadline, origin: "a" })).head?.status).toBe(200);
  });
});
