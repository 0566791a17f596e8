import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import { incompleteBeta, logGamma } from "../../src/statistics/incomplete-beta.ts";
import {
  batchMeans,
  batchMeansHalfWidth,
  createHistogram,
  estimatePercentiles,
  mean,
  rankInterval,
  samplesNeeded,
  studentT,
  variance,
} from "../../src/statistics/index.ts";
import { atMost } from "../../src/statistics/quantile-interval.ts";

describe("special functions", () => {
  test("ln Γ agrees with factorials and with Γ(1/2) = √π", () => {
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 12);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12);
  });

  test("the incomplete beta function agrees with closed forms", () => {
    expect(incompleteBeta(0.3, 1, 1)).toBeCloseTo(0.3, 14);
    expect(incompleteBeta(0.3, 2, 1)).toBeCloseTo(0.09, 14);
    expect(incompleteBeta(0.8, 1, 5)).toBeCloseTo(1 - 0.2 ** 5, 14);
    expect(incompleteBeta(0, 2, 3)).toBe(0);
    expect(incompleteBeta(1, 2, 3)).toBe(1);
  });

  test("binomial probabilities agree with summed terms", () => {
    const choose = (n: number, k: number) =>
      Math.round(Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1)));
    for (const p of [0.1, 0.5, 0.93]) {
      let sum = 0;
      for (let k = 0; k <= 20; k++) {
        sum += choose(20, k) * p ** k * (1 - p) ** (20 - k);
        expect(atMost(k, 20, p)).toBeCloseTo(sum, 12);
      }
    }
  });

  test.each([
    [1, 12.7062],
    [9, 2.26216],
    [19, 2.09302],
    [1000, 1.96234],
  ])("Student's t with %i degrees of freedom has its tabulated 97.5 %% point", (freedom, expected) => {
    expect(studentT(0.975, freedom)).toBeCloseTo(expected, 4);
  });
});

describe("the interval of a quantile", () => {
  test.each([
    { quantile: 0.5, count: 6, low: 1, high: 6 },
    { quantile: 0.5, count: 10, low: 2, high: 9 },
    { quantile: 0.5, count: 100, low: 40, high: 61 },
  ])("of $count samples lies between ranks $low and $high", ({ quantile, count, low, high }) => {
    expect(rankInterval(quantile, count)).toEqual({ low, high, needed: 0 });
  });

  test("is bounded from 6 samples for the median, 368 for p99, 3688 for p99.9", () => {
    expect([0.5, 0.99, 0.999].map(samplesNeeded)).toEqual([6, 368, 3688]);
    for (const quantile of [0.5, 0.9, 0.95, 0.99, 0.999]) {
      const enough = samplesNeeded(quantile);
      expect(rankInterval(quantile, enough).high).toBe(enough);
      const less = rankInterval(quantile, enough - 1);
      expect(less.high).toBeUndefined();
      expect(less.needed).toBe(1);
    }
  });

  test("of one sample is bounded nowhere", () => {
    expect(rankInterval(0.5, 1)).toEqual({ needed: 5 });
  });

  test("is close to the normal approximation for a hundred million samples", () => {
    const { low = 0, high = 0 } = rankInterval(0.99, 1e8);
    const half = 1.959964 * Math.sqrt(1e8 * 0.99 * 0.01);
    expect(Math.abs(99e6 - low - half)).toBeLessThan(5);
    expect(Math.abs(high - 99e6 - half)).toBeLessThan(5);
  });

  test("covers the true quantile in about 95 of 100 runs, and not in fewer", () => {
    const random = seededRandom("coverage");
    let covered = 0;
    for (let run = 0; run < 1000; run++) {
      const sorted = Array.from({ length: 400 }, () => random.next()).sort((a, b) => a - b);
      const { low = 1, high = 400 } = rankInterval(0.9, 400);
      if ((sorted[low - 1] ?? 1) <= 0.9 && (sorted[high - 1] ?? 0) >= 0.9) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(940);
    expect(covered).toBeLessThanOrEqual(985);
  });
});

describe("percentiles of a histogram", () => {
  test("carry their interval, or how many samples are missing", () => {
    const histogram = createHistogram();
    for (let ns = 1; ns <= 100; ns++) histogram.recordNs(ns);
    expect(estimatePercentiles(histogram, [50, 99])).toEqual([
      { percentile: 50, ns: 50, lowNs: 40, highNs: 61 },
      { percentile: 99, ns: 99, lowNs: 97, needed: 268 },
    ]);
  });

  test("are none for an empty histogram", () => {
    expect(estimatePercentiles(createHistogram(), [50])).toEqual([]);
  });
});

describe("batch means", () => {
  test("mean and variance are those of the textbook", () => {
    expect(mean([2, 4, 4, 4, 5, 5, 7, 9])).toBe(5);
    expect(variance([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(32 / 7, 12);
  });

  test("twenty batches are formed, the remainder left out", () => {
    expect(batchMeans(Array.from({ length: 45 }, (_, i) => i))).toEqual(
      Array.from({ length: 20 }, (_, i) => 2 * i + 0.5),
    );
  });

  test("fewer than ten observations give no interval", () => {
    expect(batchMeansHalfWidth([1, 2, 3, 4, 5, 6, 7, 8, 9])).toBeUndefined();
  });

  test("of ten observations the half width is t · s / √10", () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect(batchMeansHalfWidth(values)).toBeCloseTo((2.262157 * Math.sqrt(55 / 6)) / Math.sqrt(10), 5);
  });

  test("the interval covers the true mean of dependent observations in at least 88 of 100 runs", () => {
    const random = seededRandom("autoregressive");
    const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    let covered = 0;
    for (let run = 0; run < 500; run++) {
      let state = 0;
      const values = Array.from({ length: 300 }, () => {
        state = 0.5 * state + normal();
        return state;
      });
      const used = values.slice(0, 300);
      if (Math.abs(mean(used)) <= (batchMeansHalfWidth(used) ?? 0)) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(440);
  });
});
