import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseExposition, sampleText } from "../../src/telemetry/prometheus-text.ts";

const samplesOf = (text: string) => parseExposition(text).samples;

describe("the Prometheus text format", () => {
  test("names, labels, escapes, values and timestamps are read", () => {
    const { samples, types } = parseExposition(
      [
        '# HELP a_total Says # anything {"at all',
        "# TYPE a_total counter",
        "# a comment",
        "a_total 1",
        'a_total{path="C:\\\\DIR\\n\\"x\\"",le="+Inf",} 1.5e-3 1395066363000',
        '\t b:c { x = "1" , y="}" }\t-Inf ',
        "d NaN\r",
        "",
        'e_bucket{le="1"} 3 # {trace_id="x"} 0.5',
        "# EOF",
      ].join("\n"),
    );
    expect(samples).toEqual([
      { name: "a_total", labels: {}, value: 1 },
      { name: "a_total", labels: { path: 'C:\\DIR\n"x"', le: "+Inf" }, value: 0.0015 },
      { name: "b:c", labels: { x: "1", y: "}" }, value: Number.NEGATIVE_INFINITY },
      { name: "d", labels: {}, value: Number.NaN },
      { name: "e_bucket", labels: { le: "1" }, value: 3 },
    ]);
    expect([...types]).toEqual([["a_total", "counter"]]);
  });

  test.each([
    ["1a 1", "does not begin with a name"],
    ["<html>", "does not begin with a name"],
    ["a", "has no value"],
    ["a ", "has no number"],
    ["a{} x", "has no number"],
    ["a 0x10", "has no number"],
    ["a 1 2 3", "goes on after its number"],
    ["a 1 soon", "goes on after its number"],
    ['a{b="c" 1', "has labels that are not well formed"],
    ['a{b="c"d="e"} 1', "has labels that are not well formed"],
    ['a{b="\\t"} 1', "has labels that are not well formed"],
    ["a{b=c} 1", "has labels that are not well formed"],
    ['a{b="1",b="2"} 1', "has the label b twice"],
    ["a{,} 1", "has labels that are not well formed"],
  ])("%s is refused", (line, problem) => {
    expect(() => parseExposition(`ok 1\n${line}`)).toThrow(`line 2 of the metrics ${problem}`);
  });

  test("of unwanted lines no more is read than the name", () => {
    const { samples } = parseExposition('a{b="never closed\nc 2\na x', (name) => name === "c");
    expect(samples).toEqual([{ name: "c", labels: {}, value: 2 }]);
  });

  test("a label may be called like a member that every object has", () => {
    expect(samplesOf('a{constructor="1",toString="2"} 1')[0]?.labels).toEqual({ constructor: "1", toString: "2" });
  });

  const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,12}$/);
  const label = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/).filter((text) => text !== "__proto__");
  const value = fc.oneof(
    // -0 is written as 0.
    fc.double({ noNaN: true }).map((number) => number + 0),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  );
  const sample = fc.record({ name, labels: fc.dictionary(label, fc.string({ unit: "binary" })), value });
  const escaped = (text: string) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
  const shown = (number: number) => String(number).replace("Infinity", "Inf");

  test("whatever is exposed is read back", () => {
    fc.assert(
      fc.property(fc.array(sample), fc.constantFrom("\n", "\r\n"), (samples, end) => {
        const text = samples
          .map((each) => {
            const pairs = Object.entries(each.labels).map(([key, text]) => `${key}="${escaped(text)}"`);
            return `${each.name}{${pairs.join(",")}} ${shown(each.value)}${end}`;
          })
          .join("");
        expect(samplesOf(text)).toEqual(samples.map((each) => ({ ...each, labels: { ...each.labels } })));
      }),
    );
  });

  test("any text is read or refused with its line", () => {
    const pieces = fc.constantFrom(
      "a",
      "{",
      "}",
      '"',
      "\\",
      "=",
      ",",
      " ",
      "\n",
      "#",
      "TYPE",
      "1",
      "e",
      ".",
      "-",
      "\0",
      "é",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((each) => each.join("")),
        ),
        (text) => {
          try {
            for (const each of samplesOf(text)) expect(each.name).toMatch(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/);
          } catch (thrown) {
            expect((thrown as Error).message).toMatch(/^line \d+ of the metrics /);
          }
        },
      ),
    );
  });

  test("a metric is named with its labels in one order", () => {
    expect(sampleText({ name: "a", labels: { z: "1", b: 'x"' } })).toBe('a{b="x\\"",z="1"}');
    expect(sampleText({ name: "a", labels: {} })).toBe("a");
  });
});
