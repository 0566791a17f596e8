import { createHistogram, type Histogram, type HistogramSnapshot } from "../statistics/index.ts";
import { Outcome, type OutcomeCode, type Recorder } from "./engine.ts";
import type { PointInterval, PointWindow } from "./load-point.ts";
import { Windows, type WindowsSnapshot } from "./windows.ts";

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

/** Records a phase that begins at `startNs` of the clock and takes `lengthNs`; in an open loop also how late requests were sent. */
export function createRecorder(startNs: number, lengthNs: number, openLoop = false): PhaseRecorder {
  return new HistogramRecorder(startNs, lengthNs, openLoop);
}

/** A class, as all that is called for every request is: what was compiled for one phase serves the next. */
class HistogramRecorder implements PhaseRecorder {
  readonly latency = createHistogram();
  readonly lateness = createHistogram();
  readonly #service: Histogram;
  readonly #failedLatency = createHistogram();
  readonly #windows: Windows;
  readonly #counts = new Float64Array(OUTCOME_NAMES.length);
  readonly #startNs: number;
  readonly #lengthNs: number;
  readonly #openLoop: boolean;
  #failed = 0;
  #bytesIn = 0;
  #okWithin = 0;
  #inferencesWithin = 0;
  #inferences = 0;

  constructor(startNs: number, lengthNs: number, openLoop: boolean) {
    this.#startNs = startNs;
    this.#lengthNs = lengthNs;
    this.#openLoop = openLoop;
    // In a closed loop both are one, and one record is enough.
    this.#service = openLoop ? createHistogram() : this.latency;
    this.#windows = new Windows(openLoop);
  }

  record(due: number, start: number, end: number, outcome: OutcomeCode, inferences: number, bytesIn: number): void {
    this.#counts[outcome] = (this.#counts[outcome] as number) + 1;
    this.#bytesIn += bytesIn;
    const offset = end - this.#startNs;
    const within = offset < this.#lengthNs;
    const ok = outcome === Outcome.ok;
    if (within) this.#windows.add(offset, end - due, ok, inferences);
    if (this.#openLoop) {
      this.#windows.due(due - this.#startNs);
      if (outcome !== Outcome.notSent) this.lateness.recordNs(start - due);
    }
    if (!ok) {
      this.#failed++;
      this.#failedLatency.recordNs(end - due);
      return;
    }
    this.latency.recordNs(end - due);
    if (this.#openLoop) this.#service.recordNs(end - start);
    this.#inferences += inferences;
    if (within) {
      this.#okWithin++;
      this.#inferencesWithin += inferences;
    }
  }

  get ok(): number {
    return this.#counts[Outcome.ok] as number;
  }

  get failed(): number {
    return this.#failed;
  }

  recorded(actualNs = this.#lengthNs): Recorded {
    const counts = Object.fromEntries(OUTCOME_NAMES.map((name) => [name, this.#counts[Outcome[name]]]));
    return {
      startNs: this.#startNs,
      lengthNs: actualNs,
      counts: counts as Recorded["counts"],
      ...this.#sums(),
      latency: this.latency,
      service: this.#service,
      failedLatency: this.#failedLatency,
      lateness: this.lateness,
      windows: this.#windows.list(actualNs),
      intervals: this.#windows.intervals(actualNs),
    };
  }

  snapshot(): RecorderSnapshot {
    return {
      counts: [...this.#counts],
      ...this.#sums(),
      latency: this.latency.snapshot(),
      ...(this.#openLoop && { service: this.#service.snapshot() }),
      failedLatency: this.#failedLatency.snapshot(),
      lateness: this.lateness.snapshot(),
      windows: this.#windows.snapshot(),
    };
  }

  merge(other: RecorderSnapshot): void {
    for (const [code, count] of other.counts.entries()) {
      this.#counts[code] = (this.#counts[code] as number) + count;
      if (code !== Outcome.ok) this.#failed += count;
    }
    this.#bytesIn += other.bytesIn;
    this.#okWithin += other.okWithin;
    this.#inferencesWithin += other.inferencesWithin;
    this.#inferences += other.inferences;
    mergeSnapshot(this.latency, other.latency);
    if (other.service) mergeSnapshot(this.#service, other.service);
    mergeSnapshot(this.#failedLatency, other.failedLatency);
    mergeSnapshot(this.lateness, other.lateness);
    this.#windows.merge(other.windows);
  }

  destroy(): void {
    for (const each of new Set([this.latency, this.#service, this.#failedLatency, this.lateness])) each.destroy();
  }

  #sums(): Pick<Recorded, "bytesIn" | "okWithin" | "inferencesWithin" | "inferences"> {
    return {
      bytesIn: this.#bytesIn,
      okWithin: this.#okWithin,
      inferencesWithin: this.#inferencesWithin,
      inferences: this.#inferences,
    };
  }
}

function mergeSnapshot(histogram: Histogram, snapshot: HistogramSnapshot): void {
  if (snapshot.count === 0) return;
  const other = createHistogram(snapshot);
  histogram.merge(other);
  other.destroy();
}
