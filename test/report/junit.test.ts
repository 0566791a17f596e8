import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { renderJunit } from "../../src/report/index.ts";
import { assemble, type ResultDocument } from "../../src/result/index.ts";
import { observations, options } from "../result/sample-run.ts";
import { hostileDocument } from "./hostile-document.ts";
import { type Element, parseXml } from "./parse-xml.ts";

const document = assemble(observations, options);
const hostile = hostileDocument();

/** Attributes and children that the common schemas require or allow, by element. */
const SHAPES: Readonly<Record<string, { required: readonly string[]; children: readonly string[] }>> = {
  testsuites: { required: [], children: ["testsuite"] },
  testsuite: {
    required: ["name", "id", "package", "timestamp", "hostname", "tests", "failures", "errors", "skipped", "time"],
    children: ["properties", "testcase", "system-out", "system-err"],
  },
  testcase: { required: ["classname", "name", "time"], children: ["failure", "error", "skipped"] },
  properties: { required: [], children: [] },
  failure: { required: ["message", "type"], children: [] },
  error: { required: ["message", "type"], children: [] },
  skipped: { required: ["message"], children: [] },
  "system-out": { required: [], children: [] },
  "system-err": { required: [], children: [] },
};

function checkShape(element: Element): void {
  const shape = SHAPES[element.name];
  expect(shape, element.name).toBeDefined();
  expect(Object.keys(element.attributes).sort()).toEqual([...(shape?.required ?? [])].sort());
  for (const child of element.children) {
    expect(shape?.children).toContain(child.name);
    checkShape(child);
  }
}

describe("the JUnit file", () => {
  test.each([
    ["a run", document],
    ["a run against a hostile peer", hostile],
  ])("of %s has the elements and attributes of the common schemas", (_name, each) => {
    const root = parseXml(renderJunit(each));
    expect(root.name).toBe("testsuites");
    checkShape(root);
    for (const suite of root.children) {
      const names = suite.children.map(({ name }) => name);
      expect([names[0], ...names.slice(-2)]).toEqual(["properties", "system-out", "system-err"]);
      expect(suite.attributes["timestamp"]).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/);
      const cases = suite.children.filter(({ name }) => name === "testcase");
      const having = (kind: string) =>
        cases.filter(({ children }) => children.some(({ name }) => name === kind)).length;
      expect(suite.attributes).toMatchObject({
        tests: String(cases.length),
        failures: String(having("failure")),
        errors: String(having("error")),
        skipped: String(having("skipped")),
      });
    }
  });

  test("says fail as failure, known failures, skips and doubts as skipped, and our own defects as error", () => {
    const [suite] = observations.conformance?.suites ?? [];
    if (!suite) throw new Error("no suite");
    const broken = {
      ...suite,
      checks: suite.checks.map((each, i) =>
        i === 10 ? { ...each, verdict: { outcome: "error" as const, message: "broke" } } : each,
      ),
    };
    const run = assemble({ ...observations, conformance: { suites: [broken], profiles: [], partial: false } }, options);
    const cases = parseXml(renderJunit(run)).children[0]?.children.filter(({ name }) => name === "testcase") ?? [];
    const kinds = cases.map(({ children }) => children[0]?.name ?? "passed");
    expect(kinds.slice(0, 11)).toEqual([
      "failure",
      "skipped",
      "skipped",
      "passed",
      "skipped",
      "skipped",
      "passed",
      "passed",
      "passed",
      "passed",
      "error",
    ]);
    expect(cases[0]?.children[0]?.attributes["message"]).toBe('expected "42", got no id');
    expect(cases[0]?.children[0]?.text).toContain("curl -isS");
    expect(cases[1]?.children[0]?.attributes["message"]).toBe("known failure: The proxy answers in HTML");
    expect(cases[2]?.children[0]?.attributes["message"]).toBe(
      "inconclusive: the target answered 429 to all of 3 attempts",
    );
  });

  test("holds a suite of thresholds", () => {
    const suite = parseXml(renderJunit(document)).children.at(-1);
    expect(suite?.attributes).toMatchObject({ name: "thresholds", tests: "2", failures: "1", skipped: "1" });
  });

  test("keeps the text of hostile names, with what XML cannot hold replaced", () => {
    const xml = renderJunit(hostile);
    expect(xml.replaceAll(/[\t\n\r]/g, "")).not.toMatch(/[\p{Cc}\p{Cs}\ufffe\uffff]/u);
    const name = parseXml(xml).children[0]?.children[1]?.attributes["name"] ?? "";
    expect(name).toContain("<script>alert(1)</script>");
    expect(name).toContain("]]>\ufffd\ufffd\ufffd[31m\u202e\ufffd\ufffd ::error::x%0A\r\n");
  });

  test.skipIf(!pythonWorks())("is read by another parser as well", () => {
    const script =
      "import sys, xml.etree.ElementTree as E; r = E.fromstring(sys.stdin.buffer.read()); print(len(r.findall('.//testcase')), len(r.findall('.//failure')))";
    expect(
      execFileSync("python3", ["-c", script], { input: renderJunit(hostile) })
        .toString()
        .trim(),
    ).toBe(`${all(hostile, "testcase")} ${all(hostile, "failure")}`);
  });
});

function all(of: ResultDocument, wanted: string): number {
  const count = ({ name, children }: Element): number =>
    children.reduce((sum, child) => sum + count(child), name === wanted ? 1 : 0);
  return count(parseXml(renderJunit(of)));
}

function pythonWorks(): boolean {
  try {
    execFileSync("python3", ["-c", "import xml.etree.ElementTree"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
