/** Does a verdict depend on luck? Fifty runs of every suite against the reference runtime, each in another order, with requests and answers up to 50 ms late. */
import { systemClock } from "../src/base/clock.ts";
import { suites } from "../suites/index.ts";
import { runWithJitter } from "../test/laws/jitter.ts";

const RUNS = 50;

let changed = 0;
for (const entry of suites) {
  const started = systemClock.now();
  const outcomes = new Map<string, Map<string, number>>();
  for (let seed = 1; seed <= RUNS; seed++) {
    for (const { check, verdict } of await runWithJitter(entry, seed)) {
      const seen = outcomes.get(check) ?? new Map<string, number>();
      outcomes.set(check, seen.set(verdict.outcome, (seen.get(verdict.outcome) ?? 0) + 1));
    }
  }
  const unsteady = [...outcomes].filter(([, seen]) => seen.size > 1 || !seen.has("pass"));
  changed += unsteady.length;
  const seconds = ((systemClock.now() - started) / 1e9).toFixed(1);
  console.log(
    `${entry.suite.id}: ${RUNS} runs of ${outcomes.size} checks in ${seconds} s, ${unsteady.length} with another verdict than pass`,
  );
  for (const [check, seen] of unsteady)
    console.log(`  ${check}: ${[...seen].map(([outcome, times]) => `${outcome} ${times}`).join(", ")}`);
}
console.log(changed === 0 ? "no verdict changes" : `${changed} checks change their verdict`);
process.exitCode = changed === 0 ? 0 : 1;
