import { describe, expect, test } from "vitest";
import { suites } from "../../suites/index.ts";
import { runWithJitter, virtualClock } from "./jitter.ts";

// `bench/flake.ts` does it fifty times.
const SEEDS = [11, 12];

describe.each(suites.map((entry) => [entry.suite.id, entry] as const))("%s", (_, entry) => {
  test.each(SEEDS)("gives the same verdicts in another order with answers up to 50 ms late (seed %i)", async (seed) => {
    // The large checks take their time: once is enough.
    const checks = entry.suite.checks.filter(({ heavy }) => heavy !== "large" || seed === SEEDS[0]);
    const results = await runWithJitter(entry, seed, checks);
    expect(results.length).toBe(checks.length);
    expect(
      results.filter(({ verdict }) => verdict.outcome !== "pass").map(({ check, verdict }) => ({ check, verdict })),
    ).toEqual([]);
  });
});

test("virtual time wakes sleepers in the order in which they are due, and goes on from there", async () => {
  const clock = virtualClock();
  const woken: string[] = [];
  const sleep = async (name: string, ms: number) => {
    await clock.sleep(ms);
    woken.push(`${name} at ${clock.now() / 1e6}`);
  };
  await Promise.all([sleep("late", 50), sleep("early", 10), sleep("first", 5).then(() => sleep("second", 20))]);
  expect(woken).toEqual(["first at 5", "early at 10", "second at 25", "late at 50"]);
});
