import { setMaxListeners } from "node:events";

const SAME_PRESS_MS = 1_000;

/**
 * A signal that aborts on the first Ctrl-C or SIGTERM, so that a run can write what it has. A second one more than a
 * second later ends the process at once; nearer ones are the same press, which a launcher passes on again.
 */
export function interruptible(): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  // Every request in flight listens.
  setMaxListeners(0, controller.signal);
  let first: number | undefined;
  const onSignal = () => {
    const now = Date.now();
    if (first !== undefined && now - first > SAME_PRESS_MS) process.exit(130);
    first ??= now;
    controller.abort(new DOMException("interrupted", "AbortError"));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    release: () => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
