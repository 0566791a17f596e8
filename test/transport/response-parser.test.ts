import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Headers } from "../../src/transport/exchange.ts";
import { ResponseParser } from "../../src/transport/response-parser.ts";

/** Everything that can be observed of parsing these pieces, as one value. */
function parse(pieces: readonly Uint8Array[], method = "GET") {
  const seen: { head?: { status: number; headers: Headers }; body: Buffer[]; trailers?: Headers } = { body: [] };
  const parser = new ResponseParser(method, {
    onHead: (status, headers) => {
      seen.head = { status, headers };
    },
    onBody: (bytes) => seen.body.push(Buffer.from(bytes)),
    onTrailers: (trailers) => {
      seen.trailers = trailers;
    },
  });
  for (const piece of pieces) parser.feed(piece);
  const open = parser.state;
  parser.close();
  return {
    ...seen,
    body: Buffer.concat(seen.body).toString("latin1"),
    open,
    state: parser.state,
    problem: parser.problem,
  };
}

const bytes = (text: string) => Buffer.from(text, "latin1");
const whole = (text: string, method?: string) => parse([bytes(text)], method);

const ANSWERS = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\n\r\n",
  "HTTP/1.1 200\r\nTransfer-Encoding: Chunked\r\n\r\n5;a=b\r\nhello\r\n00A\r\n0123456789\r\n0\r\nSum: 1\r\nSum: 2\r\n\r\n",
  "HTTP/1.0 404 Not \xe9\r\n\r\nuntil the end",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: a\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n",
  "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
  "garbage",
];

describe("a response", () => {
  test("ends after Content-Length bytes, whatever follows", () => {
    expect(whole(ANSWERS[1] as string)).toMatchObject({
      head: { status: 200, headers: [["Content-Length", "5"]] },
      body: "hello",
      open: "complete",
    });
  });

  test("in chunks has its body without framing, and trailers", () => {
    const trailers = [
      ["Sum", "1"],
      ["Sum", "2"],
    ];
    expect(whole(ANSWERS[2] as string)).toMatchObject({ body: "hello0123456789", trailers, open: "complete" });
  });

  test("without framing ends with the connection", () => {
    expect(whole(ANSWERS[3] as string)).toMatchObject({
      head: { status: 404 },
      body: "until the end",
      open: "reading",
      state: "complete",
    });
  });

  test("skips interim answers", () => {
    expect(whole(ANSWERS[4] as string)).toMatchObject({ head: { status: 204, headers: [] }, open: "complete" });
  });

  test("to HEAD, and with 204 or 304, has no body", () => {
    expect(whole("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD")).toMatchObject({ body: "", open: "complete" });
    expect(whole("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n")).toMatchObject({
      body: "",
      open: "complete",
    });
  });

  test("that the connection cuts is cut, with what arrived", () => {
    expect(whole(ANSWERS[5] as string)).toMatchObject({ head: { status: 200 }, body: "hel", state: "cut" });
    for (const part of ["", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"])
      expect(whole(part).state).toBe("cut");
  });

  test.each([
    ["no status line", "HELLO\r\n\r\n"],
    ["another protocol version", "HTTP/2.0 200 OK\r\n\r\n"],
    ["a short status", "HTTP/1.1 20 OK\r\n\r\n"],
    ["an unasked upgrade", "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
    ["bare line feeds", "HTTP/1.1 200 OK\n\n"],
    ["a carriage return in a value", "HTTP/1.1 200 OK\r\na: b\rc\r\n\r\n"],
    ["a zero byte in a value", "HTTP/1.1 200 OK\r\na: b\0c\r\n\r\n"],
    ["a space before the colon", "HTTP/1.1 200 OK\r\na : b\r\n\r\n"],
    ["a folded line", "HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n"],
    ["a nameless field", "HTTP/1.1 200 OK\r\n: b\r\n\r\n"],
    ["a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"],
    ["a list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"],
    ["a length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["another transfer coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"],
    ["an empty chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n"],
    ["a chunk size with 0x", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n"],
    ["a chunk longer than its size", ANSWERS[6] as string],
    ["an endless line", `HTTP/1.1 200 OK\r\na: ${"b".repeat(70_000)}`],
    ["endless fields", `HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(20_000)}`],
  ])("with %s is malformed, and says so", (_what, text) => {
    const seen = whole(text);
    expect(seen.state).toBe("malformed");
    expect(seen.problem).toMatch(/\w/);
  });
});

describe("for any input", () => {
  test("it does not matter where the input is torn", () => {
    for (const answer of ANSWERS) {
      const expected = whole(answer);
      for (let at = 0; at <= answer.length; at++)
        expect(parse([bytes(answer.slice(0, at)), bytes(answer.slice(at))])).toEqual(expected);
      expect(parse([...bytes(answer)].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
    }
  });

  const fragment = fc.constantFrom(
    "HTTP/1.1 ",
    "200",
    " OK",
    "\r\n",
    "\r",
    "\n",
    "Content-Length",
    "Transfer-Encoding",
    ": ",
    ":",
    "chunked",
    "5",
    "0",
    "hello",
    ";",
    "\0",
    "1",
    " ",
  );
  const nearlyHttp = fc
    .array(fragment, { maxLength: 40 })
    .map((parts) => bytes(`HTTP/1.1 200 OK\r\n${parts.join("")}`));
  const mutated = fc
    .tuple(fc.constantFrom(...ANSWERS), fc.nat(), fc.string({ unit: "binary-ascii", maxLength: 3 }), fc.nat({ max: 4 }))
    .map(([answer, at, text, removed]) => {
      const start = at % (answer.length + 1);
      return bytes(answer.slice(0, start) + text + answer.slice(start + removed));
    });
  const input = fc.oneof(fc.uint8Array({ maxLength: 200 }), nearlyHttp, mutated);

  test("it never throws, always comes to a state, and tearing changes nothing", () => {
    fc.assert(
      fc.property(
        input,
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.constantFrom("GET", "HEAD"),
        (answer, cuts, method) => {
          const places = [0, ...cuts.map((cut) => cut % (answer.length + 1)).sort((a, b) => a - b), answer.length];
          const pieces = places.slice(1).map((end, i) => answer.slice(places[i], end));
          const seen = parse(pieces, method);
          expect(seen).toEqual(parse([answer], method));
          expect(["complete", "malformed", "cut"]).toContain(seen.state);
          if (seen.state === "complete") expect(seen.head).toBeDefined();
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("a well-formed chunked body is read back", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 })), (chunks) => {
        const framed = chunks.flatMap((chunk) => [bytes(`${chunk.length.toString(16)}\r\n`), chunk, bytes("\r\n")]);
        const answer = Buffer.concat([
          bytes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"),
          ...framed,
          bytes("0\r\n\r\n"),
        ]);
        expect(parse([answer])).toMatchObject({ body: Buffer.concat(chunks).toString("latin1"), open: "complete" });
      }),
    );
  });
});
