import { type Clock, NS_PER_MS, NS_PER_S } from "../base/clock.ts";
import type { PhaseRecorder } from "./recorder.ts";

const EVERY_MS = 1000;

/** How a phase is getting on. */
export interface LoadProgress {
  readonly phase: "warm-up" | "measuring";
  readonly elapsedMs: number;
  /** Right answers per second since the last report. */
  readonly requestsPerSecond: number;
  /** Of the phase so far; absent until a right answer has come. */
  readonly p50Ns?: number;
  readonly p99Ns?: number;
  /** Requests of the phase so far that did not come to a right answer. */
  readonly errors: number;
}

/** Reports once a second until the returned function is called. */
export function reportProgress(
  phase: LoadProgress["phase"],
  recorderNow: () => PhaseRecorder,
  clock: Clock,
  onProgress: (progress: LoadProgress) => void,
): () => void {
  const started = clock.now();
  let last = { at: started, ok: 0, recorder: recorderNow() };
  const timer = setInterval(() => {
    const recorder = recorderNow();
    // A recorder of its own begins to count at 0.
    if (recorder !== last.recorder) last = { ...last, ok: 0, recorder };
    const now = { at: clock.now(), ok: recorder.ok, recorder };
    const { latency } = recorder;
    onProgress({
      phase,
      elapsedMs: (now.at - started) / NS_PER_MS,
      requestsPerSecond: ((now.ok - last.ok) * NS_PER_S) / (now.at - last.at),
      ...(latency.count > 0 && { p50Ns: latency.percentile(50), p99Ns: latency.percentile(99) }),
      errors: recorder.failed,
    });
    last = now;
  }, EVERY_MS);
  return () => clearInterval(timer);
}
