import * as fc from "fast-check";
import { expect, test } from "vitest";
import { BUCKETS, bucketMiddle, bucketOf, bucketPercentile } from "../../src/statistics/index.ts";

test("the middle of a time's bucket is at most 0.8 % from the time, up to one hour", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_600_000_000_000 }), (ns) => {
      const bucket = bucketOf(ns);
      expect(bucket).toBeLessThan(BUCKETS);
      expect(Math.abs(bucketMiddle(bucket) - ns)).toBeLessThanOrEqual(ns * 0.008);
    }),
    { numRuns: 2000 },
  );
});

test("buckets ascend with the times in them, across every power of two", () => {
  for (let bit = 1; bit <= 41; bit++) {
    const around = [2 ** bit - 1, 2 ** bit].map(bucketOf) as [number, number];
    expect(around[1] - around[0]).toBe(1);
  }
});

test("what is beyond all buckets is counted in the last, what is negative in the first", () => {
  expect(bucketOf(Number.MAX_SAFE_INTEGER)).toBe(BUCKETS - 1);
  expect(bucketOf(-3)).toBe(0);
});

test("percentiles are those of the nearest rank", () => {
  const counts = new Uint32Array(BUCKETS);
  for (let ns = 1; ns <= 50; ns++) counts[bucketOf(ns)] = 1;
  expect([0, 50, 98, 99, 100].map((p) => bucketPercentile(counts, p))).toEqual([1, 25, 49, 50, 50]);
  expect(bucketPercentile(new Uint32Array(BUCKETS), 50)).toBeUndefined();
});
