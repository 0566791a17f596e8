import { expect, test } from "vitest";
import { missesAllowed, queriesNeeded } from "../../src/statistics/index.ts";

test.each([
  [0.9, [44, 64]],
  [0.95, [90, 130]],
  [0.97, [152, 219]],
  [0.99, [459, 662]],
  [0.999, [4603, 6636]],
])("p%d needs as many queries as LoadGen asks for", (quantile, [none, one]) => {
  expect(queriesNeeded(quantile, 0)).toBe(none);
  expect(queriesNeeded(quantile, 1)).toBe(one);
});

test("many misses need more queries, and no more misses are allowed than those queries allow", () => {
  expect([10, 100].map((misses) => queriesNeeded(0.99, misses))).toEqual([2010, 12571]);
  expect(queriesNeeded(0.999, 10)).toBe(20140);
  expect([458, 459, 661, 662, 2009, 2010, 12571].map((queries) => missesAllowed(0.99, queries))).toEqual([
    undefined,
    0,
    0,
    1,
    9,
    10,
    100,
  ]);
});
