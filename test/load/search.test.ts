import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import { createSearch, type SearchSettings } from "../../src/load/modes/search.ts";
import type { Attainment } from "../../src/load/slo.ts";

function run(settings: SearchSettings, trial: (load: number) => Attainment) {
  const search = createSearch(settings);
  const loads: number[] = [];
  for (let load = search.next(); load !== undefined; load = search.next()) {
    loads.push(load);
    if (loads.length > 200) throw new Error(`the search does not end: ${loads.join(", ")}`);
    search.tell(trial(load));
  }
  return { loads, ...search.result() };
}

const RATE: SearchSettings = { from: 100, most: 1e6, precision: 0.02, whole: false };

test("doubles, halves the gap, and measures what it found once more", () => {
  const { loads, best, bound, ended } = run(RATE, (load) => (load <= 1000 ? "met" : "missed"));
  expect(loads.slice(0, 7)).toEqual([100, 200, 400, 800, 1600, 1200, 1000]);
  expect(loads.at(-1)).toBe(best);
  expect(best).toBe(1000);
  expect(bound?.load).toBeLessThanOrEqual(1020);
  expect(ended).toBe("found");
});

test("searches downwards when the first load is too much, and finds nothing where nothing does", () => {
  expect(run(RATE, (load) => (load <= 30 ? "met" : "missed")).best).toBeCloseTo(30, -1);
  expect(run(RATE, () => "missed")).toMatchObject({ ended: "none" });
});

test("counts requests in flight in whole numbers", () => {
  const { best, bound } = run({ ...RATE, from: 1, whole: true }, (load) => (load <= 37 ? "met" : "missed"));
  expect([best, bound?.load]).toEqual([37, 38]);
});

test("ends at its limit when that still does", () => {
  expect(run({ ...RATE, most: 500 }, () => "met")).toMatchObject({ best: 500, ended: "limit" });
});

test("an unsteady trial is repeated, and is not taken for a miss", () => {
  let shaky = 0;
  const { loads, best } = run(RATE, (load) => {
    if (load === 400 && shaky++ < 2) return "undecided";
    return load <= 1000 ? "met" : "missed";
  });
  expect(loads.filter((load) => load === 400)).toHaveLength(3);
  expect(best).toBe(1000);
});

test("where trials beyond some load cannot be judged, the result says so", () => {
  const { best, bound, ended } = run(RATE, (load) => (load <= 700 ? "met" : "undecided"));
  expect(best).toBeGreaterThan(680);
  expect(bound?.because).toBe("undecided");
  expect(ended).toBe("undecided");
});

test("a load that did by luck is given up when it does not do again", () => {
  let lucky = true;
  const { best } = run(RATE, (load) => {
    if (load > 1000 && load < 1100 && lucky) {
      lucky = false;
      return "met";
    }
    return load <= 1000 ? "met" : "missed";
  });
  expect(best).toBeLessThanOrEqual(1000);
  expect(best).toBeGreaterThan(970);
});

describe("against a simulated service", () => {
  const SECONDS = 10;

  /** One server with Poisson arrivals and exponential service: response times are exponential with rate µ - λ (M/M/1). */
  function simulated(seed: number) {
    const random = seededRandom(seed, "service");
    const capacity = 1000 * 2 ** (5 * random.next());
    const limitS = (10 + 30 * random.next()) / capacity;
    const knee = capacity - Math.log(100) / limitS;
    const trial = (rate: number): Attainment => {
      if (random.next() < 0.1) return "undecided";
      if (rate >= capacity) return "missed";
      const count = Math.max(400, Math.round(rate * SECONDS));
      return percentile99(count) / (capacity - rate) <= limitS ? "met" : "missed";
    };
    /** The 99th percentile of so many exponential times of mean 1, drawn by its normal approximation. */
    const percentile99 = (count: number) => {
      const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
      return Math.log(100) + normal * Math.sqrt(0.99 / (0.01 * count));
    };
    return { knee, trial };
  }

  test("finds the knee within 3 % in at least 95 % of 1000 trials", () => {
    let close = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const { knee, trial } = simulated(seed);
      const { best = 0 } = run({ ...RATE, from: 50 }, trial);
      if (Math.abs(best / knee - 1) <= 0.03) close++;
    }
    expect(close).toBeGreaterThanOrEqual(950);
  });
});
