import { holds, percentileOf, type Threshold } from "../../base/threshold.ts";
import {
  decodeHistogram,
  fitScalability,
  greatestRate,
  type Queue,
  queueAt,
  type Scalability,
  scaledThroughput,
  variabilityOf,
  waitingAt,
} from "../../statistics/index.ts";
import type { LoadPoint } from "../document.gen.ts";
import type { CurvePoint, LoadCurve } from "./load-curve.ts";

/** How far a model is off at a load that it was not shown. */
export interface HeldOutError {
  /** What is predicted, e.g. `throughput`. */
  readonly of: string;
  /** Relative, of the median and of the worst load. */
  readonly median: number;
  readonly worst: number;
  readonly worstLoad: number;
}

/** What one replica does, as a queue. */
export interface ReplicaModel {
  readonly queue: Queue;
  readonly law?: Scalability;
  /** Absent where too few loads were measured to hold one out. */
  readonly error?: HeldOutError;
}

/** A model has three parameters; one load more shows whether it is right. */
export const FEWEST_LOADS = 4;
const SERVICE_TIMES = 200;
const NS_PER_S = 1e9;

/** The queue that fits what was measured, and how far it is off at each load when fitted to the others. Needs FEWEST_LOADS points. */
export function modelReplica(curve: LoadCurve, dispersion: number, objectives: readonly Threshold[]): ReplicaModel {
  return curve.over === "concurrency" ? closedModel(curve) : openModel(curve.points, dispersion, objectives);
}

/** The greatest rate per second at which the model meets all objectives about times, with arrivals so dispersed; without any, its capacity. */
export function modelledLimit({ queue }: ReplicaModel, dispersion: number, objectives: readonly Threshold[]): number {
  const times = objectives.filter(({ unit }) => unit === "ns");
  return greatestRate(queue.capacity, (rate) => {
    const at = queueAt(queue, rate, dispersion);
    return times.every((objective) => {
      const percentile = percentileOf(objective.metric);
      if (percentile !== undefined) return at.shareBeyond(objective.limit / NS_PER_S) <= 1 - percentile / 100;
      return objective.metric !== "mean" || holds(at.mean * NS_PER_S, objective);
    });
  });
}

/** In a closed loop the Universal Scalability Law says how throughput comes to its greatest. */
function closedModel({ points }: LoadCurve): ReplicaModel {
  const scaling = points.map(({ load, point }) => ({ load, throughput: point.throughput.value }));
  const law = fitScalability(scaling);
  const measured = scaling.map((each) => ({ ...each, value: each.throughput }));
  const error = heldOut("throughput", measured, (others, { load }) => {
    const fitted = fitScalability(others);
    return fitted && scaledThroughput(fitted, load);
  });
  return { queue: busyQueue(points), ...(law && { law }), ...(error && { error }) };
}

/** The capacity is the greatest throughput that was seen; by Little's law as many servers work side by side as the time of an unloaded request times it. */
function busyQueue(points: readonly CurvePoint[]): Queue {
  const [{ point: least }] = points as readonly [CurvePoint, ...CurvePoint[]];
  const capacity = Math.max(...points.map(({ point }) => point.throughput.value));
  const servers = Math.max(1, (capacity * least.latency.meanNs) / NS_PER_S);
  return { capacity, servers, serviceTimes: serviceTimesOf(least) };
}

function openModel(points: readonly CurvePoint[], dispersion: number, objectives: readonly Threshold[]): ReplicaModel {
  const percentile = objectives.map(({ metric }) => percentileOf(metric)).find((found) => found !== undefined) ?? 99;
  const responses = points.map(({ load, point }) => ({ load, value: timeAt(point, percentile), point }));
  // Evenly spaced requests hardly wait, so that their times do not tell of queues.
  const queueOf = (kept: readonly CurvePoint[]) => (dispersion === 0 ? busyQueue(kept) : fitQueue(kept, dispersion));
  const queue = queueOf(points);
  const error = heldOut(`p${percentile}`, responses, (kept, { load }) =>
    modelledTime(queueOf(kept), { rate: load, dispersion, percentile }),
  );
  return { queue, ...(error && { error }) };
}

