import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { html } from "../../src/report/html/html.ts";
import { extractDocument, MAX_PAGE_BYTES, renderHtml } from "../../src/report/index.ts";
import { assemble, type ResultDocument, serialize } from "../../src/result/index.ts";
import type { Exchange } from "../../src/transport/exchange.ts";
import { check, clause, conformance, exchange, loadPoint, observations, options } from "../result/sample-run.ts";
import { hostileDocument } from "./hostile-document.ts";

const document = assemble(observations, options);
const page = await renderHtml(document);
const markupOf = (text: string) => text.replace(/<script\b[^>]*>.*?<\/script>/gs, "");

describe("the page", () => {
  test("has the same bytes each time", async () => {
    expect(await renderHtml(document)).toBe(page);
    expect(await renderHtml(JSON.parse(serialize(document)) as ResultDocument)).toBe(page);
  });

  test("gives the very bytes of result.json back", () => {
    expect(extractDocument(page)).toBe(serialize(document));
  });

  test("is refused by the extraction when it holds no document or a damaged one", () => {
    expect(() => extractDocument("<html></html>")).toThrow("holds no result document");
    expect(() => extractDocument(page.replace(/(gzip, base64">)[^<]*/, "$1AAAA"))).toThrow("is damaged");
  });

  test("loads nothing: no address in src, href, url() or @import, and a policy that forbids it", () => {
    expect(
      [...page.matchAll(/\b(?:src|href|action|srcset|data)\s*=\s*["']?([^"'\s>]*)/gi)]
        .map(([, address]) => address)
        .filter((address) => !address?.startsWith("#")),
    ).toEqual([]);
    expect(page).not.toMatch(/url\((?!#)|@import|<link|<iframe|<img/i);
    expect(page).toContain("default-src 'none'");
  });

  test("links a specification that is a web address, and nothing else", async () => {
    const says = {
      ...clause("C-1", "A statement"),
      source: { document: "https://specs.example.com/v2?x=1&y=2", section: "3" },
    };
    const bad = { ...says, id: "C-2", source: { document: 'javascript:alert(1)//https://"', section: "3" } };
    const checks = [says, bad].map((each, i) =>
      check(`v2-rest/${i}`, "T", { outcome: "fail", expected: "a", actual: "b" }, { clause: each }),
    );
    const suites = [{ ...(conformance.suites[0] as (typeof conformance.suites)[number]), checks }];
    const linked = await renderHtml(assemble({ ...observations, conformance: { ...conformance, suites } }, options));
    expect([...markupOf(linked).matchAll(/href="(?!#)([^"]*)"/g)].map(([, href]) => href)).toEqual([
      "https://specs.example.com/v2?x=1&amp;y=2",
    ]);
  });

  test("tells of each failed check: clause, level, source, expected, actual, place, exchange and command", () => {
    const article = /<article[^>]*id="check-v2-rest-infer-echoes-id".*?<\/article>/s.exec(page)?.[0] ?? "";
    for (const part of [
      "V2REST-INFER-14",
      "must",
      "carries the id of its request when",
      "Open Inference Protocol, REST, Inference",
      "&quot;42&quot;",
      "no id",
      "/id",
      "POST /v2/models/simple/infer",
      "content-type: application/json",
      "curl -isS",
    ]) {
      expect(article).toContain(part);
    }
    expect(page).toContain("grpcurl -plaintext");
    expect(page).toContain("grpc-status 13");
  });

  test("puts what is wrong before what passed, and lists the skipped with their reasons", () => {
    const order = [
      "v2-rest/infer-echoes-id</code>",
      "v2-rest/binary-output-size</code>",
      "v2-rest/infer-unknown-model-is-404</code>",
      "no model with FP16 inputs",
      "v2-rest/metadata-0</code>",
    ];
    const suite = page.slice(page.indexOf('id="suite-v2-rest"'));
    const positions = order.map((text) => suite.indexOf(text));
    expect(positions.every((position) => position > 0)).toBe(true);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  });

  test("says everything without scripts", () => {
    const still = markupOf(page);
    for (const { id } of document.conformance?.suites.flatMap((suite) => suite.checks) ?? [])
      expect(still).toContain(id);
    for (const { text } of document.gate.reasons) expect(still).toContain(html`${text}`.markup);
  });

  test("draws the charts with colours of the page and stable ids", () => {
    const charts = [...page.matchAll(/<svg.*?<\/svg>/gs)].map(([svg]) => svg);
    expect(charts).toHaveLength(14);
    for (const svg of charts) {
      expect(svg).toContain("var(--series-1)");
      expect(svg).toContain('role="img"');
      expect(svg).not.toMatch(/zr\d|#a0a0/);
      for (const [, points = ""] of svg.matchAll(/ d="([^"]*)"/g))
        expect(points.split("L").length).toBeLessThanOrEqual(200);
    }
    const ids = charts.flatMap((svg) => [...svg.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("prints no capacity of an invalid measurement, but why it is invalid", async () => {
    const point = loadPoint(64, false);
    const invalid = await renderHtml(
      assemble({ ...observations, load: [{ plan: { mode: "concurrency" }, points: [point] }] }, options),
    );
    expect(markupOf(invalid)).not.toContain(point.throughput.value.toFixed(1));
    expect(markupOf(invalid)).toContain("the event loop of the sender was busy 97 % of the time");
  });

  test("draws lines of at most 200 points, however many windows there are", async () => {
    const base = loadPoint(8);
    const windows = Array.from({ length: 900 }, (_, i) => ({
      startMs: i * 20,
      durationMs: 20,
      ok: i % 7,
      failed: 0,
      inferences: i % 7,
      p50Ns: 1e6 + i,
      p99Ns: 2e6 + i,
    }));
    const percentiles = Array.from({ length: 1000 }, (_, i) => ({ percentile: i / 10, ns: 1e6 * (1 + i) }));
    const point = { ...base, windows, latency: { ...base.latency, percentiles } };
    const long = await renderHtml(
      assemble({ ...observations, load: [{ plan: { mode: "concurrency" }, points: [point] }] }, options),
    );
    const paths = [...long.matchAll(/ d="([^"]*)"/g)].map(([, d = ""]) => d.match(/-?[\d.]+ -?[\d.]+/g)?.length ?? 0);
    expect(Math.max(...paths)).toBeLessThanOrEqual(200);
    expect(Math.max(...paths)).toBeGreaterThan(100);
  });

  test("escapes whatever a peer sends, everywhere", async () => {
    const hostile = hostileDocument();
    const markup = await renderHtml(hostile);
    expect(markup.match(/<script\b/g)).toHaveLength(2);
    expect(markup).not.toMatch(/<(?:img|a href="javascript)/i);
    expect(markupOf(markup).replaceAll(/[\t\n\r]/g, "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(markupOf(markup)).toContain("&lt;script&gt;");
    expect(markupOf(markup)).toContain("\\u{202e}");
    expect(extractDocument(markup)).toBe(serialize(hostile));
  });
});

describe("a page of 200 checks, 40 of them failed", () => {
  const suites = (make: (i: number) => readonly Exchange[]) => [
    {
      ...(conformance.suites[0] as (typeof conformance.suites)[number]),
      checks: Array.from({ length: 200 }, (_, i) => {
        const verdict =
          i < 40
            ? ({ outcome: "fail", expected: "x".repeat(200), actual: "y".repeat(200) } as const)
            : ({ outcome: "pass" } as const);
        return check(`v2-rest/check-number-${i}`, `A statement about conformant servers, number ${i}`, verdict, {
          exchanges: make(i),
          decisive: 1,
        });
      }),
    },
  ];

  test.each([
    ["JSON", () => `{"data":[${Array.from(randomBytes(3000)).join(",")}]}`],
    ["random bytes", () => new Uint8Array(randomBytes(4096))],
  ])("stays below 500 kB with large bodies of %s", async (_name, body) => {
    const make = () => [
      exchange("/v2/models/simple/infer", body(), body()),
      exchange("/v2/models/simple/infer", body(), body(), 500),
    ];
    const big = assemble({ ...observations, conformance: { ...conformance, suites: suites(make) } }, options);
    const markup = await renderHtml(big);
    expect(Buffer.byteLength(markup)).toBeLessThanOrEqual(MAX_PAGE_BYTES);
    expect(extractDocument(markup)).toBe(serialize(big));
    expect(markup.match(/<article class="check fail"/g)?.length).toBeGreaterThanOrEqual(40);
  });
});

test("the template escapes every value but markup of its own, and shows invisible characters", () => {
  const inner = html`<b>${"<i>"}</b>`;
  expect(html`<p title="${`"'&`}">${inner}${["a<", 1, undefined, false]}${"a\u0000\u202eb\n"}</p>`.markup).toBe(
    '<p title="&quot;&#39;&amp;"><b>&lt;i&gt;</b>a&lt;1a\\u{0}\\u{202e}b\n</p>',
  );
});
