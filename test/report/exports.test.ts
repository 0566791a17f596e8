import hdr from "hdr-histogram-js";
import { describe, expect, test } from "vitest";
import {
  renderBadgeJson,
  renderBadgeSvg,
  renderCsv,
  renderHlog,
  renderPrComment,
  renderPrometheus,
  renderWindowsCsv,
} from "../../src/report/index.ts";
import { compareDocuments } from "../../src/result/compare/index.ts";
import { assemble, type LoadPoint, type Profile, type ResultDocument, type Suite } from "../../src/result/index.ts";
import { createHistogram } from "../../src/statistics/index.ts";
import { parseExposition } from "../../src/telemetry/prometheus-text.ts";
import { loadPoint, observations, options } from "../result/sample-run.ts";
import { HOSTILE, hostileDocument, longWindedDocument } from "./hostile-document.ts";
import { parseXml } from "./parse-xml.ts";

const document = assemble(observations, options);
const hostile = hostileDocument();
const longWinded = longWindedDocument();
const points = document.load?.runs.flatMap((run) => run.points) ?? [];

function withSuites(suites: readonly Suite[], profiles?: readonly Profile[]): ResultDocument {
  const { conformance } = document;
  if (!conformance) throw new Error("the sample has no conformance part");
  return {
    ...document,
    conformance: { ...conformance, suites: [...suites], ...(profiles && { profiles: [...profiles] }) },
  };
}

function loadOnly(measured: readonly LoadPoint[]): ResultDocument {
  const { conformance: _, ...rest } = observations;
  return assemble(
    { ...rest, load: [{ plan: { mode: "sweep" }, points: [...measured] }] },
    { ...options, thresholds: [], requestedProfiles: [] },
  );
}

/** A point whose histograms hold so many milliseconds each. */
function pointOf(latencies: readonly number[], service = latencies): LoadPoint {
  const distribution = (values: readonly number[]) => {
    const histogram = createHistogram();
    for (const ms of values) histogram.recordNs(ms * 1e6);
    const { count, minNs, maxNs, meanNs, clamped } = histogram;
    const encoded = histogram.encode();
    histogram.destroy();
    return { count, minNs, maxNs, meanNs, clamped, percentiles: [], histogram: encoded };
  };
  return { ...loadPoint(1), latency: distribution(latencies), service: distribution(service) };
}

