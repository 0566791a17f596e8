import { setTimeout as delay } from "node:timers/promises";
import { ownsPort } from "./listeners.ts";
import type { Runtime, StartedRuntime } from "./runtime.ts";

const WITHIN_MS = 120_000;
const EVERY_MS = 250;
const ANSWER_WITHIN_MS = 5_000;

/**
 * Resolves when the started process itself listens on all its ports and answers ready. Throws when it ends before, when
 * another process answers on one of its ports, or after two minutes.
 */
export async function waitReady(runtime: Runtime, started: StartedRuntime, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.timeout(WITHIN_MS);
  const either = AbortSignal.any([signal, deadline]);
  await Promise.race([pollReady(runtime, started, either), started.process.died]).catch((thrown: unknown) => {
    if (!deadline.aborted || signal.aborted) throw thrown;
    throw new Error(`${runtime.id} was not ready within ${WITHIN_MS / 1000} s`);
  });
}

async function pollReady({ id, readyPath }: Runtime, started: StartedRuntime, signal: AbortSignal): Promise<void> {
  const { rest, grpc } = started.ports;
  const owns = (port: number | undefined) => port === undefined || ownsPort(started.process.pid, port) !== false;
  for (;;) {
    const answers = await answersReady(rest, readyPath, signal);
    // A server that lost its port to another one ends soon, but the other one has answered by then.
    if (answers && !owns(rest)) throw new Error(`port ${rest} is served by another process than the ${id} of this run`);
    if (answers && owns(grpc)) return;
    await delay(EVERY_MS, undefined, { signal });
  }
}

/** Whether the ready path answers 200; true for a runtime without REST, whose listening is all there is to see. */
async function answersReady(port: number | undefined, path: string, signal: AbortSignal): Promise<boolean> {
  if (port === undefined) return true;
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch (thrown) {
    signal.throwIfAborted();
    // Refused, reset or late: not listening yet.
    if (thrown instanceof TypeError || (thrown as Error).name === "TimeoutError") return false;
    throw thrown;
  }
}
