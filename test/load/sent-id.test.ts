import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { EncodedRequest } from "../../src/load/engine.ts";
import { AS_ENCODED, IdFinder, sentId } from "../../src/load/engines/sent-id.ts";
import { hasSerial, writeSerial } from "../../src/load/wire/serial.ts";

const id = "load-0000000007";
const request: EncodedRequest = {
  protocol: "http",
  method: "POST",
  path: "/",
  headers: [],
  body: Buffer.from(`{"id":"${id}"}`),
  inferences: 1,
  id,
  idAt: 7,
};

test("a serial is written as ten digits, and found again", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger().map(Math.abs), (serial) => {
      const bytes = Buffer.from("<          >");
      writeSerial(bytes, 11, serial);
      expect(bytes.toString()).toBe(`<${String(serial % 1e10).padStart(10, "0")}>`);
      expect(hasSerial(bytes, 11, serial)).toBe(true);
    }),
  );
});

test("whatever differs from a serial in one byte is not taken for it", () => {
  const digit = fc.integer({ min: 0, max: 9 });
  fc.assert(
    fc.property(fc.nat(1e9), digit, fc.integer({ min: 0, max: 255 }), (serial, at, byte) => {
      const bytes = Buffer.alloc(10);
      writeSerial(bytes, 10, serial);
      fc.pre(bytes[at] !== byte);
      bytes[at] = byte;
      expect(hasSerial(bytes, 10, serial)).toBe(false);
    }),
  );
});

test("an answer carries the id that was sent, wherever it stands, and no other", () => {
  const finder = new IdFinder();
  const carries = (serial: number, body: string) => {
    const from = finder.find(request, serial, Buffer.from(body));
    if (from !== undefined) expect(body.slice(from, from + id.length)).toBe(sentId(request, serial));
    return from !== undefined;
  };
  expect(sentId(request, 42)).toBe("load-0000000042");
  expect(carries(42, '{"id":"load-0000000042"}')).toBe(true);
  expect(carries(43, '{"id":"load-0000000042"}')).toBe(false);
  expect(carries(43, '{"id":"lord-0000000043"}')).toBe(false);
  expect(carries(44, '{"outputs":[1,2,3],"id":"load-0000000044"}')).toBe(true);
  expect(carries(45, '{"outputs":[1,2,3,4],"id":"load-0000000045"}')).toBe(true);
  expect(carries(46, "")).toBe(false);
  expect(carries(AS_ENCODED, `{"id":"${id}"}`)).toBe(true);
  expect(carries(AS_ENCODED, '{"id":"load-0000000008"}')).toBe(false);
});

test("the id of a request that does not say where it stands is not looked for", () => {
  const { idAt: _where, ...without } = request;
  expect(new IdFinder().find(without, 3, request.body)).toBeUndefined();
});
