import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import { parseThreshold } from "../../src/base/threshold.ts";
import { capacityJson, renderCapacity } from "../../src/report/index.ts";
import {
  type CapacityQuestion,
  type PlannedCurve,
  planCapacity,
  type RefusedCurve,
} from "../../src/result/capacity/index.ts";
import { type LoadPoint } from "../../src/result/index.ts";
import { loadPoint } from "./sample-run.ts";
import { loadOf, type QueueLaw, simulatedClosedLoop, simulatedQueue } from "./simulated-load.ts";

const POISSON = { kind: "poisson", dispersion: 1 } as const;
const question = (own: Partial<CapacityQuestion> = {}): CapacityQuestion => ({
  objectives: [parseThreshold("p99<=100ms")],
  arrivals: POISSON,
  headroom: 0,
  spare: 0,
  ...own,
});

function planOf(points: readonly LoadPoint[], own: Partial<CapacityQuestion> = {}, arrivals = "poisson"): PlannedCurve {
  const [plan] = planCapacity(loadOf(points, arrivals), question(own));
  if (!plan || "refused" in plan) throw new Error(`refused: ${plan?.refused ?? "no curve"}`);
  return plan;
}

function refusalOf(points: readonly LoadPoint[], own: Partial<CapacityQuestion> = {}, arrivals = "poisson"): string {
  const [plan] = planCapacity(loadOf(points, arrivals), question(own)) as readonly RefusedCurve[];
  return plan?.refused ?? "";
}

/** 20 rates of up to eight replicas. */
function randomTargets(limit: number): readonly number[] {
  const random = seededRandom("targets");
  return Array.from({ length: 20 }, () => Math.round(limit * (0.3 + 8 * random.next())));
}

/** One server, exponential service: response times are exponential with rate µ - λ, so that p99 is ln 100 / (µ - λ). */
const SINGLE: QueueLaw = { seed: "single", seconds: 400, servers: 1, serviceMs: 2 };
const SINGLE_LIMIT = 500 - Math.log(100) / 0.1;

describe("of a service whose capacity is known", () => {
  const points = [50, 150, 250, 350, 420, 440, 460, 475].map((rate) => simulatedQueue(SINGLE, rate));

  test("finds how much one replica carries, how far the model is off, and the queue behind it", () => {
    const { limit, error, model, knee } = planOf(points);
    expect(limit).toMatchObject({ basis: "measured", met: 440, missed: 460 });
    expect(Math.abs(limit.rate / SINGLE_LIMIT - 1)).toBeLessThan(0.005);
    expect(error?.of).toBe("p99");
    expect(error?.median).toBeLessThan(0.05);
    expect(Math.abs(model.queue.capacity / 500 - 1)).toBeLessThan(0.02);
    expect(model.queue.servers).toBeLessThan(1.2);
    // λ / E[T] = λ (µ - λ) is greatest at half the capacity.
    expect(knee?.load).toBe(250);
  });

  test("gives the right number of replicas for 20 random targets", () => {
    const targets = randomTargets(SINGLE_LIMIT);
    const given = targets.map((targetRate) => planOf(points, { targetRate }).fleet?.needed);
    expect(given).toEqual(targets.map((target) => Math.ceil(target / SINGLE_LIMIT)));
  });

  test("adds headroom, and then the spare one", () => {
    const { fleet } = planOf(points, { targetRate: 1000, headroom: 0.3, spare: 1 });
    expect(fleet?.needed).toBe(Math.ceil(1000 / (0.7 * SINGLE_LIMIT)));
    expect(fleet?.replicas).toBe((fleet?.needed ?? 0) + 1);
    expect(fleet?.ratePerReplica).toBeCloseTo(1000 / (fleet?.replicas ?? 0), 9);
  });

  test("needs more for bursts, less for arrivals that are evenly spaced, and bursts dealt to many are bursts no more", () => {
    const limitWith = (dispersion: number) => planOf(points, { arrivals: { kind: "bursty", dispersion } }).limit.rate;
    const ascending = [
      limitWith(10),
      limitWith(3),
      limitWith(1),
      planOf(points, { arrivals: { kind: "constant", dispersion: 0 } }).limit.rate,
    ];
    expect(ascending).toEqual([...ascending].sort((a, b) => a - b));
    expect(ascending[0]).toBeLessThan(0.8 * SINGLE_LIMIT);
    const bursty = planOf(points, { arrivals: { kind: "bursty", dispersion: 5 }, targetRate: 40_000 }).fleet;
    expect(bursty?.limitPerReplica).toBeGreaterThan(0.99 * SINGLE_LIMIT);
    const few = planOf(points, { arrivals: { kind: "bursty", dispersion: 5 }, targetRate: 300 }).fleet;
    expect(few?.limitPerReplica).toBeLessThan(0.95 * SINGLE_LIMIT);
  });

  test("says what a million inferences cost, with the spare replicas, and what energy they take", () => {
    const gpu = { source: "nvidia-smi", busy: 1, inferencesPerGpuSecond: 100, joulesPerInference: 0.36 };
    const { fleet } = planOf(
      points.map((point) => ({ ...point, batch: 1, gpu })),
      { targetRate: 800, spare: 1, pricePerHour: 3.6 },
    );
    // 3 replicas at 3.60 an hour, 2.88 million inferences an hour.
    expect(fleet?.replicas).toBe(3);
    expect(fleet?.costPerMillion).toBeCloseTo(3.75, 9);
    expect(fleet?.energyPerMillion?.kilowattHours).toBeCloseTo(0.1, 9);
  });

  test("goes no further than what was measured where nothing was missed", () => {
    const { limit } = planOf(points.slice(0, 5));
    expect(limit).toMatchObject({ rate: 420, met: 420 });
    expect(limit.missed).toBeUndefined();
  });
});