/** Least squares of the relative errors of the mean time, over capacity and number of servers; the service time follows from both. */
function fitQueue(points: readonly CurvePoint[], dispersion: number): Queue {
  const [{ point: least }] = points as readonly [CurvePoint, ...CurvePoint[]];
  const times = serviceTimesOf(least);
  const measured = points.map(({ load, point }) => ({ rate: load, mean: point.latency.meanNs / NS_PER_S }));
  const most = Math.max(...measured.map(({ rate }) => rate));
  const scaledTo = (service: number) => times.map((time) => (time * service * NS_PER_S) / least.latency.meanNs);
  const variability = variabilityOf(times);
  const weight = measured.reduce((sum, { mean }) => sum + 1 / mean ** 2, 0);
  const candidate = (spare: number, servers: number) => {
    const capacity = most * (1 + spare);
    const waits = measured.map(({ rate }) => {
      const { share, mean } = waitingAt({ capacity, servers }, rate, { dispersion, variability });
      return share * mean;
    });
    const fitted = measured.reduce((sum, { mean }, i) => sum + (mean - (waits[i] as number)) / mean ** 2, 0) / weight;
    const service = Math.min(least.latency.meanNs / NS_PER_S, Math.max(least.latency.minNs / NS_PER_S, fitted));
    const error = measured.reduce((sum, { mean }, i) => sum + ((service + (waits[i] as number)) / mean - 1) ** 2, 0);
    return { spare, servers, capacity, service, error };
  };
  let best = candidate(1, 1);
  const tryAll = (spares: readonly number[], servers: readonly number[]) => {
    for (const spare of spares)
      for (const count of servers) {
        const found = candidate(spare, Math.max(1, count));
        if (found.error < best.error) best = found;
      }
  };
  tryAll(around(0.15, 40, 1.2), around(16, 14, 1.26));
  for (const step of [1.1, 1.03, 1.01, 1.003]) tryAll(around(best.spare, 6, step), around(best.servers, 6, step));
  const { capacity, servers, service } = best;
  return { capacity, servers, serviceTimes: scaledTo(service) };
}

/** The middle, and `count` values either side of it, each `step` times its neighbour. */
function around(middle: number, count: number, step: number): readonly number[] {
  return Array.from({ length: 2 * count + 1 }, (_, i) => middle * step ** (i - count));
}

function modelledTime(
  queue: Queue,
  { rate, dispersion, percentile }: { readonly rate: number; readonly dispersion: number; readonly percentile: number },
): number | undefined {
  if (rate >= queue.capacity) return undefined;
  const { shareBeyond } = queueAt(queue, rate, dispersion);
  const most = 1e4 * Math.max(...queue.serviceTimes);
  return most - greatestRate(most, (less) => shareBeyond(most - less) <= 1 - percentile / 100);
}

/** Predicts each load between the least and the greatest from the others: beyond them nothing is planned either. `value` is what is predicted. */
function heldOut<T extends { readonly load: number; readonly value: number }>(
  of: string,
  points: readonly T[],
  predict: (others: readonly T[], held: T) => number | undefined,
): HeldOutError | undefined {
  const errors = points.slice(1, -1).map((held) => {
    const others = points.filter((point) => point !== held);
    return { load: held.load, error: Math.abs((predict(others, held) ?? 0) / held.value - 1) };
  });
  const sorted = errors.toSorted((a, b) => a.error - b.error);
  const worst = sorted.at(-1);
  const median = sorted[Math.floor(sorted.length / 2)];
  return worst && median && { of, median: median.error, worst: worst.error, worstLoad: worst.load };
}

/** Equally likely times of a point in seconds. */
function serviceTimesOf({ latency: { histogram } }: LoadPoint): readonly number[] {
  const decoded = decodeHistogram(histogram ?? "");
  try {
    return Array.from(
      { length: SERVICE_TIMES },
      (_, i) => decoded.percentile((100 * (i + 0.5)) / SERVICE_TIMES) / NS_PER_S,
    );
  } finally {
    decoded.destroy();
  }
}

function timeAt({ latency }: LoadPoint, wanted: number): number {
  const found = latency.percentiles.find(({ percentile }) => percentile === wanted);
  return (found?.ns ?? latency.meanNs) / NS_PER_S;
}
