import { type Clock, NS_PER_MS } from "../base/clock.ts";
import { InfermarkError } from "../base/errors.ts";
import type { Transport } from "../transport/index.ts";
import { modelPath } from "./probe-model.ts";
import { type Questions, questions } from "./probe-questions.ts";

export interface WaitReadyOptions {
  readonly rest: boolean;
  readonly grpc: boolean;
  readonly models: readonly string[];
  readonly deadlineMs: number;
  readonly waitReadyMs: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

const INTERVAL_MS = 250;
const TIMES_IN_A_ROW = 2;
/** The last request gets this long even when less of the wait is left: its answer is what the error tells. */
const LEAST_DEADLINE_MS = 1_000;

/** Returns once the target was seen ready twice in a row; throws TARGET_NEVER_READY when that does not come to pass in time. */
export async function waitReady(transport: Transport, options: WaitReadyOptions): Promise<void> {
  const { clock, waitReadyMs, deadlineMs, signal } = options;
  const endNs = clock.now() + waitReadyMs * NS_PER_MS;
  const leftMs = () => Math.max(1, Math.ceil((endNs - clock.now()) / NS_PER_MS));
  let last = "";
  for (let seen = 0; ; ) {
    const perRequestMs = Math.min(deadlineMs, Math.max(leftMs(), LEAST_DEADLINE_MS));
    const ask = questions(transport, { deadlineMs: perRequestMs, origin: "wait-ready", ...(signal && { signal }) });
    seen = (await isReady(ask, options)) ? seen + 1 : 0;
    if (seen === TIMES_IN_A_ROW) return;
    last = ask.observations.map(({ question, answer }) => `${question}: ${answer}`).join("; ");
    if (clock.now() >= endNs) break;
    await clock.sleep(Math.min(INTERVAL_MS, leftMs()), signal);
  }
  throw new InfermarkError("TARGET_NEVER_READY", `the target was not ready within ${waitReadyMs} ms (last ${last})`, {
    hint: "look at the server's log, or wait longer with --wait-ready",
  });
}

/** The first of V2 REST, gRPC and V1 that has a readiness route decides. */
async function isReady(ask: Questions, { rest, grpc, models }: WaitReadyOptions): Promise<boolean> {
  if (rest) {
    const { status, object } = await ask.get("v2-rest", "/v2/health/ready");
    if (decides(ask)) return status === 200 && object?.get("ready") !== false;
  }
  if (grpc) {
    const message = await ask.call("ServerReady");
    if (decides(ask)) return message?.ready === true;
  }
  if (!rest) return false;
  const [model] = models;
  const { status, object } = await ask.get("v1-rest", model === undefined ? "/v1/models" : modelPath("v1", model));
  const ready = object?.get("ready");
  return status === 200 && ready !== false && !(typeof ready === "string" && /^false$/i.test(ready));
}

/** Whatever is not "no such route" counts, no answer too: the route may still come up. */
function decides({ observations }: Questions): boolean {
  return observations.at(-1)?.noSuchRoute === false;
}
