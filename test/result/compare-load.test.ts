import { describe, expect, test } from "vitest";
import { renderComparison, renderComparisonHtml, renderComparisonMarkdown } from "../../src/report/index.ts";
import { verdictOf } from "../../src/result/compare/effect.ts";
import {
  type ComparedMetric,
  type ComparedNumber,
  compareDocuments,
  compareLoad,
} from "../../src/result/compare/index.ts";
import { assemble, type LoadPoint, type ResultDocument } from "../../src/result/index.ts";
import { hostileDocument } from "../report/hostile-document.ts";
import { loadPoint, observations, options } from "./sample-run.ts";
import { loadOf, type ServiceLaw, simulatedPoint, simulatedService } from "./simulated-load.ts";

const MIN_EFFECT = 0.03;

function numbersOf(before: LoadPoint, after: LoadPoint): readonly ComparedNumber[] {
  return compareLoad(loadOf([before]), loadOf([after]), MIN_EFFECT)?.points[0]?.numbers ?? [];
}

function numberOf(metric: ComparedMetric, before: LoadPoint, after: LoadPoint): ComparedNumber | undefined {
  return numbersOf(before, after).find((number) => number.metric === metric);
}

const service = (seed: string, own: Partial<ServiceLaw> = {}) => simulatedService({ seed, seconds: 15, ...own });
const verdicts = (numbers: readonly ComparedNumber[]) => numbers.map(({ verdict }) => verdict);

describe("of simulated runs", () => {
  const equals = Array.from({ length: 16 }, (_, run) => service(`equal-${run}`));
  const slower = Array.from({ length: 10 }, (_, run) => service(`slower-${run}`, { slowerTail: 0.05 }));

  test("equal ones are blamed in at most 1 % of the pairs", () => {
    const pairs = equals.flatMap((first, index) => equals.slice(index + 1).map((second) => [first, second] as const));
    const blamed = pairs.filter((pair) => verdicts(numbersOf(...pair)).includes("regressed"));
    expect(pairs.length).toBe(120);
    expect(blamed.length).toBeLessThanOrEqual(1);
  });

  test("a p99 5 % greater is found in at least 90 % of the pairs, and not in the median, which is the same", () => {
    const pairs = equals.slice(0, 10).flatMap((first) => slower.map((second) => numbersOf(first, second)));
    const found = (metric: ComparedMetric) =>
      pairs.filter((numbers) => numbers.some((each) => each.metric === metric && each.verdict === "regressed")).length;
    expect(found("p99")).toBeGreaterThanOrEqual(90);
    expect(found("p50")).toBeLessThanOrEqual(1);
  });

  test("the other way round the same is an improvement, and the ratio the inverse", () => {
    const [first, second] = [equals[0] as LoadPoint, slower[0] as LoadPoint];
    expect(numberOf("p95", first, second)?.verdict).toBe("regressed");
    const back = numberOf("p95", second, first);
    expect(back?.verdict).toBe("improved");
    expect(back?.change?.value).toBeCloseTo(1 / (numberOf("p95", first, second)?.change?.value ?? 0), 10);
  });

  test("too little data is inconclusive, says how much more settles it, and that much does", () => {
    const asked = Array.from({ length: 12 }, (_, pair) => {
      const run = (side: string, seconds: number) => service(`${side}-${pair}`, { seconds });
      const [first, second] = [run("short-a", 4), run("short-b", 4)];
      const short = numberOf("p99", first, second);
      if (short?.verdict !== "inconclusive") return [];
      const windows = Math.max(first.intervals?.length ?? 0, second.intervals?.length ?? 0);
      const longer = 4 * (1 + (short.windowsNeeded ?? 0) / windows);
      return [numberOf("p99", run("long-a", longer), run("long-b", longer))?.verdict];
    }).flat();
    expect(asked.length).toBeGreaterThanOrEqual(6);
    expect(asked.filter((verdict) => verdict === "pass").length).toBeGreaterThanOrEqual(0.8 * asked.length);
  });

  test("what it calls detectable is about what it detects", () => {
    const [first] = equals as [LoadPoint];
    const detectable = numberOf("p99", first, equals[1] as LoadPoint)?.detectable ?? 0;
    expect(detectable).toBeGreaterThan(0.03);
    expect(detectable).toBeLessThan(0.05);
  });

  test("a share of errors that grows is found also where it makes the point invalid", () => {
    const [first] = equals as [LoadPoint];
    const failing = service("failing", { errors: 0.03 });
    const invalid = {
      ...failing,
      validity: { valid: false, problems: [{ code: "errors", evidence: "3 % failed" }], evidence: [] },
    };
    const numbers = numbersOf(first, invalid);
    expect(numbers.find(({ metric }) => metric === "error-rate")?.verdict).toBe("regressed");
    const times = numbers.filter(({ metric }) => metric !== "error-rate");
    expect(new Set(verdicts(times))).toEqual(new Set(["inconclusive"]));
    for (const { reason } of times) expect(reason).toBe("the second measurement is invalid: 3 % failed");
  });

  test("a measurement that tells of the sender tells nothing of errors either", () => {
    const [first] = equals as [LoadPoint];
    const limited = {
      ...service("failing", { errors: 0.03 }),
      validity: { valid: false, problems: [{ code: "client-limited", evidence: "it was busy" }], evidence: [] },
    };
    expect(new Set(verdicts(numbersOf(first, limited)))).toEqual(new Set(["inconclusive"]));
  });
});

