import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import { parseLatencyLaw } from "../../src/reference/index.ts";

const random = seededRandom("latency");

describe("a queue", () => {
  test("serves so many at once, in the order in which they come", () => {
    const law = parseLatencyLaw("queue:10ms:2");
    const taken = [0, 0, 0, 0, 1, 100].map((atMs) => law(random, atMs));
    expect(taken).toEqual([10, 10, 20, 20, 29, 10]);
  });

  test("carries exactly servers ÷ time", () => {
    const longest = (perSecond: number) => {
      const law = parseLatencyLaw("queue:2ms:4");
      return Math.max(...Array.from({ length: 10_000 }, (_, i) => law(random, (i * 1000) / perSecond)));
    };
    expect(longest(2000)).toBeCloseTo(2, 6);
    // 1 % more leaves 20 a second behind, for 5 s: 100 wait for 2000/s.
    expect(longest(2020)).toBeGreaterThan(49);
  });
});

test.each(["queue:2ms", "queue:2ms:0", "queue:2ms:1.5", "queue:x:2", "stall:1ms:2s:1s", "uniform:5ms:1ms", "2"])(
  "%s is no latency law",
  (text) => {
    expect(() => parseLatencyLaw(text)).toThrow();
  },
);
