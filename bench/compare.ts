/**
 * What `compare` finds and what it makes up: pairs of simulated runs of equal services, and pairs whose second has a p99 5 % greater. Both
 * are drawn anew for each pair. The goals: at most 1 % of the equal pairs blamed, at least 90 % of the others found.
 */
import { type ComparedPoint, compareLoad } from "../src/result/compare/index.ts";
import { loadOf, simulatedService } from "../test/result/simulated-load.ts";

const PAIRS = Number(process.argv[2] ?? 1000);
const SECONDS = 15;
const MIN_EFFECT = 0.03;

const tallies = { equal: new Map<string, number>(), slower: new Map<string, number>() };
for (let pair = 0; pair < PAIRS; pair++) {
  const run = (side: string, slowerTail = 0) =>
    loadOf([simulatedService({ seed: `${side}-${pair}`, seconds: SECONDS, slowerTail })]);
  tell(tallies.equal, compareLoad(run("a"), run("b"), MIN_EFFECT)?.points[0]);
  tell(tallies.slower, compareLoad(run("c"), run("d", 0.05), MIN_EFFECT)?.points[0]);
}
for (const [name, tally] of Object.entries(tallies))
  console.log(`${name}, of ${PAIRS} pairs: ${[...tally].map(([what, count]) => `${what} ${count}`).join(", ")}`);

function tell(tally: Map<string, number>, point: ComparedPoint | undefined): void {
  const count = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1);
  for (const { metric, verdict } of point?.numbers ?? []) if (verdict !== "pass") count(`${metric} ${verdict}`);
  if (point?.numbers.some(({ verdict }) => verdict === "regressed")) count("blamed");
}
