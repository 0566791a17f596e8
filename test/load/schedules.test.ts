import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import type { Arrivals } from "../../src/load/index.ts";
import { dealt, evenArrivals, poissonArrivals, tracedArrivals } from "../../src/load/schedules/schedules.ts";

const S = 1e9;

function all(arrivals: Arrivals): number[] {
  const offsets: number[] = [];
  for (let next = arrivals.next(); next !== Number.POSITIVE_INFINITY; next = arrivals.next()) offsets.push(next);
  return offsets;
}

describe("even arrivals", () => {
  test("at a constant rate are due at k ÷ rate, without an error that adds up", () => {
    const offsets = all(evenArrivals([{ durationS: 100, from: 3, to: 3 }]));
    expect(offsets).toHaveLength(300);
    for (const [k, offset] of offsets.entries()) expect(Math.abs(offset - (k * S) / 3)).toBeLessThan(1);
  });

  test("of a ramp come closer as the rate grows, and their number is the area under it", () => {
    const offsets = all(evenArrivals([{ durationS: 10, from: 0, to: 100 }]));
    expect(offsets).toHaveLength(500);
    // 5·t² are due by t.
    expect(offsets[125]).toBeCloseTo(5 * S, -2);
    expect(offsets[320]).toBeCloseTo(8 * S, -2);
  });

  test("go on from one stretch to the next, over stretches without any", () => {
    const offsets = all(
      evenArrivals([
        { durationS: 1, from: 10, to: 10 },
        { durationS: 2, from: 0, to: 0 },
        { durationS: 1, from: 20, to: 20 },
      ]),
    );
    expect(offsets).toHaveLength(30);
    expect(offsets[9]).toBeCloseTo(0.9 * S, 0);
    expect(offsets[10]).toBeCloseTo(3 * S, 0);
    expect(offsets[11]).toBeCloseTo(3.05 * S, 0);
  });
});

describe("Poisson arrivals", () => {
  const RATE = 1000;
  const offsets = (seed: number, durationS = 20) =>
    all(poissonArrivals([{ durationS, from: RATE, to: RATE }], seededRandom(seed, "arrivals")));

  test("equal seeds give equal instants, others do not", () => {
    expect(offsets(1)).toEqual(offsets(1));
    expect(offsets(1)[0]).not.toBe(offsets(2)[0]);
  });

  test("have exponential gaps, by the Kolmogorov-Smirnov test for a hundred seeds", () => {
    const rejected = Array.from({ length: 100 }, (_, seed) =>
      kolmogorovP(gapsOf(offsets(seed, 2)), (gap) => 1 - Math.exp(-gap * RATE)),
    );
    // At a level of 1 % about one of a hundred is rejected by chance; five or more have a probability of 0.3 %.
    expect(rejected.filter((p) => p < 0.01).length).toBeLessThan(5);
  });

  test("dealt to three workers and put together are those of one", () => {
    const make = () => poissonArrivals([{ durationS: 2, from: RATE, to: RATE }], seededRandom(7, "arrivals"));
    const together = [0, 1, 2].flatMap((worker) => all(dealt(make(), worker, 3)));
    expect(together.toSorted((a, b) => a - b)).toEqual(all(make()));
  });
});

test("a trace is given back as it is", () => {
  expect(all(tracedArrivals([0, 5, 5, 9]))).toEqual([0, 5, 5, 9]);
});

function gapsOf(offsets: readonly number[]): number[] {
  return offsets.map((offset, i) => (offset - (offsets[i - 1] ?? 0)) / S);
}

/** The p-value of the one-sample Kolmogorov-Smirnov test by its asymptotic distribution. */
function kolmogorovP(samples: readonly number[], distribution: (value: number) => number): number {
  const n = samples.length;
  const distance = samples
    .toSorted((a, b) => a - b)
    .reduce((most, value, i) => {
      const at = distribution(value);
      return Math.max(most, (i + 1) / n - at, at - i / n);
    }, 0);
  const x = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * distance;
  let p = 0;
  for (let k = 1; k <= 100; k++) p += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, p));
}
