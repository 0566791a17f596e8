import { expect, test } from "vitest";
import { MAX_PAGE_BYTES, renderHtml } from "../../src/report/index.ts";
import { problemsOf, serialize } from "../../src/result/index.ts";
import { fullSuite, hourOfLoad, loadOnly, sweepOf60Points } from "./large-documents.ts";

const MAX_DOCUMENT_BYTES = 1_000_000;

test("the page of a full suite and a sweep of 60 points has at most 500 kB", async () => {
  const document = { ...fullSuite(), load: { runs: sweepOf60Points() } };
  expect(problemsOf(document)).toEqual([]);
  const page = await renderHtml(document);
  expect(Buffer.byteLength(page)).toBeLessThanOrEqual(MAX_PAGE_BYTES);
  expect(page.match(/<article class="check fail"/g)?.length).toBeGreaterThanOrEqual(5);
  expect(page).toContain('aria-label="Throughput against latency, run 3"');
  expect(page).toContain("How latencies spread over time");
});

test("the document of an hour of load has at most 1 MB, and its page at most 500 kB", async () => {
  const document = loadOnly([hourOfLoad()]);
  expect(problemsOf(document)).toEqual([]);
  expect(document.load?.runs[0]?.points[0]?.windows.length).toBeLessThanOrEqual(300);
  expect(Buffer.byteLength(serialize(document))).toBeLessThanOrEqual(MAX_DOCUMENT_BYTES);
  expect(Buffer.byteLength(await renderHtml(document))).toBeLessThanOrEqual(MAX_PAGE_BYTES);
});
