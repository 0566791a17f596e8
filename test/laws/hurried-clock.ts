import type { Clock } from "#kit";

/** Sleeps without waiting, so that back-off and recovery cost nothing. */
export const hurriedClock: Clock = {
  now: () => performance.now() * 1e6,
  sleep: async () => {
    await new Promise<void>((resolve) => setImmediate(resolve));
  },
};
