import { expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import { warmUpLength } from "../../src/statistics/index.ts";

const random = seededRandom("warm-up");
const noise = () => 1 + 0.02 * (random.next() - 0.5);

test("a slow begin is cut off, and little of what follows", () => {
  const throughput = Array.from({ length: 100 }, (_, i) => (i < 20 ? 20 + 4 * i : 100) * noise());
  const cut = warmUpLength(throughput) ?? 0;
  expect(cut).toBeGreaterThanOrEqual(15);
  expect(cut).toBeLessThanOrEqual(30);
});

test("nothing much is cut off a steady series", () => {
  const lengths = Array.from({ length: 200 }, () => warmUpLength(Array.from({ length: 100 }, () => 100 * noise())));
  const sorted = lengths.filter((length) => length !== undefined).toSorted((a, b) => a - b);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(15);
});

test("what never becomes steady has no warm-up to cut, and few observations have none", () => {
  expect(warmUpLength(Array.from({ length: 100 }, (_, i) => i))).toBeUndefined();
  expect(warmUpLength(Array.from({ length: 19 }, () => 1))).toBeUndefined();
});
