import { type Check, type CheckResult, type Clock, type Random, runSuite, seededRandom, type Transport } from "#kit";
import { createWorld, fixtureModels, inProcess } from "../../src/reference/index.ts";
import { type SuiteEntry, suites } from "../../suites/index.ts";
import { referenceInfo } from "./reference-info.ts";

const MOST_MS = 50;

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** Time that passes as fast as nothing else happens: the sleeper that is due first wakes when everybody else waits. */
export function virtualClock(): Clock {
  const sleepers: Sleeper[] = [];
  let now = 0;
  let running = false;
  const turn = () => {
    sleepers.sort((a, b) => a.due - b.due);
    const next = sleepers.shift();
    if (!next) {
      running = false;
      return;
    }
    now = next.due;
    next.wake();
    soon();
  };
  // The transport in this process takes a turn of the event loop for each request, and some handlers two.
  const soon = () => setImmediate(() => setImmediate(() => setImmediate(turn)));
  return {
    now: () => now * 1e6,
    sleep: (ms) =>
      new Promise((wake) => {
        sleepers.push({ due: now + ms, wake });
        if (!running) soon();
        running = true;
      }),
  };
}

/** Requests reach the target, and answers the client, up to 50 ms late. */
function withJitter(inner: Transport, clock: Clock, random: Random): Transport {
  const delay = () => clock.sleep(random.next() * MOST_MS);
  return {
    send: async (request, options) => {
      await delay();
      const exchange = await inner.send(request, options);
      await delay();
      return exchange;
    },
    close: () => inner.close(),
  };
}

/** A run of a suite against the reference runtime, in an order and with delays that the seed decides. */
export async function runWithJitter(
  { suite }: SuiteEntry,
  seed: number,
  checks: readonly Check[] = suite.checks,
): Promise<readonly CheckResult[]> {
  const clock = virtualClock();
  const world = createWorld({ models: fixtureModels() });
  const transport = inProcess({ handlers: suites.map(({ reference }) => reference), world });
  const { results } = await runSuite(suite, checks, {
    transport: withJitter(transport, clock, seededRandom(seed, suite.id, "jitter")),
    info: referenceInfo(),
    seed,
    clock,
    limits: { requestMs: 1_000, recoveryMs: 0, concurrency: 8 },
    dangerous: true,
  });
  return results;
}
