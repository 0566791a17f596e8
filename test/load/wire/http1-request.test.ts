import { array, assert, constantFrom, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import type { EncodedRequest } from "../../../src/load/index.ts";
import { type Http1Request, http1Request } from "../../../src/load/wire/http1-request.ts";
import { SharedTails } from "../../../src/load/wire/shared-tails.ts";

const ID = "load-0000000007";
const endpoint = { host: "127.0.0.1", port: 80, prefix: "", headers: [] };

function requestOf(body: Uint8Array): EncodedRequest {
  const request = { protocol: "http", method: "POST", path: "/", headers: [], body, inferences: 1 } as const;
  const idAt = Buffer.from(body).indexOf(ID);
  return idAt < 0 ? request : { ...request, id: ID, idAt };
}

function sent({ bytes, rest }: Http1Request): Buffer {
  const whole = Buffer.concat([bytes, rest ?? Buffer.alloc(0)]);
  return whole.subarray(whole.indexOf("\r\n\r\n") + 4);
}

test("large bodies that end alike are written from the same memory", () => {
  const tails = new SharedTails();
  const end = Buffer.alloc(600_000, "data");
  const requests = ["one", "two", "three"].map((begin) => requestOf(Buffer.concat([Buffer.from(begin + ID), end])));
  const [first, second, third] = requests.map((request) => http1Request(endpoint, request, tails));
  expect(second?.rest?.buffer).toBe(first?.rest?.buffer);
  expect(third?.rest?.buffer).toBe(first?.rest?.buffer);
  expect(third?.rest?.length).toBeGreaterThanOrEqual(end.length);
  expect(new Set(requests.map(({ body }) => body.buffer)).size).toBe(3);
});

test("of a body of which much is its own, no more than its id is copied", () => {
  const tails = new SharedTails();
  const end = Buffer.alloc(200_000, "data");
  const bodies = [1, 2].map((fill) => Buffer.concat([Buffer.from(ID), Buffer.alloc(100_000, fill), end]));
  const [, second] = bodies.map((body) => http1Request(endpoint, requestOf(body), tails));
  expect(second?.bytes.length).toBe(second?.idEnd);
  expect(second?.rest?.length).toBe(300_000);
});

test("an id within the end that two bodies share is each request's own", () => {
  const tails = new SharedTails();
  const body = Buffer.concat([Buffer.alloc(100_000, 1), Buffer.from(ID), Buffer.alloc(200_000, 2)]);
  const [, second] = [0, 1].map(() => http1Request(endpoint, requestOf(Buffer.from(body)), tails)) as [
    Http1Request,
    Http1Request,
  ];
  expect(second.bytes.subarray(0, second.idEnd).toString("latin1").endsWith(ID)).toBe(true);
  expect(second.rest?.length).toBe(200_000);
});

test("whatever the bodies share, each is sent as it is", () => {
  const piece = constantFrom("", "x", "yy").map((text) => Buffer.from(text));
  const block = constantFrom(1, 2).map((fill) => Buffer.alloc(40_000, fill));
  const body = tuple(piece, block, piece, block, piece, block).map((pieces) => Buffer.concat(pieces));
  const sentAsItIs = property(array(body, { maxLength: 5 }), (bodies) => {
    const tails = new SharedTails();
    for (const each of bodies) {
      const before = Buffer.from(each);
      expect(sent(http1Request(endpoint, requestOf(each), tails)).equals(before)).toBe(true);
    }
  });
  assert(sentAsItIs, { numRuns: 100 });
});