describe("the badge", () => {
  test.each([
    ["of a run that failed", document, "not conformant", "c02b2b"],
    ["of a load that was measured", loadOnly([loadPoint(8)]), /^measured: \d+\/s, p99 [\d.]+ ms$/, "1b7a3d"],
    ["of an invalid load shows no rate", loadOnly([loadPoint(8, false)]), "measured, but not valid", "8a5a00"],
  ])("%s is an endpoint of shields.io", (_, each, message, color) => {
    const badge = JSON.parse(renderBadgeJson(each)) as Record<string, unknown>;
    expect(Object.keys(badge).sort()).toEqual(["color", "label", "message", "schemaVersion"]);
    expect(badge).toMatchObject({ schemaVersion: 1, label: "infermark", color });
    expect(badge["message"]).toMatch(message);
  });

  test("names the profiles that were earned", () => {
    const earned = document.conformance?.profiles.map((each) => ({ ...each, status: "earned" as const })) ?? [];
    const fine = {
      ...withSuites([], earned),
      gate: { exitCode: 0, reasons: [] },
      baseline: { file: "", entries: [] },
    };
    expect(JSON.parse(renderBadgeJson(fine))).toMatchObject({ message: "conformant: oip-rest, oip-grpc, kserve-v1" });
  });

  test.each([
    ["a run", document],
    ["a hostile peer", hostile],
    ["a long-winded peer", longWinded],
  ])("as a picture of %s is one well-formed drawing that says the same", (_, each) => {
    const svg = parseXml(renderBadgeSvg(each));
    const { message } = JSON.parse(renderBadgeJson(each)) as { readonly message: string };
    expect(svg.name).toBe("svg");
    expect(svg.attributes["aria-label"]).toBe(`infermark: ${message}`);
    expect(Number(svg.attributes["width"])).toBeLessThan(700);
    expect(JSON.stringify(svg)).not.toMatch(/"name":"(?:script|image|foreignObject)"/);
    // Several may stand on one page.
    expect(renderBadgeSvg(each)).not.toMatch(/ id=|url\(#/);
  });
});

describe("the comment for a pull request", () => {
  test("says the verdict, what failed, load with its validity, and where the report is", () => {
    const text = renderPrComment(document, { link: "https://ci.example.com/run/7?a=b(c)", id: "gpu job" });
    expect(text).toMatch(/^<!-- infermark: gpu-job -->\n### ❌ Not conformant: Example Serving 1\.4\.2\n/);
    expect(text).toContain("**2 failed checks**, and 1 known\n\n- `v2-rest/infer-echoes-id` ");
    expect(text).toMatch(/\| 8 in flight \| [\d.]+ ± [\d.]+ \| [\d.]+ ms \| [\d.]+ ms \| 0 \| valid \|/);
    expect(text).toMatch(/\| 64 in flight \| – \|.*\| invalid: client-limited, errors \|/);
    expect(text.trimEnd()).toMatch(
      /\[Report\]\(https:\/\/ci\.example\.com\/run\/7\?a=b%28c%29\) · infermark 0\.1\.0 · exit code 1$/,
    );
  });

  test("says what changed since another run", () => {
    const suites = (document.conformance?.suites ?? []).map((suite) => ({
      ...suite,
      checks: suite.checks.map((check) =>
        check.id === "v2-rest/metadata-0" ? { ...check, outcome: "fail" as const } : check,
      ),
    }));
    const other = withSuites(suites);
    const before = renderPrComment(document, { comparison: compareDocuments(other, document) });
    expect(before).toContain("**Nothing got worse**\n\n- ✅ `v2-rest/metadata-0` is fixed");
    const after = renderPrComment(other, { comparison: compareDocuments(document, other) });
    expect(after).toContain("**Worse than before**\n\n- ❌ v2-rest/metadata-0 fails\n");
  });

  test.each([
    ["hostile", hostile],
    ["long-winded", longWinded],
  ])("lets no %s peer write markup, links or mentions, and fits", (_, each) => {
    const text = renderPrComment(each, { link: "javascript:alert(1)", id: HOSTILE });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536);
    const [marker = "", ...lines] = text.split("\n");
    expect(marker).toMatch(/^<!-- infermark: [\w.-]* -->$/);
    for (const line of lines) expect(line).not.toMatch(/<|@someone|^::|\]\(|javascript:/);
    expect(text).toContain("&lt;script&gt;");
  });

  test("fits even where every check fails at length, and says how many are left out", () => {
    const suites = (document.conformance?.suites ?? []).map((suite) => ({
      ...suite,
      checks: suite.checks.map((check) => ({
        ...check,
        title: "`".repeat(5_000),
        outcome: "fail" as const,
        expected: "`".repeat(5_000),
        actual: "`".repeat(5_000),
      })),
    }));
    const text = renderPrComment(withSuites(suites));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536);
    expect(text).toMatch(/^\d+ more are in the report\.$/m);
    expect(text.trimEnd()).toMatch(/exit code 1$/);
  });
});

describe("the figures in the Prometheus text format", () => {
  const valueOf = (text: string, name: string, labels: Readonly<Record<string, string>>) =>
    parseExposition(text).samples.find(
      (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )?.value;

  test("are those of the document, in seconds", () => {
    const text = renderPrometheus(document);
    const [, second] = points;
    const p99 = second?.latency.percentiles.find(({ percentile }) => percentile === 99)?.ns ?? Number.NaN;
    expect(valueOf(text, "infermark_load_latency_seconds", { point: "2", quantile: "0.99" })).toBe(p99 / 1e9);
    expect(valueOf(text, "infermark_load_latency_seconds_count", { point: "2" })).toBe(second?.latency.count);
    expect(valueOf(text, "infermark_load_answers_per_second", { point: "2" })).toBe(second?.throughput.value);
    expect(valueOf(text, "infermark_load_requests", { point: "4", outcome: "httpError" })).toBe(400);
    expect(valueOf(text, "infermark_checks", { suite: "v2-rest", outcome: "fail" })).toBe(2);
    expect(valueOf(text, "infermark_exit_code", {})).toBe(1);
  });

  test("are told once each", () => {
    const { samples } = parseExposition(renderPrometheus(document));
    const ids = samples.map(({ name, labels }) => JSON.stringify([name, labels]));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("have no rate where a measurement is invalid, and say that it is", () => {
    const text = renderPrometheus(document);
    expect(valueOf(text, "infermark_load_valid", { point: "4" })).toBe(0);
    expect(valueOf(text, "infermark_load_answers_per_second", { point: "4" })).toBeUndefined();
  });

  test.each([
    ["a run", document],
    ["a hostile peer", hostile],
    ["a long-winded peer", longWinded],
  ])("of %s are read without a line to spare", (_, each) => {
    const text = renderPrometheus(each);
    const { samples, types } = parseExposition(text);
    expect(text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))).toHaveLength(samples.length);
    for (const { name } of samples) expect(types.has(name.replace(/_(sum|count)$/, "")) || types.has(name)).toBe(true);
    expect(text.length).toBeLessThan(1_000_000);
  });
});

describe("the figures as CSV", () => {
  /** Reads RFC 4180. */
  function read(csv: string): readonly (readonly string[])[] {
    return csv
      .split("\r\n")
      .slice(0, -1)
      .map((line) =>
        [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, plain]) =>
          quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'),
        ),
      );
  }

  test("are a line for each point, with rates of valid ones alone", () => {
    const [head = [], ...rows] = read(renderCsv(document));
    const cell = (row: number, name: string) => rows[row]?.[head.indexOf(name)];
    expect(rows).toHaveLength(4);
    expect(rows.map(({ length }) => length)).toEqual([head.length, head.length, head.length, head.length]);
    expect(cell(1, "answers_per_s")).toBe(String(points[1]?.throughput.value));
    expect(cell(3, "answers_per_s")).toBe("");
    expect(cell(3, "valid")).toBe("false");
    expect(cell(3, "problems")).toBe("client-limited errors");
    expect(cell(3, "http_error")).toBe("400");
    expect(cell(1, "latency_p99_9_ns")).toBe(
      String(points[1]?.latency.percentiles.find(({ percentile }) => percentile === 99.9)?.ns),
    );
  });

  test("are a line for each window", () => {
    const [head, ...rows] = read(renderWindowsCsv(document));
    expect(head).toEqual("run,point,start_ms,duration_ms,due,ok,inferences,failed,p50_ns,p99_ns".split(","));
    expect(rows).toHaveLength(4 * 80);
    expect(rows[81]?.slice(0, 3)).toEqual(["1", "2", "250"]);
  });

  test("hold what a peer says as text that no spreadsheet computes", () => {
    const rows = read(renderCsv(loadOnly([{ ...loadPoint(1), model: '=cmd|" /c calc"!A0', stage: "@a,b" }])));
    expect(rows[1]).toContain(`'=cmd|" /c calc"!A0`);
    expect(rows[1]).toContain("'@a,b");
    const [head = [], ...others] = read(renderCsv(hostile));
    expect(others.filter(({ length }) => length !== head.length)).toEqual([]);
    expect(others.length).toBeGreaterThan(0);
  });
});

