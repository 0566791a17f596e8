import { createRequire } from "node:module";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../src/base/random.ts";
import { decodeBlock, encodeField, encodeIndexed, type Field } from "../../../src/load/wire/http2/hpack.ts";
import { decodeHuffman } from "../../../src/load/wire/http2/huffman.ts";
import { block, huffman, integer } from "./http2-fuzz/server-bytes.ts";

const decode = (bytes: Uint8Array) => decodeBlock(bytes, 0, bytes.length);
const octets = (text: string) => Buffer.from(text, "latin1");

/** It has no types of its own. */
interface Decompressor {
  on(event: "error", hear: () => void): void;
  write(bytes: Buffer): void;
  execute(): void;
  read(): { readonly name: string; readonly value: string } | null;
}
const hpack = createRequire(import.meta.url)("hpack.js") as {
  readonly decompressor: { create(options: { readonly table: { readonly maxSize: number } }): Decompressor };
};

/** What hpack.js makes of a block for a table of size 0; undefined when it refuses it. */
function oracle(bytes: Uint8Array): readonly Field[] | undefined {
  const decompressor = hpack.decompressor.create({ table: { maxSize: 0 } });
  let refused = false;
  decompressor.on("error", () => {
    refused = true;
  });
  decompressor.write(Buffer.from(bytes));
  decompressor.execute();
  if (refused) return undefined;
  const fields: Field[] = [];
  for (let each = decompressor.read(); each !== null; each = decompressor.read()) fields.push([each.name, each.value]);
  return fields;
}

describe("header blocks", () => {
  test("of RFC 7541, C.4.1 and C.6.1, as far as they need no dynamic table", () => {
    expect(decode(Buffer.from("828684418cf1e3c2e5f23a6ba0ab90f4ff", "hex"))).toEqual([
      [":method", "GET"],
      [":scheme", "http"],
      [":path", "/"],
      [":authority", "www.example.com"],
    ]);
    const response =
      "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3";
    expect(decode(Buffer.from(response, "hex"))).toEqual([
      [":status", "302"],
      ["cache-control", "private"],
      ["date", "Mon, 21 Oct 2013 20:13:21 GMT"],
      ["location", "https://www.example.com"],
    ]);
  });

  test("are read as hpack.js reads them, in every coding", () => {
    const text = fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)) });
    const field = fc.tuple(text, text);
    fc.assert(
      fc.property(fc.array(field), fc.string(), (fields, seed) => {
        const bytes = block(fields, seededRandom(seed));
        expect(decode(bytes)).toEqual(fields);
        expect(oracle(bytes)).toEqual(fields);
      }),
    );
  });

  test("that are any bytes are refused, or read as hpack.js reads them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        let ours: readonly Field[] | undefined;
        try {
          ours = decode(bytes);
        } catch (thrown) {
          expect(String(thrown)).toMatch(/COMPRESSION_ERROR: \w/);
        }
        if (ours !== undefined) expect(oracle(bytes)).toEqual(ours);
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ["index 0", "80"],
    ["an index of a dynamic table", "be"],
    ["a name of a dynamic table", "7e0161"],
    ["a table size above 0", "21"],
    ["a table size after a field", "8820"],
    ["an integer that does not end", "ffffffffff"],
    ["an integer out of bounds", "ffffffffffffff7f"],
    ["a text that is too long", "00056162"],
    ["a field without a value", "000161"],
    ["a Huffman code with more than seven bits of padding", "000161821fff"],
    ["a Huffman code with padding of zeros", "0001618118"],
    ["a Huffman code of the end of a string", "00016184ffffffff"],
  ])("are refused with %s", (_, bytes) => {
    expect(() => decode(Buffer.from(bytes, "hex"))).toThrow("COMPRESSION_ERROR");
  });

  test("begin with any number of updates of the table size to 0", () => {
    expect(decode(Buffer.from("202088", "hex"))).toEqual([[":status", "200"]]);
  });
});

describe("what is encoded", () => {
  test("is read by hpack.js", () => {
    const long = "v".repeat(300);
    const bytes = Buffer.concat([encodeIndexed(3), encodeField([":path", "/a.B/C"], 4), encodeField(["x-long", long])]);
    const fields = [
      [":method", "POST"],
      [":path", "/a.B/C"],
      ["x-long", long],
    ];
    expect(oracle(bytes)).toEqual(fields);
    expect(decode(bytes)).toEqual(fields);
  });
});

describe("Huffman codes", () => {
  test("stand for every octet, whatever is beside it", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const coded = huffman(bytes);
        expect(octets(decodeHuffman(coded, 0, coded.length) as string)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test("of all octets are those of hpack.js", () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const coded = huffman(all);
    const bytes = Buffer.concat([Buffer.from([0x00, 0x01, 0x61]), integer(coded.length, 7, 0x80), coded]);
    const [field] = oracle(bytes) as [Field];
    expect(Buffer.from(field[1], "utf8").equals(all) || octets(field[1]).equals(all)).toBe(true);
  });
});
