import { hrtime } from "node:process";

/** Time as the kit sees it. Injected, so that tests can shorten or fake it. */
export interface Clock {
  /** Nanoseconds since an arbitrary origin, monotonic. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const NS_PER_MS = 1_000_000;
export const NS_PER_S = 1_000_000_000;

/** The machine's monotonic clock. */
export const systemClock: Clock = {
  now: () => performance.now() * NS_PER_MS,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", abort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", abort, { once: true });
    }),
};

/**
 * What must be added to nanoseconds of `systemClock` in this process for those of the machine's monotonic clock (CLOCK_MONOTONIC), whose
 * origin all processes share. `performance.now()` counts from the begin of the process, `hrtime` does not.
 */
export function systemClockOriginNs(): number {
  const looks = Array.from({ length: 16 }, () => Number(hrtime.bigint()) - systemClock.now());
  // This process may be held up between the two readings, which makes the difference too small, never too great.
  return Math.max(...looks);
}
