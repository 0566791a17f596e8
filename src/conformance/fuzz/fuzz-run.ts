import { NS_PER_MS } from "../../base/clock.ts";
import { type Exchange, headerOf, type WireRequest } from "../../transport/index.ts";
import { describeAnswer } from "../expect.ts";
import type { RunOptions } from "../run.ts";
import type { Suite } from "../suite.ts";
import type { Fuzzing, FuzzRequests } from "./fuzzing.ts";
import type { FuzzKind } from "./kinds.ts";
import type { FuzzFinding } from "./result.ts";
import type { Symptom } from "./symptom.ts";

export type FuzzOptions = Pick<
  RunOptions,
  "transport" | "info" | "seed" | "clock" | "limits" | "dangerous" | "signal"
> & {
  /** Requests to each suite. */
  readonly requests: number;
  readonly onRequest?: (suite: string, sent: number) => void;
  readonly onFinding?: (finding: FuzzFinding) => void;
};

/** What the steps of one suite's phase share. */
export interface FuzzRun {
  readonly suite: Suite;
  readonly fuzzing: Fuzzing;
  readonly requests: FuzzRequests;
  /** Of this suite's requests. */
  readonly seed: number;
  readonly options: FuzzOptions;
  /** Until when requests are sent, in the clock's nanoseconds. */
  readonly endsAt: number;
  readonly findings: Map<FuzzKind, FuzzFinding>;
  /** How long the good request took, in milliseconds. */
  usualMs: number;
  /** Set when nothing more should be sent, with the reason. */
  ended: string | undefined;
}

const RECOVERY_POLL_MS = 250;
const BACK_OFFS_MS = [250, 1000, 4000];
const TOO_MANY = 429;

/** Sends one request of the phase. After 429 it backs off, then ends the phase. */
export async function ask(
  run: FuzzRun,
  request: WireRequest,
  connection: "pooled" | "fresh",
  deadlineMs = run.options.limits.requestMs,
): Promise<Exchange> {
  const { transport, clock, signal } = run.options;
  const pauses = BACK_OFFS_MS.values();
  for (;;) {
    const exchange = await transport.send(request, {
      deadlineMs,
      connection,
      origin: `fuzz/${run.suite.id}`,
      ...(signal && { signal }),
    });
    if (signal?.aborted) run.ended ??= "interrupted";
    if (clock.now() >= run.endsAt) run.ended ??= "the time budget was spent";
    if (exchange.head?.status !== TOO_MANY || run.ended !== undefined) return exchange;
    const asked = Number(headerOf(exchange.head.headers, "retry-after"));
    const pause = pauses.next();
    if (pause.done) run.ended = "the target kept answering 429 Too Many Requests";
    if (pause.done) return exchange;
    await clock.sleep(Math.max(pause.value, Math.min(asked || 0, 5) * 1000));
  }
}

/** A recording, which is replayed, does not hold the request: nobody knows how it would have been answered. */
export function isUnknown({ failure }: Exchange): boolean {
  return failure?.code === "not-recorded";
}

/** How the target was found after a request. */
export interface Aftermath {
  readonly followUp: Exchange;
  /** The good request did not succeed at once. */
  readonly symptom?: Symptom;
}

/** Sends the good request on a connection of its own; where it fails, waits for the target to come back. */
export async function followUp(run: FuzzRun): Promise<Aftermath> {
  const first = await ask(run, run.requests.good, "fresh");
  if (run.suite.succeeded(first) || isUnknown(first) || run.ended === "interrupted") return { followUp: first };
  const back = await comesBack(run);
  const outlook = back
    ? "; later it succeeds again"
    : `, and not again within ${run.options.limits.recoveryMs / 1000} s`;
  const inTime = back || run.ended === undefined;
  if (!back) run.ended ??= "the target no longer serves";
  const kind: FuzzKind = first.failure ? "stops-serving" : "breaks-follow-up";
  const actual = `then the good request fails: ${describeAnswer(first)}${inTime ? outlook : ""}`;
  return { followUp: first, symptom: { kind, actual } };
}

async function comesBack(run: FuzzRun): Promise<boolean> {
  const { clock, limits, signal } = run.options;
  const until = Math.min(clock.now() + limits.recoveryMs * NS_PER_MS, run.endsAt);
  while (clock.now() < until) {
    if (signal?.aborted) return false;
    await clock.sleep(RECOVERY_POLL_MS);
    const again = await run.options.transport.send(run.requests.good, {
      deadlineMs: Math.min(limits.requestMs, limits.recoveryMs),
      connection: "fresh",
      origin: `fuzz/${run.suite.id}`,
    });
    if (run.suite.succeeded(again)) return true;
    if (isUnknown(again)) return false;
  }
  if (clock.now() >= run.endsAt) run.ended ??= "the time budget was spent";
  return false;
}