describe("of closed loops", () => {
  /** 8 in flight, each answered after so many milliseconds, give or take a tenth. */
  const closed = (ms: number, seed: number) => {
    const jitter = (i: number) => 0.9 + 0.2 * Math.abs(Math.sin(i * 12.9898 + seed));
    function* answers() {
      for (let slot = 0; slot < 8; slot++)
        for (let ns = 0, i = slot; ns < 20e9; i += 8) {
          const endNs = ns + ms * 1e6 * jitter(i);
          yield { dueNs: ns, endNs, ok: true };
          ns = endNs;
        }
    }
    return simulatedPoint(20, { concurrency: 8 }, answers());
  };

  test("a throughput that fell is found, one that did not passes", () => {
    expect(numberOf("throughput", closed(20, 1), closed(22, 2))?.verdict).toBe("regressed");
    expect(numberOf("throughput", closed(22, 1), closed(20, 2))?.verdict).toBe("improved");
    expect(numberOf("throughput", closed(20, 1), closed(20, 2))?.verdict).toBe("pass");
  });
});

describe("points", () => {
  test("are matched by all their settings; the others are listed", () => {
    const point = (own: Partial<LoadPoint>): LoadPoint => ({ ...loadPoint(8), ...own });
    const first = loadOf([point({}), point({ concurrency: 16 }), point({ encoding: "binary" })]);
    const second = loadOf([
      point({}),
      point({ concurrency: 16, batch: 7 }),
      point({ encoding: "binary", model: "other" }),
    ]);
    const load = compareLoad(first, second, MIN_EFFECT);
    expect(load?.points.map(({ settings }) => settings.concurrency)).toEqual([8]);
    expect(load?.onlyBefore).toHaveLength(2);
    expect(load?.onlyAfter).toHaveLength(2);
  });

  test("in an open loop are matched with the same kind of arrivals only", () => {
    const point = simulatedService({ seed: 1, seconds: 1 });
    expect(compareLoad(loadOf([point], "poisson"), loadOf([point], "constant"), MIN_EFFECT)).toBeUndefined();
  });

  test("of documents of before there were intervals are inconclusive, with a way out", () => {
    const [number] = numbersOf(loadPoint(8), loadPoint(8));
    expect(number?.verdict).toBe("inconclusive");
    expect(number?.reason).toContain("measure it again with this version");
  });

  test("of a phase too short to tell how neighbours depend on each other say how many windows are missing", () => {
    const short = simulatedService({ seed: 1, seconds: 2 });
    expect(numbersOf(short, simulatedService({ seed: 2, seconds: 15 }))[0]?.reason).toBe(
      "the first needs 5 more windows: it has 5",
    );
  });

  test("with equal settings in one document count once: the last valid one", () => {
    const invalid: LoadPoint = { ...loadPoint(8, false) };
    const load = compareLoad(loadOf([loadPoint(8), invalid]), loadOf([loadPoint(8)]), MIN_EFFECT);
    expect(load?.points).toHaveLength(1);
    expect(load?.points[0]?.before.validity.valid).toBe(true);
  });
});

test.each([
  [0.01, 0.05, "regressed"],
  [0.001, 0.02, "pass"],
  [-0.02, 0.02, "pass"],
  [-0.2, 0.02, "pass"],
  [-0.05, -0.01, "improved"],
  [-0.02, -0.01, "pass"],
  [-0.01, 0.05, "inconclusive"],
  [undefined, 0.05, "inconclusive"],
  [0.01, undefined, "regressed"],
  [undefined, -0.01, "improved"],
] as const)("a change surely between %s and %s, where 0.03 matters, is %s", (low, high, verdict) => {
  const interval = { value: 0, ...(low !== undefined && { low }), ...(high !== undefined && { high }) };
  expect(verdictOf(interval, 0.03)).toBe(verdict);
});

describe("what is told", () => {
  const documentOf = (points: readonly LoadPoint[]): ResultDocument => ({
    ...assemble(observations, options),
    load: loadOf(points),
  });
  const before = documentOf([service("told-a")]);
  const after = documentOf([service("told-b", { slowerTail: 0.05 })]);
  const comparison = compareDocuments(before, after, observations.registry, MIN_EFFECT);

  test("names the numbers that regressed, with interval and detectable change, and counts as worse", () => {
    expect(comparison.worse).toContain("p99 regressed at 2000/s, v2-rest simple");
    const text = renderComparison(comparison, { color: false });
    expect(text).toMatch(
      /p99 {2}\d+\.\d ms → \d+\.\d ms, \+\d.* % \(\+\d.* to \+\d.* %\), detectable \d.* %, regressed/,
    );
    expect(text).toMatch(/p50 .*pass/);
    expect(renderComparisonMarkdown(comparison)).toContain("- `p99` ");
  });

  test("is one page with both curves and the checks, without scripts", async () => {
    const page = await renderComparisonHtml("before.json", [{ name: "after.json", comparison }]);
    expect(page).toMatch(/<svg[^>]*aria-label="Latency by percentile/);
    expect(page).toContain("before.json");
    expect(page).not.toContain("<script");
    expect(page).toContain("checks ran in both");
    expect(page).toContain("regressed");
    expect(await renderComparisonHtml("before.json", [{ name: "after.json", comparison }])).toBe(page);
  });

  test("lets no peer write markup", async () => {
    const hostile = hostileDocument();
    const page = await renderComparisonHtml("<script>x", [
      { name: "<img src=x>", comparison: compareDocuments(hostile, hostile) },
    ]);
    expect(page).not.toMatch(/<script|<img/);
  });
});
