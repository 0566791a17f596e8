import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import {
  designEffect,
  differenceOf,
  effectiveTrials,
  fitScalability,
  indexOfDispersion,
  logarithmOf,
  normalQuantile,
  queueAt,
  rankInterval,
  scaledThroughput,
  shareInterval,
  studentT,
} from "../../src/statistics/index.ts";

test.each([
  [0.5, 0],
  [0.9, 1.2815515655446004],
  [0.975, 1.959963984540054],
  [0.9995, 3.2905267314919255],
  [0.99999, 4.264890793922825],
  [1e-3, -3.090232306167813],
])("the normal variable stays below its quantile of %s", (probability, quantile) => {
  expect(normalQuantile(probability)).toBeCloseTo(quantile, 5);
});

describe("the design effect", () => {
  test("of independent trials is about 1, of trials that hit together is their number", () => {
    const random = seededRandom(1);
    const independent = Array.from({ length: 400 }, () => ({
      hits: Array.from({ length: 50 }, () => random.next()).filter((value) => value < 0.1).length,
      of: 50,
    }));
    expect(designEffect(independent)?.factor).toBeLessThan(1.2);
    const together = Array.from({ length: 400 }, () => ({ hits: random.next() < 0.1 ? 50 : 0, of: 50 }));
    expect(Math.abs((designEffect(together)?.factor ?? 0) / 50 - 1)).toBeLessThan(0.05);
  });

  test("is unknown of one stretch, and 1 where all hit or none", () => {
    expect(
      designEffect([
        { hits: 1, of: 9 },
        { hits: 0, of: 0 },
      ]),
    ).toBeUndefined();
    expect(
      designEffect([
        { hits: 0, of: 9 },
        { hits: 0, of: 7 },
      ]),
    ).toEqual({ factor: 1, freedom: 1 });
  });

  test("gives intervals of a quantile that hold as often as they say, also where neighbours depend on each other", () => {
    const random = seededRandom(2);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    const truth = 1.2815515655446004 * Math.hypot(1, 0.5);
    const [runs, blocks, each] = [400, 30, 100];
    let held = 0;
    let naive = 0;
    for (let run = 0; run < runs; run++) {
      const samples = Array.from({ length: blocks }, () => {
        const shift = 0.5 * normal();
        return Array.from({ length: each }, () => shift + normal());
      });
      const sorted = samples.flat().toSorted((a, b) => a - b);
      const estimate = sorted[Math.ceil(0.9 * sorted.length) - 1] as number;
      const effect = designEffect(
        samples.map((block) => ({ hits: block.filter((value) => value > estimate).length, of: each })),
      );
      const within = (trials: number) => {
        const { low = 0, high = trials } = rankInterval(0.9, trials);
        const at = (rank: number) =>
          sorted[Math.min(sorted.length, Math.round((rank * sorted.length) / trials)) - 1] ?? Number.NaN;
        return at(Math.max(1, low)) <= truth && truth <= at(high);
      };
      if (effect && within(Math.floor(effectiveTrials(sorted.length, effect, 0.025)))) held++;
      if (within(sorted.length)) naive++;
    }
    expect(held / runs).toBeGreaterThan(0.92);
    expect(naive / runs).toBeLessThan(0.85);
  });

  test("counts stretches, not trials, when they are few", () => {
    const z = normalQuantile(0.975);
    expect(effectiveTrials(1000, { factor: 2, freedom: 9 }, 0.025)).toBeCloseTo(500 * (z / studentT(0.975, 9)) ** 2, 6);
  });
});

