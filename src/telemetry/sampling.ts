const MOST_SAMPLES = 1000;

/** Calls `take` now, at every interval, and at the end. */
export interface Sampling<T> {
  /** Takes the first sample. */
  start(): Promise<void>;
  /** Takes the last one and gives all, with their instants in milliseconds since `start()`. */
  stop(): Promise<readonly { readonly atMs: number; readonly value: T }[]>;
}

/** Samples every `intervalMs`; when 1000 samples are held, every second one is dropped and the interval doubles. */
export function sampling<T>(intervalMs: number, take: () => T | Promise<T>): Sampling<T> {
  let samples: { readonly atMs: number; readonly value: T }[] = [];
  let interval = intervalMs;
  let startedMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let pending: Promise<void> = Promise.resolve();

  const sample = async () => {
    const atMs = performance.now() - startedMs;
    samples.push({ atMs, value: await take() });
    if (samples.length < MOST_SAMPLES) return;
    samples = samples.filter((_, i) => i % 2 === 0);
    interval *= 2;
  };
  const schedule = () => {
    timer = setTimeout(() => {
      pending = sample().then(schedule);
      // stop() reports it; until then it must not end the process.
      pending.catch(() => clearTimeout(timer));
    }, interval);
  };
  return {
    start: async () => {
      startedMs = performance.now();
      await sample();
      schedule();
    },
    stop: async () => {
      clearTimeout(timer);
      await pending;
      clearTimeout(timer);
      await sample();
      return samples;
    },
  };
}