describe("of a closed loop", () => {
  /** Four servers, exponential service; Erlang's formula tells how the response times of Poisson arrivals spread. */
  const LAW: QueueLaw = { seed: "four", seconds: 100, servers: 4, serviceMs: 8 };
  const points = [1, 2, 3, 4, 6, 8, 12].map((load) => simulatedClosedLoop(LAW, load));
  const objectives = [parseThreshold("p99<=60ms")];

  function erlangLimit(): number {
    const [mu, servers, limit] = [125, 4, 0.06];
    const beyond = (rate: number) => {
      const offered = rate / mu;
      const terms = [1, offered, offered ** 2 / 2, offered ** 3 / 6];
      const all = offered ** 4 / 24 / (1 - offered / servers);
      const waits = all / (terms.reduce((sum, term) => sum + term, 0) + all);
      const drain = servers * mu - rate;
      // Service alone, or service after an exponential wait.
      const after = (drain * Math.exp(-mu * limit) - mu * Math.exp(-drain * limit)) / (drain - mu);
      return (1 - waits) * Math.exp(-mu * limit) + waits * after;
    };
    let [low, high] = [0, 499];
    for (let i = 0; i < 50; i++) {
      const middle = (low + high) / 2;
      if (beyond(middle) <= 0.01) low = middle;
      else high = middle;
    }
    return low;
  }

  test("foresees what arrivals of their own do", () => {
    const { limit, error, model } = planOf(points, { objectives });
    expect(limit.basis).toBe("modelled");
    expect(model.queue.servers).toBeCloseTo(4, 0);
    expect(Math.abs(limit.rate / erlangLimit() - 1)).toBeLessThan(0.03);
    expect(error?.of).toBe("throughput");
    expect(error?.worst).toBeGreaterThan(0);
    expect(error?.worst).toBeLessThan(0.3);
  });

  test("and so does a sweep with evenly spaced requests, never for more than is true", () => {
    const even = [100, 200, 300, 400, 450, 480].map((rate) => simulatedQueue({ ...LAW, even: true }, rate));
    const { limit } = planOf(even, { objectives }, "constant");
    expect(limit.basis).toBe("converted");
    expect(limit.rate / erlangLimit()).toBeGreaterThan(0.85);
    expect(limit.rate / erlangLimit()).toBeLessThan(1.03);
  });

  test("gives the number of replicas for 20 random targets within one, and right where the boundary is not within 3 %", () => {
    const limit = erlangLimit();
    for (const targetRate of randomTargets(limit)) {
      const needed = planOf(points, { objectives, targetRate }).fleet?.needed ?? 0;
      const [least, most] = [Math.ceil(targetRate / (1.03 * limit)), Math.ceil(targetRate / (0.97 * limit))];
      expect(needed).toBeGreaterThanOrEqual(least);
      expect(needed).toBeLessThanOrEqual(most);
    }
  });
});

