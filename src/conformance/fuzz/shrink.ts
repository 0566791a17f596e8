import { asyncProperty, check } from "fast-check";
import { NS_PER_MS } from "../../base/clock.ts";
import type { Exchange } from "../../transport/index.ts";
import { type Aftermath, ask, type FuzzRun, followUp, isUnknown } from "./fuzz-run.ts";
import type { FuzzCase } from "./fuzzing.ts";
import type { FuzzKind } from "./kinds.ts";
import { type Symptom, symptomOf } from "./symptom.ts";

/** A request that shows a fault, with what came of it. */
export interface Shown {
  readonly fuzzCase: FuzzCase;
  readonly symptom: Symptom;
  readonly exchange: Exchange;
  readonly aftermath: Aftermath;
}

export interface Shrunk {
  /** The smallest request that showed it; absent when it did not show again. */
  readonly smallest?: Shown;
  readonly resends: number;
}

const MOST_RESENDS = 200;
const MOST_MS = 60_000;
/** A request that the server hangs on is given up after this many times what the good one takes, once hanging is known. */
const PATIENCE = 20;
const LEAST_PATIENCE_MS = 1_000;

/**
 * Sends the request of number `index` again, then smaller ones as long as they show the same kind of fault, each on a
 * connection of its own and followed by the good one: at most 200 and for at most a minute.
 */
export async function shrink(run: FuzzRun, index: number, kind: FuzzKind): Promise<Shrunk> {
  const { clock, limits } = run.options;
  const { requestMs } = limits;
  const until = clock.now() + MOST_MS * NS_PER_MS;
  let smallest: Shown | undefined;
  let resends = 0;
  let thrown: unknown;
  const tryOnce = async (candidate: FuzzCase, deadlineMs: number) => {
    resends += 1;
    return show(run, candidate, kind, deadlineMs);
  };
  const passes = async (candidate: FuzzCase) => {
    if (thrown !== undefined || run.ended !== undefined || resends >= MOST_RESENDS || clock.now() >= until) return true;
    try {
      const shown = await tryOnce(candidate, kind === "hangs" ? patienceMs(run) : requestMs);
      if (shown) smallest = shown;
      return !shown;
    } catch (error) {
      // To fast-check it would be one more failure to make smaller.
      thrown = error;
      return true;
    }
  };
  // The path makes it begin with the very request that the phase sent as this number, and gives it what to shrink by.
  await check(asyncProperty(run.requests.cases, passes), { seed: run.seed, path: String(index), numRuns: 1 });
  if (thrown !== undefined) throw thrown;
  // Only the whole time limit tells a server that hangs from one that is slow.
  if (smallest && kind === "hangs" && run.ended === undefined) smallest = await tryOnce(smallest.fuzzCase, requestMs);
  return { resends, ...(smallest && { smallest }) };
}

/** Sends a request on a connection of its own, and the good one after it; undefined when that does not show the fault. */
export async function show(
  run: FuzzRun,
  fuzzCase: FuzzCase,
  kind: FuzzKind,
  deadlineMs: number,
): Promise<Shown | undefined> {
  const exchange = await ask(run, fuzzCase.request, "fresh", deadlineMs);
  if (isUnknown(exchange)) return undefined;
  const seen = symptomOf(run.fuzzing, fuzzCase, exchange);
  const aftermath = await followUp(run);
  const symptom = [aftermath.symptom, seen].find((each) => each?.kind === kind);
  return symptom && { fuzzCase, symptom, exchange, aftermath };
}

/** How long to wait for a request that is taken to hang, in milliseconds. */
export function patienceMs({ usualMs, options }: FuzzRun): number {
  return Math.min(options.limits.requestMs, Math.max(LEAST_PATIENCE_MS, PATIENCE * usualMs));
}
