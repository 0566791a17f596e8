import { describe, expect, test } from "vitest";
import { parseConfig } from "../../src/cli/config.ts";

const problemOf = (text: string): string => {
  try {
    parseConfig(text, "infermark.yaml");
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return "";
};

describe("an infermark.yaml", () => {
  test("gives its options as they stand", () => {
    const text = "rest: http://127.0.0.1:1\nmodel: [a, b]\nconcurrency: 4\nsubject:\n  runtime: mine\n";
    expect(parseConfig(text)).toEqual({
      rest: "http://127.0.0.1:1",
      model: ["a", "b"],
      concurrency: 4,
      subject: { runtime: "mine" },
    });
  });

  test("may give a number, or whether at all, where a flag's number may be left out", () => {
    expect(parseConfig("fuzz: 200\n")).toEqual({ fuzz: 200 });
    expect(parseConfig("fuzz: true\n")).toEqual({ fuzz: true });
    expect(problemOf("fuzz: often\n")).toBe("infermark.yaml:1: fuzz must be a whole number or true or false");
  });

  test("may be empty", () => {
    expect(parseConfig("")).toEqual({});
    expect(parseConfig("# nothing yet\n")).toEqual({});
  });

  test.each([
    [
      "an unknown key",
      "rest: x\nwaitRedy: 3s\n",
      'infermark.yaml:2: unknown key "waitRedy"; did you mean "waitReady"?',
    ],
    [
      "an unknown key of the subject",
      "subject:\n  runtime: x\n  runtme: x\n",
      'infermark.yaml:3: unknown key "runtme"; did you mean "runtime"?',
    ],
    ["a key unlike any other", "rest: x\nsomething_else_entirely: 1\n", "infermark.yaml:2: unknown key"],
    ["a duration without unit", "rest: x\ntimeout: 3\n", "infermark.yaml:2: timeout must be a duration like 500ms"],
    ["a duration with another unit", "timeout: 3d\n", "infermark.yaml:1: timeout must be a duration like 500ms"],
    ["a number in place of a list", "header: 3\n", "infermark.yaml:1: header must be a text or a list of texts"],
    ["a map inside a list", "header:\n  - 'a: b'\n  - {x: 1}\n", "infermark.yaml:3: header.1 must be a text"],
    ["a fraction", "\nconcurrency: 1.5\n", "infermark.yaml:2: concurrency must be a whole number"],
    ["a count that is too small", "concurrency: 0\n", "infermark.yaml:1: concurrency must be at least 1"],
    ["an engine that does not exist", "engine: undicy\n", "infermark.yaml:1: engine must be one of wire, undici,"],
    [
      "a size of the wrong kind",
      "maxResponse: [1]\n",
      "infermark.yaml:1: maxResponse must be a text or a whole number",
    ],
    ["a list in place of a map", "- a\n", "infermark.yaml:1: the file must be a map of options"],
    ["a key twice", "rest: a\nrest: b\n", "infermark.yaml:2: Map keys must be unique"],
    ["a quote that does not end", 'rest: "x\n', "infermark.yaml:2: "],
    ["two documents", "rest: a\n---\nrest: b\n", "infermark.yaml:2: it holds more than one YAML document"],
  ])("with %s is refused with its line", (_, text, said) => {
    expect(problemOf(text)).toContain(said);
    expect(problemOf(text)).not.toMatch(/at line \d/);
  });
});
