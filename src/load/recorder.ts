import { createHistogram, type Histogram, type HistogramSnapshot } from "../statistics/index.ts";
import { Outcome, type OutcomeCode, type Recorder } from "./engine.ts";
import type { PointInterval, PointWindow } from "./load-point.ts";
import { createWindows, type WindowsSnapshot } from "./windows.ts";

export type OutcomeName = keyof typeof Outcome;

/** The names of outcomes by their codes. */
export const OUTCOME_NAMES = Object.keys(Outcome) as readonly OutcomeName[];

/** What a phase recorded. */
export interface Recorded {
  /** The clock's nanoseconds at which the phase began, and how many it took. */
  readonly startNs: number;
  readonly lengthNs: number;
  readonly counts: Readonly<Record<OutcomeName, number>>;
  readonly bytesIn: number;
  /** Right answers that ended within the phase, and the inferences in them; those that ended later count in `counts` only. */
  readonly okWithin: number;
  readonly inferencesWithin: number;
  /** Inferences in all right answers. */
  readonly inferences: number;
  /** End minus intended sending, right answers only. */
  readonly latency: Histogram;
  /** End minus actual sending, right answers only. */
  readonly service: Histogram;
  /** End minus intended sending of all others. */
  readonly failedLatency: Histogram;
  /** Actual minus intended sending of all that were sent; empty in a closed loop, where both are one. */
  readonly lateness: Histogram;
  readonly windows: PointWindow[];
  readonly intervals: PointInterval[];
}

/** A recorder of one phase. Recording allocates nothing, and memory does not depend on the number of requests. */
export interface PhaseRecorder extends Recorder {
  /** Right and other answers so far. */
  readonly ok: number;
  readonly failed: number;
  /** Latencies so far. */
  readonly latency: Histogram;
  /** How late requests were sent so far; empty in a closed loop. */
  readonly lateness: Histogram;
  /** What was recorded; `lengthNs` where the phase ended earlier than planned. */
  recorded(lengthNs?: number): Recorded;
  /** All that was recorded, as it travels from one process to another. */
  snapshot(): RecorderSnapshot;
  /** Adds what another recorder of a phase of the same length held: then this one is as if it had recorded all of it. */
  merge(other: RecorderSnapshot): void;
  /** Frees the histograms; what `recorded()` gave must not be read any more. */
  destroy(): void;
}

/** What a recorder holds, free of the origin of its clock. */
export interface RecorderSnapshot {
  /** By outcome code. */
  readonly counts: readonly number[];
  readonly bytesIn: number;
  readonly okWithin: number;
  readonly inferencesWithin: number;
  readonly inferences: number;
  readonly latency: HistogramSnapshot;
  /** Absent in a closed loop. */
  readonly service?: HistogramSnapshot;
  readonly failedLatency: HistogramSnapshot;
  readonly lateness: HistogramSnapshot;
  readonly windows: WindowsSnapshot;
}

const SUMS = ["bytesIn", "okWithin", "inferencesWithin", "inferences"] as const;

/** Records a phase that begins at `startNs` of the clock and takes `lengthNs`; in an open loop also how late requests were sent. */
export function createRecorder(startNs: number, lengthNs: number, openLoop = false): PhaseRecorder {
  const latency = createHistogram();
  // In a closed loop both are one, and one record is enough.
  const service = openLoop ? createHistogram() : latency;
  const failedLatency = createHistogram();
  const lateness = createHistogram();
  const windows = createWindows(openLoop);
  const counts = new Float64Array(OUTCOME_NAMES.length);
  const sums = { bytesIn: 0, okWithin: 0, inferencesWithin: 0, inferences: 0 };
  let failed = 0;

  return {
    record: (due: number, start: number, end: number, outcome: OutcomeCode, inferences: number, bytesIn: number) => {
      counts[outcome] = (counts[outcome] as number) + 1;
      sums.bytesIn += bytesIn;
      const offset = end - startNs;
      const within = offset < lengthNs;
      const ok = outcome === Outcome.ok;
      if (within) windows.add(offset, end - due, ok, inferences);
      if (openLoop) {
        windows.due(due - startNs);
        if (outcome !== Outcome.notSent) lateness.recordNs(start - due);
      }
      if (!ok) {
        failed++;
        failedLatency.recordNs(end - due);
        return;
      }
      latency.recordNs(end - due);
      if (openLoop) service.recordNs(end - start);
      sums.inferences += inferences;
      if (within) {
        sums.okWithin++;
        sums.inferencesWithin += inferences;
      }
    },
    get ok() {
      return counts[Outcome.ok] as number;
    },
    get failed() {
      return failed;
    },
    latency,
    lateness,
    recorded: (actualNs = lengthNs) => ({
      startNs,
      lengthNs: actualNs,
      counts: Object.fromEntries(OUTCOME_NAMES.map((name) => [name, counts[Outcome[name]]])) as Recorded["counts"],
      ...sums,
      latency,
      service,
      failedLatency,
      lateness,
      windows: windows.list(actualNs),
      intervals: windows.intervals(actualNs),
    }),
    snapshot: () => ({
      counts: [...counts],
      ...sums,
      latency: latency.snapshot(),
      ...(openLoop && { service: service.snapshot() }),
      failedLatency: failedLatency.snapshot(),
      lateness: lateness.snapshot(),
      windows: windows.snapshot(),
    }),
    merge: (other) => {
      for (const [code, count] of other.counts.entries()) {
        counts[code] = (counts[code] as number) + count;
        if (code !== Outcome.ok) failed += count;
      }
      for (const name of SUMS) sums[name] += other[name];
      mergeSnapshot(latency, other.latency);
      if (other.service) mergeSnapshot(service, other.service);
      mergeSnapshot(failedLatency, other.failedLatency);
      mergeSnapshot(lateness, other.lateness);
      windows.merge(other.windows);
    },
    destroy: () => {
      for (const each of new Set([latency, service, failedLatency, lateness])) each.destroy();
    },
  };
}

function mergeSnapshot(histogram: Histogram, snapshot: HistogramSnapshot): void {
  if (snapshot.count === 0) return;
  const other = createHistogram(snapshot);
  histogram.merge(other);
  other.destroy();
}
