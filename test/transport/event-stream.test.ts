import { createRequire } from "node:module";
import type { Duplex } from "node:stream";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BodyEvent, readEventStream, writeEvent } from "../../src/transport/index.ts";

const { EventSourceStream } = createRequire(import.meta.url)("undici/lib/web/eventsource/eventsource-stream.js") as {
  EventSourceStream: new (
    options: object,
  ) => Duplex & AsyncIterable<{ readonly type: string; readonly options: { readonly data: string } }>;
};
const utf8 = new TextEncoder();
const read = (...texts: readonly (string | Uint8Array)[]) =>
  readEventStream(
    texts.map((text, index) => ({ atNs: index * 10, bytes: typeof text === "string" ? utf8.encode(text) : text })),
  );
const dataIn = (...texts: readonly string[]) => {
  const stream = read(...texts);
  return stream.ok ? stream.events.map(({ data }) => data) : stream.problem;
};

describe("an event stream", () => {
  test.each([
    ["LF", "data: a\n\ndata: b\n\n"],
    ["CRLF", "data: a\r\n\r\ndata: b\r\n\r\n"],
    ["CR", "data: a\r\rdata: b\r\r"],
    ["a byte order mark", "\ufeffdata: a\n\ndata: b\n\n"],
    ["comments", ": hello\ndata: a\n:\n\n:\n\ndata: b\n\n"],
    ["no space after the colon", "data:a\n\ndata:b\n\n"],
    ["fields that nobody knows", "data: a\nfoo: bar\n\ndata: b\nbaz\n\n"],
  ])("is read with %s", (_, text) => {
    expect(dataIn(text)).toEqual(["a", "b"]);
  });

  test("joins data lines, takes one space after the colon, and dispatches data that is empty", () => {
    expect(dataIn("data: a\ndata:  b\ndata\n\ndata\n\n")).toEqual(["a\n b\n", ""]);
  });

  test("dispatches nothing for an event without data", () => {
    expect(dataIn("event: ping\n\n\n\nid: 3\n\n")).toEqual([]);
  });

  test("tells type and last id, which an id with NUL does not change", () => {
    const stream = read("id: 1\nevent: token\ndata: a\n\nid: \0\ndata: b\n\nid\ndata: c\n\n");
    expect(stream).toMatchObject({
      events: [
        { type: "token", lastEventId: "1" },
        { type: "message", lastEventId: "1" },
        { type: "message", lastEventId: "" },
      ],
    });
  });

  test("throws away an event that its blank line does not end, and says so", () => {
    for (const text of ["data: a\n\ndata: b\n", "data: a\n\ndata: b", "data: a\n\ndata"])
      expect(read(text)).toMatchObject({ events: [{ data: "a" }], unfinished: true });
    expect(read("data: a\n\n: bye")).toMatchObject({ events: [{ data: "a" }], unfinished: false });
  });

  test("names fields that nobody knows, such as lines of JSON", () => {
    expect(read('{"a":1}\n{"a":2}\n')).toMatchObject({ events: [], unknownFields: ['{"a"'] });
  });

  test("gives an event the time of the piece that ends it", () => {
    const stream = read("data: a\n", "\ndata: b", "\n\n");
    expect(stream).toMatchObject({ events: [{ atNs: 10 }, { atNs: 20 }] });
  });

  test("is a problem where it is not UTF-8, and nowhere else a byte order mark", () => {
    expect(read(Uint8Array.of(0x64, 0x61, 0xff, 0x0a))).toEqual({
      ok: false,
      problem: "the line at byte 0 is not UTF-8",
    });
    expect(dataIn("\n\ufeffdata: a\n\n")).toEqual([]);
  });

  test("is written with a field for each line", () => {
    expect(new TextDecoder().decode(writeEvent("a\nb"))).toBe("data: a\ndata: b\n\n");
  });
});

/** Text that is full of what a reader could stumble on. */
const hostile = fc
  .array(
    fc.constantFrom(
      "data",
      "event",
      "id",
      "retry",
      ":",
      " ",
      "\n",
      "\r",
      "\r\n",
      "\n\n",
      "\0",
      "\ufeff",
      "é",
      "😀",
      "x",
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(""));

/** The events that undici's EventSource would dispatch for this body. */
async function eventsByUndici(text: string): Promise<readonly { type: string; data: string }[]> {
  const stream = new EventSourceStream({ eventSourceSettings: { lastEventId: "" } });
  stream.end(Buffer.from(text));
  const events: { type: string; data: string }[] = [];
  for await (const { type, options } of stream) events.push({ type, data: options.data });
  return events;
}

function cut(bytes: Uint8Array, at: readonly number[]): readonly BodyEvent[] {
  const places = [0, ...at.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => ({ atNs: 0, bytes: bytes.subarray(places[index], end) }));
}

describe("fuzzed", () => {
  test("never throws, whatever the bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readEventStream([{ atNs: 0, bytes }])));
  });

  test("how a stream is cut does not matter", () => {
    fc.assert(
      fc.property(hostile, fc.array(fc.nat(), { maxLength: 8 }), (text, places) => {
        const bytes = utf8.encode(text);
        expect(readEventStream(cut(bytes, places))).toEqual(readEventStream([{ atNs: 0, bytes }]));
      }),
    );
  });

  test("undici's reader sees the same events", async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const stream = readEventStream([{ atNs: 0, bytes: utf8.encode(text) }]);
        expect(stream.ok && stream.events.map(({ type, data }) => ({ type, data }))).toEqual(
          await eventsByUndici(text),
        );
      }),
    );
  });

  test("what is written is read", () => {
    const line = fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => text.replaceAll(/[\r\n]/g, ""));
    const data = fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(fc.array(data, { maxLength: 6 }), (datas) => {
        const stream = readEventStream(datas.map((each, atNs) => ({ atNs, bytes: writeEvent(each) })));
        expect(stream).toMatchObject({ ok: true, unfinished: false, unknownFields: [] });
        expect(stream.ok && stream.events.map((event) => event.data)).toEqual(datas);
      }),
    );
  });
});