describe("without an objective", () => {
  test("a replica is loaded to its knee", () => {
    const points = [50, 150, 250, 350, 450].map((rate) => simulatedQueue({ ...SINGLE, seconds: 20 }, rate));
    const { limit } = planOf(points, { objectives: [] });
    expect(limit.basis).toBe("knee");
    expect(Math.abs(limit.rate / 250 - 1)).toBeLessThan(0.05);
  });
});

describe("a plan is refused", () => {
  const short: QueueLaw = { ...SINGLE, seconds: 4 };
  const points = [50, 150, 250, 350].map((rate) => simulatedQueue(short, rate));
  const invalid = (point: LoadPoint): LoadPoint => ({ ...point, validity: loadPoint(1, false).validity });

  test("where no measurement is valid, with the reason of that", () => {
    expect(refusalOf(points.map(invalid))).toMatch(
      /^no measurement is valid \(at 50: the event loop of the sender was busy/,
    );
  });

  test("where too few are, or too few loads were measured", () => {
    expect(refusalOf([...points.slice(0, 3), invalid(points[3] as LoadPoint)])).toMatch(
      /^3 valid loads do not make a curve: at least 4 are needed \(at 350/,
    );
  });

  test("where even the least load misses the objective", () => {
    expect(refusalOf(points, { objectives: [parseThreshold("p99<1ms")] })).toBe(
      "even the least load, 50/s, does not meet p99<1ms",
    );
  });

  test("where the objective is about something that was not measured", () => {
    expect(refusalOf(points, { objectives: [parseThreshold("p98<1s")] })).toBe("p98 was not measured at every load");
  });

  test("where nobody knows how the arrivals were dispersed", () => {
    expect(refusalOf(points, {}, "trace")).toContain("how its arrivals are dispersed is not known");
  });

  test("where a closed loop shows that no rate meets the objective", () => {
    const closed = [1, 2, 4, 8].map((load) => simulatedClosedLoop({ ...short, servers: 4 }, load));
    expect(refusalOf(closed, { objectives: [parseThreshold("p99<1ms")] })).toContain(
      "no rate is expected to meet p99<1ms",
    );
  });

  test("and a document without load has no curves", () => {
    expect(planCapacity(undefined, question())).toEqual([]);
  });
});

test("is told in words and as JSON", () => {
  const points = [50, 150, 250, 350, 450].map((rate) => simulatedQueue({ ...SINGLE, seconds: 20 }, rate));
  const asked = question({ targetRate: 1000, headroom: 0.3, spare: 1, pricePerHour: 2 });
  const plans = planCapacity(loadOf(points), asked);
  const text = renderCapacity(plans, asked);
  for (const part of [
    "knee: 250/s intended",
    "replicas for 1000/s:",
    "30 % headroom, and 1 spare",
    "cost of a million",
    "G/G/m",
    "held out in turn, p99",
  ])
    expect(text).toContain(part);
  const json = JSON.parse(capacityJson(plans, asked)) as { plans: { fleet: { replicas: number } }[] };
  expect(json.plans[0]?.fleet.replicas).toBe(plans[0] && "fleet" in plans[0] ? plans[0].fleet?.replicas : -1);
});
