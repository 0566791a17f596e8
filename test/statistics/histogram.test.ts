import * as fc from "fast-check";
import { expect, test } from "vitest";
import { InfermarkError } from "../../src/base/errors.ts";
import { createHistogram, decodeHistogram, HIGHEST_NS, type Histogram } from "../../src/statistics/index.ts";

function holding(...times: readonly number[]): Histogram {
  const histogram = createHistogram();
  for (const time of times) histogram.recordNs(time);
  return histogram;
}

test("an empty histogram has no samples and zeros for all it could say", () => {
  const { count, minNs, maxNs, meanNs, clamped } = createHistogram();
  expect({ count, minNs, maxNs, meanNs, clamped }).toEqual({ count: 0, minNs: 0, maxNs: 0, meanNs: 0, clamped: 0 });
  expect(createHistogram().percentile(99)).toBe(0);
});

test("count, least, greatest and mean are exact", () => {
  const { count, minNs, maxNs, meanNs } = holding(1_234_567, 7, 9_999_999, 3);
  expect({ count, minNs, maxNs, meanNs }).toEqual({ count: 4, minNs: 3, maxNs: 9_999_999, meanNs: 11_234_576 / 4 });
});

test("percentiles are those of the nearest rank", () => {
  const histogram = holding(...Array.from({ length: 1000 }, (_, i) => i + 1));
  expect([0, 0.1, 50, 99, 99.9, 100].map((p) => histogram.percentile(p))).toEqual([1, 1, 500, 990, 999, 1000]);
});

test("any sample is read back at its rank, at most 0.1 % too high", () => {
  const times = fc.array(fc.integer({ min: 0, max: HIGHEST_NS }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(times, (recorded) => {
      const histogram = holding(...recorded);
      const sorted = [...recorded].sort((a, b) => a - b);
      for (const [i, time] of sorted.entries()) {
        const read = histogram.valueAtRank(i + 1);
        expect(read).toBeGreaterThanOrEqual(time);
        expect(read).toBeLessThanOrEqual(time * 1.001);
      }
      histogram.destroy();
    }),
    { numRuns: 50 },
  );
});

test("what lies outside the range is recorded as the nearer end and counted", () => {
  const histogram = holding(HIGHEST_NS * 2, Number.POSITIVE_INFINITY, -5, Number.NaN, 10);
  expect(histogram.clamped).toBe(4);
  expect(histogram.count).toBe(5);
  expect(histogram.maxNs).toBe(HIGHEST_NS);
  expect(histogram.minNs).toBe(0);
});

test("merging gives what recording into one would have given, bit by bit", () => {
  const [left, right] = [
    [10, 2_000_000, 55_555],
    [1, 88_888_888_888, HIGHEST_NS + 1],
  ];
  const merged = holding(...(left ?? []));
  merged.merge(holding(...(right ?? [])));
  const single = holding(...(left ?? []), ...(right ?? []));
  expect(merged.encode()).toBe(single.encode());
  expect([merged.count, merged.minNs, merged.maxNs, merged.meanNs, merged.clamped]).toEqual([
    single.count,
    single.minNs,
    single.maxNs,
    single.meanNs,
    single.clamped,
  ]);
});

test("merging an empty histogram changes nothing", () => {
  const histogram = holding(5, 6);
  histogram.merge(createHistogram());
  expect([histogram.count, histogram.minNs, histogram.maxNs]).toEqual([2, 5, 6]);
});

test("an encoded histogram is decoded with the same samples", () => {
  const histogram = holding(...Array.from({ length: 500 }, (_, i) => (i + 1) * 12_345));
  const decoded = decodeHistogram(histogram.encode());
  expect(decoded.count).toBe(500);
  expect(decoded.percentile(99)).toBe(histogram.percentile(99));
  expect(Math.abs(decoded.meanNs / histogram.meanNs - 1)).toBeLessThan(0.001);
  expect(decoded.encode()).toBe(histogram.encode());
});

test("a decoded histogram takes more", () => {
  const decoded = decodeHistogram(holding(100).encode());
  decoded.recordNs(200);
  expect([decoded.count, decoded.minNs, decoded.maxNs]).toEqual([2, 100, 200]);
});

test.each(["", "garbage", "HISTFAAAAB", "AAAA"])("%j is refused as a histogram", (text) => {
  expect(() => decodeHistogram(text)).toThrow(InfermarkError);
});