describe("the log of histograms", () => {
  interface Interval {
    readonly tag: string | undefined;
    readonly histogram: hdr.Histogram;
  }

  function read(log: string, tag?: string): readonly Interval[] {
    const reader = new hdr.HistogramLogReader(log, 64, false);
    const found: Interval[] = [];
    for (let next = reader.nextIntervalHistogram(); next; next = reader.nextIntervalHistogram())
      found.push({ tag: next.tag === "NO TAG" ? undefined : next.tag, histogram: next });
    return tag === undefined ? found : found.filter((each) => each.tag === tag);
  }

  test("of one point has its latencies untagged, as another implementation reads them", () => {
    const log = renderHlog(loadOnly([pointOf([1, 2, 3, 50], [1, 1, 1, 40])]));
    const intervals = read(log);
    expect(intervals.map(({ tag }) => tag)).toEqual([undefined, "service"]);
    const [latency, service] = intervals.map(({ histogram }) => histogram);
    expect(latency?.totalCount).toBe(4);
    expect((latency?.getValueAtPercentile(50) ?? 0) / 1e6).toBeCloseTo(2, 1);
    expect((latency?.maxValue ?? 0) / 1e6).toBeCloseTo(50, 0);
    expect((service?.maxValue ?? 0) / 1e6).toBeCloseTo(40, 0);
    expect(log).toMatch(/^5\.000,20\.000,50\.000,HISTFAAA/m);
  });

  test("of several points tags each, and says what it was", () => {
    const log = renderHlog(loadOnly([pointOf([1]), { ...pointOf([2, 3]), concurrency: 2 }]));
    expect(read(log).map(({ tag }) => tag)).toEqual(["1.latency", "2.latency"]);
    expect(read(log, "2.latency")[0]?.histogram.totalCount).toBe(2);
    expect(log).toContain("#2: 2 in flight\n");
    expect(log).toMatch(/^Tag=2\.latency,30\.000,20\.000,3\.000,/m);
  });

  test.each([
    ["hostile", hostile],
    ["long-winded", longWinded],
  ])("of a %s peer has no line that a peer wrote", (_, each) => {
    for (const line of renderHlog(each).trimEnd().split("\n")) expect(line).toMatch(/^(?:#|"|Tag=\d+\.\w+,|\d)/);
  });

  test("leaves out what is no histogram", () => {
    const [point] = [pointOf([1])];
    const odd = { ...point, latency: { ...point.latency, histogram: "AAA\n1,2,3,HISTFAAA" } };
    expect(renderHlog(loadOnly([odd]))).not.toContain("\n1,2,3");
  });
});
