import * as fc from "fast-check";
import { expect, test } from "vitest";
import { BUCKETS, bucketLow, bucketOf, decodeBuckets, encodeBuckets } from "../../src/statistics/index.ts";

test("counts come back from their text", () => {
  const cell = fc.record({
    bucket: fc.integer({ min: 0, max: BUCKETS - 1 }),
    count: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  });
  fc.assert(
    fc.property(fc.uniqueArray(cell, { selector: ({ bucket }) => bucket }), (cells) => {
      const counts = new Uint32Array(BUCKETS);
      for (const { bucket, count } of cells) counts[bucket] = count;
      expect(decodeBuckets(encodeBuckets(counts))).toEqual([...cells].sort((a, b) => a.bucket - b.bucket));
    }),
  );
  expect(encodeBuckets([0, 3, 4, 0, 5])).toBe("1:3,4 4:5");
  expect(encodeBuckets([0])).toBe("");
});

test("a text of another form gives what can be read of it", () => {
  fc.assert(fc.property(fc.string(), (text) => void decodeBuckets(text)));
  expect(decodeBuckets("x 7:1 7: :1 -1:2 1:2,,3 __proto__:1 9:2 2367:5,6 99999:1")).toEqual([
    { bucket: 7, count: 1 },
    { bucket: 9, count: 2 },
    { bucket: 2367, count: 5 },
  ]);
});

test("a bucket begins at its least time", () => {
  for (let bucket = 1; bucket < BUCKETS; bucket++) {
    expect(bucketOf(bucketLow(bucket))).toBe(bucket);
    expect(bucketOf(bucketLow(bucket) - 1)).toBe(bucket - 1);
  }
});
