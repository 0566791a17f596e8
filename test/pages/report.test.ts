import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { galleryPage } from "../../bin/gallery/page.ts";
import { publishedReport, publishedResults, titleOf } from "../../bin/gallery/published.ts";
import { renderComparisonHtml, renderHtml } from "../../src/report/index.ts";
import { compareDocuments } from "../../src/result/compare/index.ts";
import { assemble } from "../../src/result/index.ts";
import { documentOf } from "../report/hostile-document.ts";
import { fullSuite, hourOfLoad, loadOnly, simulatedPoint } from "../report/large-documents.ts";
import { observations, options } from "../result/sample-run.ts";

const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const sweep = [1, 4].flatMap((batch) =>
  [1, 8, 64].map((concurrency) =>
    simulatedPoint({
      protocol: "v2-rest",
      encoding: "json",
      batch,
      concurrency,
      durationMs: 4000,
      windowMs: 100,
      intervalMs: 400,
      telemetryMs: 1000,
    }),
  ),
);

const certified = assemble(observations, options);
const whole = documentOf("plain");
const comparison = compareDocuments(whole, { ...whole, subject: { runtime: "another" } });

const published = publishedResults();
const PAGES: readonly (readonly [string, () => string | Promise<string>])[] = [
  ["the report of a certified runtime", () => renderHtml(certified)],
  ["the report of a published result", () => renderHtml(fullSuite())],
  ["the report of a sweep alone", () => renderHtml(loadOnly([{ plan: { mode: "sweep" }, points: sweep }]))],
  ["the report of an hour of load", () => renderHtml(loadOnly([hourOfLoad()]))],
  ["the report of every member of the schema", () => renderHtml(whole)],
  ...published.map((each) => [`the report of ${titleOf(each)}`, () => publishedReport(each)] as const),
  ["a comparison", () => renderComparisonHtml("before.json", [{ name: "after.json", comparison }])],
  ["the gallery", () => galleryPage(published)],
];

const VIEWS: readonly (readonly [string, BrowserContextOptions])[] = [
  ["wide and light", { viewport: { width: 1280, height: 900 }, colorScheme: "light" }],
  ["narrow and dark", { viewport: { width: 390, height: 800 }, colorScheme: "dark" }],
];

describe.skipIf(!existsSync(executablePath))(
  `a page in Chromium (skipped without one: ${executablePath}, or CHROMIUM_PATH)`,
  // A browser beside other tests on two cores may be slow to answer.
  { timeout: 300_000 },
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    });
    afterAll(async () => browser.close());

    const opened = async (render: () => string | Promise<string>, view: BrowserContextOptions): Promise<Page> => {
      // The policy of the page keeps foreign scripts out, that of axe too.
      const context = await browser.newContext({ ...view, bypassCSP: true });
      const page = await context.newPage();
      await page.setContent(await render());
      return page;
    };
    const unfold = "for (const each of document.querySelectorAll('details')) each.open = true";

    for (const [what, render] of PAGES) {
      test.each(VIEWS)(`${what}, %s, breaks no rule of axe and does not scroll sideways`, async (_view, view) => {
        const page = await opened(render, view);
        await page.evaluate(unfold);
        await page.evaluate(axe);
        const found = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })");
        const { violations } = found as { violations: { id: string; nodes: { html: string }[] }[] };
        expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
        const [content = 0, room = 0] = await page.evaluate<number[]>(
          "[document.documentElement.scrollWidth, innerWidth]",
        );
        expect(content).toBeLessThanOrEqual(room);
        await page.context().close();
      });

      test(`${what} has no label in a chart that is cut or lies on another`, async () => {
        const page = await opened(render, { viewport: { width: 1280, height: 900 } });
        await page.evaluate(unfold);
        expect(await page.evaluate(badLabels)).toEqual([]);
        await page.context().close();
      });

      test(`${what} says the same without scripts, but for the fields and buttons that they add`, async () => {
        const texts = [];
        for (const javaScriptEnabled of [true, false]) {
          const page = await opened(render, { javaScriptEnabled });
          texts.push(await page.evaluate(textWithoutControls));
          await page.context().close();
        }
        expect(texts[1]).toBe(texts[0]);
      });
    }
  },
);

const textWithoutControls = `(() => {
  const main = document.querySelector("main").cloneNode(true);
  for (const each of main.querySelectorAll("button, input")) each.remove();
  return main.textContent;
})()`;

/** Labels of charts that reach beyond their chart, and pairs that lie on each other; evaluated in the page. */
const badLabels = `[...document.querySelectorAll("svg[role=img]")].flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  const labels = [...svg.querySelectorAll("text")].map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
  const cut = labels.filter(({ box }) => box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
  const over = labels.flatMap((a, i) => labels.slice(i + 1).filter((b) =>
    Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > 1 &&
    Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 3).map((b) => a.text + " | " + b.text));
  return [...cut.map(({ text }) => "cut: " + text), ...over].map((problem) => svg.getAttribute("aria-label") + ": " + problem);
})`;
