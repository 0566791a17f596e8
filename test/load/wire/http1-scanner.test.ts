import { afterAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../../src/base/random.ts";
import { Http1Scanner } from "../../../src/load/wire/http1-scanner.ts";
import { createViews } from "../../../src/load/wire/views.ts";
import { compare } from "./http1-agreement.ts";
import { http1Case } from "./http1-cases.ts";
import { type UndiciReader, undiciReader } from "./http1-readers.ts";

const CASES = 3000;
const AT_ONCE = 16;
const OK = "HTTP/1.1 200 OK\r\n";

function scan(text: string): Http1Scanner {
  const scanner = new Http1Scanner(createViews());
  const bytes = Buffer.from(text, "latin1");
  scanner.begin();
  scanner.read(bytes, 0, bytes.length);
  return scanner;
}

describe("against llhttp and undici", () => {
  const readers = Array.from({ length: AT_ONCE }, undiciReader);
  afterAll(() => Promise.all(readers.map((reader) => reader.close())));

  test(`${CASES} generated answers are read alike, however they are cut`, async () => {
    const random = seededRandom("http1 in the tests");
    const divergences: string[] = [];
    const exceptions = new Set<string>();
    let left = CASES;
    const work = async (reader: UndiciReader) => {
      while (left-- > 0) {
        const agreement = await compare(http1Case(random), reader);
        divergences.push(...agreement.divergences);
        for (const section of agreement.exceptions) exceptions.add(section);
      }
    };
    await Promise.all(readers.map(work));
    expect(divergences).toEqual([]);
    expect(exceptions.size).toBeGreaterThan(5);
  });
});

describe("what is wrong has a name", () => {
  test.each([
    ["NONSENSE", "not an answer of HTTP/1"],
    ["HTTP/1.1\t200 OK\r\n", "no space after the version"],
    ["HTTP/1.7 200 OK\r\n", "neither HTTP/1.0 nor HTTP/1.1"],
    ["HTTP/1.1 2x0 OK\r\n", "a status that is no number of three digits"],
    ["HTTP/1.1 099 OK\r\n", "a status below 100"],
    ["HTTP/1.1 101 Switching\r\n\r\n", "a change of protocol that nobody asked for"],
    ["HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n", "a line that ends without CR"],
    [`${OK}A: b\nContent-Length: 0\r\n\r\n`, "a line that ends without CR"],
    [`${OK}A: b\rC: d\r\n\r\n`, "CR without LF"],
    [`${OK}A: b\r\n folded\r\n\r\n`, "a folded line"],
    [`${OK}A : b\r\n\r\n`, "a line that is no field"],
    [`${OK}A: b\0\r\n\r\n`, "a byte that no field may have"],
    [`${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n`, "both Content-Length and Transfer-Encoding"],
    [`${OK}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n`, "both Content-Length and Transfer-Encoding"],
    [`${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\n`, "two Content-Length"],
    [`${OK}Content-Length: -2\r\n\r\n`, "a Content-Length that is no length"],
    [`${OK}Content-Length: 99999999999999999999\r\n\r\n`, "a Content-Length that is no length"],
    [`${OK}Transfer-Encoding: \r\n\r\n`, "a Transfer-Encoding that names none"],
    [`${OK}Transfer-Encoding: chunked\r\n\r\nx`, "a chunk size that is no number"],
    [`${OK}Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n`, "a chunk size that cannot be counted"],
    [`${OK}Transfer-Encoding: chunked\r\n\r\n2\rx`, "CR without LF after a chunk size"],
    [`${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nabc`, "a chunk that is longer than its size"],
    [`${OK}Transfer-Encoding: chunked\r\n\r\n2; a\r\nab`, "a chunk extension with a byte that it may not have"],
    [`${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 2\r\n\r\n`, "trailers that frame a body"],
    [`${OK}A: ${"b".repeat(66_000)}`, "a head of more than 65536 bytes"],
    [`${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nA: ${"b".repeat(66_000)}`, "trailers of more than 65536 bytes"],
    [`${OK}Transfer-Encoding: chunked\r\n\r\n2;${"b".repeat(66_000)}`, "chunk extensions of more than 65536 bytes"],
  ])("%j", (text, problem) => {
    expect(scan(text).problem).toBe(problem);
  });
});

describe("what is right is read whole", () => {
  test.each([
    [`${OK}Content-Length: 2\r\n\r\nab`, "ab", true],
    [`${OK}content-LENGTH:2\r\nConnection: close\r\n\r\nab`, "ab", false],
    [`${OK}Transfer-Encoding: chunked\r\n\r\n1;a="b";c\r\na\r\n01\r\nb\r\n0\r\nTrailer: x\r\n\r\n`, "ab", true],
    [
      `HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 1\r\n\r\na`,
      "a",
      true,
    ],
    ["HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "", true],
    ["HTTP/1.1 304 Not Modified\r\n\r\n", "", true],
    ["HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", "a", false],
    ["HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na", "a", true],
  ])("%j", (text, body, reusable) => {
    const scanner = scan(text);
    expect(scanner.problem).toBeUndefined();
    expect([scanner.done, scanner.body.toString(), scanner.reusable]).toEqual([true, body, reusable]);
  });

  test("a body without a length lasts until the connection ends", () => {
    const scanner = scan(`${OK}\r\nabc`);
    expect(scanner.done).toBe(false);
    scanner.finish();
    expect([scanner.done, scanner.body.toString(), scanner.reusable]).toEqual([true, "abc", false]);
  });

  test("what lies after the answer is left", () => {
    const scanner = new Http1Scanner(createViews());
    const bytes = Buffer.from(`${OK}Content-Length: 1\r\n\r\nabc`);
    scanner.begin();
    expect(scanner.read(bytes, 0, bytes.length)).toBe(bytes.length - 2);
  });

  test("bodies that come in pieces do not mix, of several scanners at a time", () => {
    const scanners = Array.from({ length: 5 }, () => new Http1Scanner(createViews()));
    const size = 100_000;
    for (const [i, scanner] of scanners.entries()) {
      scanner.begin();
      const head = Buffer.from(`${OK}Content-Length: ${2 * size}\r\n\r\n`);
      scanner.read(Buffer.concat([head, Buffer.alloc(size, i)]), 0, head.length + size);
    }
    for (const [i, scanner] of scanners.entries()) {
      scanner.read(Buffer.alloc(size, 10 + i), 0, size);
      expect(scanner.body.equals(Buffer.concat([Buffer.alloc(size, i), Buffer.alloc(size, 10 + i)]))).toBe(true);
      scanner.begin();
    }
  });
});
