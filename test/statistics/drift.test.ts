import { describe, expect, test } from "vitest";
import { type Random, seededRandom } from "../../src/base/random.ts";
import { driftOf } from "../../src/statistics/index.ts";
import { type Noise, noisySeries, normal } from "./noisy-series.ts";

const SERIES = 1_000;
const WINDOWS = 30;

/** Windows around 1000. */
function series(random: Random, law: Noise): number[] {
  return noisySeries(random, WINDOWS, law).map((each) => 1000 * each);
}

const share = (verdict: string, law: { rho: number; noise: number; drift: number }) => {
  const random = seededRandom(`drift ${JSON.stringify(law)}`);
  let count = 0;
  for (let i = 0; i < SERIES; i++) if (driftOf(series(random, law), 0.1)?.verdict === verdict) count++;
  return count / SERIES;
};

describe.each([0, 0.25, 0.5])("on %d-correlated noise", (rho) => {
  test.each([0.005, 0.01, 0.02, 0.05, 0.1])(
    "of %d, a tenth of drift is hardly ever called stable, and none hardly ever drift",
    (noise) => {
      for (const drift of [0.1, -0.1, 0.2]) expect(share("stable", { rho, noise, drift })).toBeLessThanOrEqual(0.01);
      expect(share("drifting", { rho, noise, drift: 0 })).toBeLessThanOrEqual(0.05);
    },
  );
});

test("a steady series with little noise is called stable, and a drifting one drifting", () => {
  expect(share("stable", { rho: 0, noise: 0.01, drift: 0 })).toBeGreaterThan(0.99);
  expect(share("drifting", { rho: 0, noise: 0.01, drift: 0.15 })).toBeGreaterThan(0.99);
});

test("the change is the fitted one from the first to the last observation, divided by the mean", () => {
  expect(driftOf(Array.from({ length: 11 }, (_, i) => 95 + i))).toMatchObject({ verdict: "drifting", needed: 0 });
  expect(driftOf(Array.from({ length: 11 }, (_, i) => 95 + i))?.change).toBeCloseTo(0.1, 12);
  expect(driftOf(Array.from({ length: 20 }, () => 7))).toEqual({
    change: 0,
    halfWidth: 0,
    meanHalfWidth: 0,
    verdict: "stable",
    needed: 0,
  });
});

test("too few observations, or none but zeros, say nothing", () => {
  expect(driftOf([1, 2, 3])).toBeUndefined();
  expect(driftOf(Array.from({ length: 20 }, () => 0))).toBeUndefined();
});

test("what is undecided says how many more observations settle it, and so many mostly do", () => {
  const random = seededRandom("needed");
  const noisy = (length: number) => Array.from({ length }, () => 1000 * (1 + 0.1 * normal(random)));
  const first = driftOf(noisy(30));
  expect(first?.verdict).toBe("undecided");
  const { needed = 0 } = first ?? {};
  const verdicts = Array.from({ length: 50 }, () => driftOf(noisy(30 + needed))?.verdict);
  expect(verdicts.filter((verdict) => verdict === "stable").length).toBeGreaterThan(25);
});

test("what is undecided always needs more observations, what is decided none", () => {
  const random = seededRandom("settled");
  for (let i = 0; i < 500; i++) {
    const law = { rho: 0.5 * random.next(), noise: 0.03 * random.next(), drift: 0.12 * random.next() };
    const { verdict, needed } = driftOf(series(random, law)) ?? { verdict: "absent", needed: Number.NaN };
    if (verdict === "undecided") expect(needed, JSON.stringify(law)).toBeGreaterThan(0);
    else expect(needed).toBe(0);
  }
});
