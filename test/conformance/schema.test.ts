import { describe, expect, test } from "vitest";
import { bodySchema } from "../../src/conformance/schema.ts";

const SCHEMA = {
  type: "object",
  clause: "IS-OBJECT",
  required: ["name"],
  properties: {
    name: { type: "string", minLength: 1, clause: "NAME" },
    size: { type: ["integer", "null"], clause: "SIZE" },
    kind: { enum: ["a", "b"], clause: "KIND" },
    fixed: { const: { x: 1 }, clause: "FIXED" },
    tag: { type: "string", nullWarns: true, clause: "TAG" },
    label: { type: "string", clause: "LABEL" },
    free: { type: "number", minimum: 3 },
    list: { type: "array", items: { type: "object", required: ["id"], clause: "ITEM" } },
  },
};

// Compiled anew in each test, so that a schema that does not compile is a failure of its own.
const violations = (value: unknown) => bodySchema(SCHEMA).violations(value);

const only = (value: unknown) => {
  const found = violations(value);
  expect(found.length).toBe(1);
  return found[0];
};

describe("a body schema", () => {
  test("has nothing against a value that fits, and allows members that it does not name", () => {
    expect(violations({ name: "n", size: null, kind: "a", fixed: { x: 1 }, list: [{ id: 1 }], other: 1 })).toEqual([]);
  });

  test("tells the clause, the place and the type that was expected", () => {
    expect(only({ name: 7 })).toEqual({
      clause: "NAME",
      at: "/name",
      expected: "type string",
      value: 7,
      nullOnly: false,
    });
    expect(only({ name: "n", size: "big" })).toMatchObject({ clause: "SIZE", expected: "type integer or null" });
    expect(only([])).toMatchObject({ clause: "IS-OBJECT", at: "", expected: "type object" });
  });

  test("tells a missing member where it should be, by the clause of its owner", () => {
    expect(only({})).toEqual({
      clause: "IS-OBJECT",
      at: "/name",
      expected: 'a member "name"',
      value: undefined,
      nullOnly: false,
    });
    expect(only({ name: "n", list: [{ id: 1 }, {}] })).toMatchObject({ clause: "ITEM", at: "/list/1/id" });
  });

  test("tells which values are allowed", () => {
    expect(only({ name: "n", kind: "c" })).toMatchObject({ clause: "KIND", expected: "one of a, b", value: "c" });
    expect(only({ name: "n", fixed: 1 })).toMatchObject({ clause: "FIXED", expected: 'the value {"x":1}' });
  });

  test("tells any other rule in its own words, and that no clause stands behind it", () => {
    expect(only({ name: "n", free: 1 })).toMatchObject({ clause: undefined, expected: "a value that must be >= 3" });
    expect(only({ name: "" })).toMatchObject({ expected: expect.stringMatching(/^a value that must NOT have fewer/) });
  });

  test("tells null apart only where the schema says that null warns", () => {
    expect(only({ name: "n", tag: null })).toMatchObject({ clause: "TAG", nullOnly: true });
    expect(only({ name: "n", tag: 1 })).toMatchObject({ clause: "TAG", nullOnly: false });
    expect(only({ name: "n", label: null })).toMatchObject({ clause: "LABEL", nullOnly: false });
  });

  test("reports every violation", () => {
    expect(violations({ name: 1, size: "x", kind: "z" }).map(({ clause }) => clause)).toEqual(["NAME", "SIZE", "KIND"]);
  });

  test("does not compile with a keyword that nobody knows", () => {
    expect(() => bodySchema({ type: "object", claws: "C" })).toThrow(/unknown keyword/);
  });
});
