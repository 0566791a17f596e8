import { describe, expect, test } from "vitest";
import {
  extractDocument,
  MAX_PAGE_BYTES,
  renderComparison,
  renderComparisonHtml,
  renderComparisonMarkdown,
  renderConsole,
  renderGithub,
  renderHtml,
  renderJunit,
  renderMarkdown,
} from "../../src/report/index.ts";
import { compareDocuments } from "../../src/result/compare/index.ts";
import { type Comparison, problemsOf, type ResultDocument, serialize } from "../../src/result/index.ts";
import { documentOf, freeTexts, HOSTILE, hostileDocument, textsMadeOf } from "./hostile-document.ts";

const hostile = hostileDocument();

/** The tags of a page in their order, without their attributes. */
function tagsOf(page: string): readonly string[] {
  const markup = page.replace(/<script\b[^>]*>.*?<\/script>|<style>.*?<\/style>/gs, "");
  return [...markup.matchAll(/<\/?[a-z][a-z0-9]*/gi)].map(([tag]) => tag);
}

test("the hostile document is made from the schema: it keeps to it, and each free text of it is hostile", () => {
  expect(problemsOf(hostile)).toEqual([]);
  const paths = freeTexts();
  expect(paths.length).toBeGreaterThan(120);
  for (const path of ["/load/runs/*/points/*/telemetry/series/*/labels/*", "/conformance/fuzz/findings/*/actual"])
    expect(paths).toContain(path);
  expect(paths.filter((path) => !textsAt(hostile, path).some((text) => text.startsWith(HOSTILE)))).toEqual([
    "/load/runs/*/points/*/intervals/*/latencies",
  ]);
  expect(textsMadeOf(HOSTILE, hostile)).toBeGreaterThan(paths.length);
});

describe("a page", () => {
  test("has the same tags whatever the peer sends, and nothing that acts", async () => {
    const page = await renderHtml(hostile);
    expect(tagsOf(page)).toEqual(tagsOf(await renderHtml(documentOf("plain"))));
    expect(page.match(/<script\b/g)).toHaveLength(2);
    expect(page).not.toMatch(/\son[a-z]+\s*=\s*[^&\s]*alert(?!\()/i);
    expect(extractDocument(page)).toBe(serialize(hostile));
  });

  test("cuts texts of 1 MB, says so, and stays within 500 kB", async () => {
    const huge = documentOf("plain");
    const long = "<b>".padEnd(1_000_000, "long ");
    const [target] = huge.targets;
    const check = huge.conformance?.suites[0]?.checks[0];
    const point = huge.load?.runs[0]?.points[0];
    if (!target || !check || !point) throw new Error("the document lacks a part");
    target.server.name = long;
    check.title = long;
    check.expected = long;
    point.model = long;
    point.errors = [{ outcome: long, message: long }];
    for (const series of point.telemetry?.series ?? []) series.labels = { gpu: long };
    huge.subject.runtime = long;
    const page = await renderHtml(huge);
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(MAX_PAGE_BYTES);
    expect(page).toContain("[1000000 characters in all; the whole is in the document]");
    expect(extractDocument(page)).toBe(serialize(huge));
  });

  test("stays within 500 kB and says so where every text is long", async () => {
    const page = await renderHtml(documentOf("plain ".repeat(400)));
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(MAX_PAGE_BYTES);
    expect(page).toContain("[2400 characters in all; the whole is in the document]");
  });
});

test.each([
  ["Markdown", renderMarkdown],
  ["the console", (document: ResultDocument) => renderConsole(document, { color: false, columns: 100 })],
  ["annotations", renderGithub],
  ["JUnit", renderJunit],
])("%s cuts texts of 100 kB and says so", (_name, render) => {
  const text = render(documentOf("y".repeat(100_000)));
  expect(text).toContain("y");
  for (const [run] of text.matchAll(/y{100,}/g)) expect(run.length).toBeLessThanOrEqual(10_000);
});

/** Of two documents that differ in all that a comparison tells: verdicts, checks, suites, facts and numbers of load. */
function comparisonOf(text: string): Comparison {
  const [before, after] = [documentOf(text), documentOf(text)];
  for (const document of [before, after])
    for (const [index, suite] of (document.conformance?.suites ?? []).entries()) {
      suite.id += index;
      for (const [number, check] of suite.checks.entries()) check.id += number;
    }
  const [first, second] = before.conformance?.suites ?? [];
  const [changed] = after.conformance?.suites ?? [];
  if (!first || !second || !changed) throw new Error("the document lacks a part");
  for (const check of first.checks) check.outcome = "pass";
  second.claimed = false;
  changed.checks.push({ ...(changed.checks[0] as (typeof changed.checks)[number]), id: `${text} of its own` });
  after.subject.runtime = `${text} of another name`;
  for (const point of after.load?.runs.flatMap(({ points }) => points) ?? [])
    for (const window of point.windows) window.ok /= 2;
  return compareDocuments(before, after);
}

describe("a comparison", () => {
  const pageOf = (name: string, comparison: Comparison) => renderComparisonHtml(name, [{ name, comparison }]);

  test("tells of everything that may be hostile", () => {
    const { facts, conformance, load } = comparisonOf(HOSTILE);
    expect([facts.length, conformance?.newFailures.length, load?.points.length]).not.toContain(0);
    expect(textsMadeOf(HOSTILE, { facts, conformance, load })).toBeGreaterThan(50);
  });

  test("has the same tags whatever the peer sends, and no scripts", async () => {
    const page = await pageOf(HOSTILE, comparisonOf(HOSTILE));
    expect(tagsOf(page)).toEqual(tagsOf(await pageOf("plain", comparisonOf("plain"))));
    expect(page).not.toMatch(/<script/i);
    expect(page).not.toMatch(/(?![\t\n\r])[\p{Cc}\p{Cf}]/u);
  });

  test("stays on its lines in Markdown and on a terminal", () => {
    const [hostileOne, plainOne] = [comparisonOf(HOSTILE), comparisonOf("plain")];
    const lines = renderComparisonMarkdown(hostileOne).split("\n");
    expect(lines.length).toBe(renderComparisonMarkdown(plainOne).split("\n").length);
    for (const line of lines) expect(line).not.toMatch(/<|@someone|^::|\]\(/);
    const shown = renderComparison(hostileOne, { color: false }).split("\n");
    expect(shown.length).toBe(renderComparison(plainOne, { color: false }).split("\n").length);
    expect(shown.join("")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test("cuts texts of 1 MB", async () => {
    const long = "<b>".padEnd(1_000_000, "long ");
    const comparison = comparisonOf(long);
    expect((await pageOf("a", comparison)).length).toBeLessThan(MAX_PAGE_BYTES);
    expect(renderComparisonMarkdown(comparison).length).toBeLessThan(MAX_PAGE_BYTES);
    expect(renderComparison(comparison, { color: false }).length).toBeLessThan(MAX_PAGE_BYTES);
  });
});

function textsAt(value: unknown, path: string): readonly string[] {
  const [, first = "", ...rest] = path.split("/");
  if (path === "") return typeof value === "string" ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  const members = first === "*" ? Object.values(value) : [(value as Record<string, unknown>)[first]];
  return members.flatMap((member) => textsAt(member, rest.length === 0 ? "" : `/${rest.join("/")}`));
}
