import { type Clock, NS_PER_MS, NS_PER_S } from "../base/clock.ts";
import type { PhaseRecorder } from "./recorder.ts";

const EVERY_MS = 1000;

/** How a phase is getting on. */
export interface LoadProgress {
  readonly phase: "warm-up" | "measuring";
  readonly elapsedMs: number;
  /** How long the phase is to take. */
  readonly lengthMs: number;
  /** Right answers per second since the last report. */
  readonly requestsPerSecond: number;
  /** Of the phase so far, of several parts of the last one that began; absent until a right answer has come. */
  readonly p50Ns?: number;
  readonly p90Ns?: number;
  readonly p99Ns?: number;
  readonly p999Ns?: number;
  /** 99th percentile of how late requests were sent so far; absent in a closed loop. */
  readonly latenessP99Ns?: number;
  /** Requests of the phase so far that did not come to a right answer. */
  readonly errors: number;
}

export interface ReportedPhase {
  readonly phase: LoadProgress["phase"];
  readonly lengthMs: number;
  /** Those of its parts, in order. */
  readonly recorders: readonly PhaseRecorder[];
}

/** Reports once a second until the returned function is called. */
export function reportProgress(
  { phase, lengthMs, recorders }: ReportedPhase,
  clock: Clock,
  onProgress: (progress: LoadProgress) => void,
): () => void {
  const started = clock.now();
  let last = { at: started, ok: 0 };
  const timer = setInterval(() => {
    const now = { at: clock.now(), ok: recorders.reduce((sum, { ok }) => sum + ok, 0) };
    const latest = recorders.findLast(({ ok, failed }) => ok + failed > 0);
    onProgress({
      phase,
      elapsedMs: (now.at - started) / NS_PER_MS,
      lengthMs,
      requestsPerSecond: ((now.ok - last.ok) * NS_PER_S) / (now.at - last.at),
      ...(latest && timesOf(latest)),
      errors: recorders.reduce((sum, { failed }) => sum + failed, 0),
    });
    last = now;
  }, EVERY_MS);
  return () => clearInterval(timer);
}

function timesOf({ latency, lateness }: PhaseRecorder) {
  return {
    ...(latency.count > 0 && {
      p50Ns: latency.percentile(50),
      p90Ns: latency.percentile(90),
      p99Ns: latency.percentile(99),
      p999Ns: latency.percentile(99.9),
    }),
    ...(lateness.count > 0 && { latenessP99Ns: lateness.percentile(99) }),
  };
}
