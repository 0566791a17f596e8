import { setMaxListeners } from "node:events";

const SAME_PRESS_MS = 1_000;
/** SIGHUP comes when the terminal is closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * A signal that aborts on the first Ctrl-C, SIGTERM or SIGHUP, so that a run can write what it has. A second one more than a
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
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
