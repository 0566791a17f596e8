import { seededRandom } from "../../src/base/random.ts";
import { Outcome } from "../../src/load/engine.ts";
import { distributionOf } from "../../src/load/metrics/distribution.ts";
import { createRecorder, type Recorded } from "../../src/load/recorder.ts";
import type { Load, LoadPoint } from "../../src/result/index.ts";
import { loadPoint } from "./sample-run.ts";

const MS = 1e6;

/** What becomes of one request, in nanoseconds of the phase. */
export interface SimulatedAnswer {
  readonly dueNs: number;
  readonly endNs: number;
  readonly ok: boolean;
}

/** The load point of answers that were simulated, with all that a real one holds of them. */
export function simulatedPoint(
  seconds: number,
  settings: Pick<LoadPoint, "concurrency" | "requestRate">,
  answers: Iterable<SimulatedAnswer>,
): LoadPoint {
  const recorder = createRecorder(0, seconds * 1e9, settings.requestRate !== undefined);
  for (const { dueNs, endNs, ok } of answers)
    recorder.record(dueNs, dueNs, endNs, ok ? Outcome.ok : Outcome.httpError, 1, 0);
  const recorded = recorder.recorded();
  const point = pointOf(recorded, settings);
  recorder.destroy();
  return point;
}

function pointOf(recorded: Recorded, settings: Pick<LoadPoint, "concurrency" | "requestRate">): LoadPoint {
  const { concurrency: _concurrency, requestRate: _rate, ...sample } = loadPoint(1);
  const { counts, windows, intervals, lengthNs, okWithin } = recorded;
  const perSecond = { value: (okWithin * 1e9) / lengthNs };
  const sent = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    ...sample,
    ...settings,
    durationMs: lengthNs / MS,
    counts: { ...sample.counts, ...counts, sent },
    throughput: perSecond,
    inferences: perSecond,
    latency: distributionOf(recorded.latency),
    service: distributionOf(recorded.service),
    windows,
    intervals,
  };
}

/** A document's load with these points. */
export function loadOf(points: readonly LoadPoint[], arrivals = "poisson"): Load {
  return { runs: [{ plan: { mode: "sweep", arrivals }, points: [...points] }] };
}

export interface ServiceLaw {
  readonly seed: string | number;
  readonly seconds: number;
  /** 0.05: the slowest tenth takes 5 % longer, and so does p99; the median does not. */
  readonly slowerTail?: number;
  readonly errors?: number;
}

const RATE = 2000;
const SLOT_MS = 50;

/**
 * A service with Poisson arrivals whose times are log-normal (median 10 ms, p99 about 16 ms), and whose speed wanders over some tenths of a
 * second, so that neighbours depend on each other.
 */
export function simulatedService({ seed, seconds, slowerTail = 0, errors = 0 }: ServiceLaw): LoadPoint {
  const random = seededRandom(seed, "service");
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  function* answers(): Iterable<SimulatedAnswer> {
    let wander = 0;
    let slotEnd = 0;
    for (let ns = 0; ; ) {
      ns += (-Math.log(1 - random.next()) / RATE) * 1e9;
      if (ns >= seconds * 1e9) return;
      for (; slotEnd <= ns; slotEnd += SLOT_MS * MS) wander = 0.7 * wander + 0.01 * normal();
      const times = 10 * MS * Math.exp(0.2 * normal() + wander);
      // From nothing at 12 ms to all of it at 14 ms: the ninth tenth ends at about 13.
      const slower = 1 + slowerTail * Math.min(1, Math.max(0, (times - 12 * MS) / (2 * MS)));
      yield { dueNs: ns, endNs: ns + times * slower, ok: random.next() >= errors };
    }
  }
  return simulatedPoint(seconds, { requestRate: RATE }, answers());
}

export interface QueueLaw {
  readonly seed: string | number;
  readonly seconds: number;
  readonly servers: number;
  /** Of an exponential service time. */
  readonly serviceMs: number;
  /** Arrivals come evenly spaced, not as a Poisson process. */
  readonly even?: boolean;
}

/** An open loop of Poisson arrivals before servers that work side by side, first come first served, in virtual time. */
export function simulatedQueue({ seed, seconds, servers, serviceMs, even }: QueueLaw, rate: number): LoadPoint {
  const random = seededRandom(seed, "queue", rate);
  const exponential = (mean: number) => -Math.log(1 - random.next()) * mean;
  function* answers(): Iterable<SimulatedAnswer> {
    const free = Array.from({ length: servers }, () => 0);
    const gap = () => (even ? 1e9 / rate : exponential(1e9 / rate));
    for (let ns = gap(); ns < seconds * 1e9; ns += gap()) {
      const next = free.indexOf(Math.min(...free));
      const endNs = Math.max(ns, free[next] as number) + exponential(serviceMs * MS);
      free[next] = endNs;
      yield { dueNs: ns, endNs, ok: true };
    }
  }
  return simulatedPoint(seconds, { requestRate: rate }, answers());
}

/** The same servers in a closed loop. */
export function simulatedClosedLoop({ seed, seconds, servers, serviceMs }: QueueLaw, concurrency: number): LoadPoint {
  const random = seededRandom(seed, "closed", concurrency);
  function* answers(): Iterable<SimulatedAnswer> {
    const free = Array.from({ length: servers }, () => 0);
    const sent = Array.from({ length: concurrency }, () => 0);
    for (;;) {
      const sender = sent.indexOf(Math.min(...sent));
      const next = free.indexOf(Math.min(...free));
      const dueNs = sent[sender] as number;
      if (dueNs >= seconds * 1e9) return;
      const endNs = Math.max(dueNs, free[next] as number) - Math.log(1 - random.next()) * serviceMs * MS;
      free[next] = endNs;
      sent[sender] = endNs;
      yield { dueNs, endNs, ok: true };
    }
  }
  return simulatedPoint(seconds, { concurrency }, answers());
}