describe("the interval of a difference", () => {
  test("of symmetrical ones is as wide as the root of the sum of squares", () => {
    const difference = differenceOf({ value: 10, low: 7, high: 13 }, { value: 20, low: 16, high: 24 });
    expect(difference).toEqual({ value: 10, low: 5, high: 15 });
  });

  test("has no end where one of them has none", () => {
    expect(differenceOf({ value: 10, low: 7 }, { value: 20, low: 16, high: 24 })).toEqual({ value: 10, high: 15 });
    expect(logarithmOf({ value: 1, low: -1, high: Math.E })).toEqual({ value: 0, high: 1 });
  });

  test("of shares is Newcombe's, of his example 56 of 70 and 48 of 80", () => {
    const [first, second] = [shareInterval(48 / 80, 80, 0.025), shareInterval(56 / 70, 70, 0.025)];
    const { value, low, high } = differenceOf(first, second);
    expect(value).toBeCloseTo(0.2, 10);
    expect(low).toBeCloseTo(0.0524, 4);
    expect(high).toBeCloseTo(0.3339, 4);
  });
});

describe("the Universal Scalability Law", () => {
  test("is found again from what it says", () => {
    const law = { lambda: 995.6, sigma: 0.0267, kappa: 0.000769 };
    const points = [1, 4, 8, 16, 32, 64].map((load) => ({ load, throughput: scaledThroughput(law, load) }));
    const fitted = fitScalability(points);
    for (const name of ["lambda", "sigma", "kappa"] as const) expect(fitted?.[name]).toBeCloseTo(law[name], 8);
  });

  test("takes no negative contention for what scales better than it may", () => {
    const fitted = fitScalability([1, 2, 4].map((load) => ({ load, throughput: load ** 1.1 })));
    expect(fitted?.sigma).toBe(0);
    expect(fitted?.kappa).toBe(0);
    expect(
      fitScalability([
        { load: 1, throughput: 1 },
        { load: 2, throughput: 2 },
      ]),
    ).toBeUndefined();
  });
});

describe("the queue", () => {
  const quantiles = Array.from({ length: 2000 }, (_, i) => -Math.log(1 - (i + 0.5) / 2000) * 0.01);

  test("is exact for one server with Poisson arrivals and exponential service", () => {
    const { mean, shareBeyond } = queueAt({ capacity: 100, servers: 1, serviceTimes: quantiles }, 80, 1);
    expect(mean).toBeCloseTo(1 / 20, 3);
    for (const time of [0.05, 0.1, 0.2]) expect(shareBeyond(time)).toBeCloseTo(Math.exp(-20 * time), 2);
  });

  test("of evenly spaced arrivals and equal service times has nobody wait, up to its capacity", () => {
    const queue = { capacity: 100, servers: 1, serviceTimes: [0.01] };
    expect(queueAt(queue, 99, 0).mean).toBe(0.01);
    expect(queueAt(queue, 99, 0).shareBeyond(0.01)).toBe(0);
    expect(queueAt(queue, 100, 0).mean).toBe(Number.POSITIVE_INFINITY);
    expect(queueAt(queue, 100, 0).shareBeyond(10)).toBe(1);
  });
});

describe("the index of dispersion", () => {
  const random = seededRandom(3);
  test("is about 0 of evenly spaced arrivals, about 1 of Poisson's, and their size of bursts", () => {
    const even = Array.from({ length: 20_000 }, (_, i) => i / 100);
    let at = 0;
    const poisson = Array.from({ length: 20_000 }, () => (at -= Math.log(1 - random.next())));
    expect(indexOfDispersion(even)).toBeLessThan(0.2);
    expect(indexOfDispersion(poisson)).toBeGreaterThan(0.9);
    expect(indexOfDispersion(poisson)).toBeLessThan(1.6);
    const bursts = poisson.flatMap((instant) => Array.from({ length: 10 }, (_, i) => instant + i / 1e6));
    expect(indexOfDispersion(bursts)).toBeGreaterThan(9);
    expect(indexOfDispersion(bursts)).toBeLessThan(16);
  });

  test("is unknown of too few", () => {
    expect(indexOfDispersion([])).toBeUndefined();
    expect(indexOfDispersion([1, 2, 3])).toBeUndefined();
  });
});
