import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalBody } from "../../src/transport/canonical-body.ts";
import { utf8 } from "./servers.ts";

const canonical = (text: string) => canonicalBody(utf8(text));

/** The same value with whitespace and the members of objects in reverse. */
function rewritten(value: unknown): string {
  if (Array.isArray(value)) return `[ ${value.map(rewritten).join(" ,\n")} ]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)} : ${rewritten(member)}`);
  return `{\t${members.toReversed().join(",")} }`;
}

describe("the canonical form of a body", () => {
  test("is the same for the same JSON, however it is written", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonical(rewritten(value))).toBe(canonical(JSON.stringify(value)));
      }),
    );
  });

  test("differs for JSON that differs", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        fc.pre(JSON.stringify(sorted(a)) !== JSON.stringify(sorted(b)));
        expect(canonical(JSON.stringify(a))).not.toBe(canonical(JSON.stringify(b)));
      }),
    );
  });

  test("tells numbers apart that a double cannot", () => {
    expect(canonical("[9007199254740993]")).not.toBe(canonical("[9007199254740992]"));
    expect(canonical("[1.0]")).not.toBe(canonical("[1]"));
  });

  test("keeps the order of members with one name", () => {
    expect(canonical('{"a":1,"a":2}')).not.toBe(canonical('{"a":2,"a":1}'));
  });

  test("of anything else is its bytes", () => {
    const bodies = [
      utf8("{"),
      utf8("NaN"),
      Uint8Array.of(0xff),
      Uint8Array.of(0xfe),
      utf8("\ufeff{}"),
      utf8("{}"),
      new Uint8Array(0),
      utf8("[".repeat(20_000) + "]".repeat(20_000)),
    ];
    expect(new Set(bodies.map(canonicalBody)).size).toBe(bodies.length);
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .map(([key, member]) => [key, sorted(member)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
