import { formatNanoseconds } from "../base/duration.ts";
import type { LoadRun, Recovery, Scenario, Search } from "../result/index.ts";

/** What the points of a run come to together, in sentences; none for a run that only measures. */
export function loadVerdicts({ search, scenario, recovery }: LoadRun): readonly string[] {
  return [
    ...(search ? searchTexts(search) : []),
    ...(scenario ? [scenarioText(scenario)] : []),
    ...(recovery ? [recoveryText(recovery)] : []),
  ];
}

function searchTexts({ over, objectives, best, bound, ended, trials }: Search): readonly string[] {
  const load = (value: number) =>
    over === "rate" ? `${Number(value.toPrecision(5))} requests/s` : `${value} in flight`;
  const wanted = objectives.join(", ");
  const tried = `${trials.length} ${trials.length === 1 ? "trial" : "trials"}`;
  const found =
    best === undefined
      ? `Search: no load was found that meets ${wanted} (${tried}).`
      : `Search: ${load(best)} is the highest load that met ${wanted} twice (${tried}).`;
  if (ended === "interrupted") return [found, "The search was stopped before it had ended."];
  if (ended === "limit") return [found, "It is the most that was to be tried: the limit of the service may be higher."];
  if (bound === undefined) return [found];
  const because =
    bound.because === "missed" ? "did not meet them" : "could not be judged, its measurements being invalid";
  return [found, `${load(bound.load)} ${because}.`];
}

function scenarioText(given: Scenario): string {
  const { scenario, verdict, queries, percentile, estimateNs, boundNs, misses, missesAllowed, needed, invalid } = given;
  const name = `Scenario ${scenario}`;
  if (invalid !== undefined) return `${name}: undecided, the measurement is invalid: ${invalid.join(", ")}.`;
  if (given.inferencesPerSecond !== undefined)
    return `${name}: ${given.inferencesPerSecond.toFixed(1)} inferences/s over ${queries} queries.`;
  const counted = misses === undefined ? `${queries} queries` : `${misses} of ${queries} queries missed`;
  const room = missesAllowed === undefined ? "" : `, ${missesAllowed} may`;
  const held = boundNs === undefined ? "" : ` p${percentile} within ${formatNanoseconds(boundNs)}:`;
  const within =
    estimateNs === undefined ? "" : `; p${percentile} is within ${formatNanoseconds(estimateNs)} with 99 % confidence`;
  const more = needed === undefined ? "" : `; ${needed} more queries are needed`;
  return `${name}: ${verdict},${held} ${counted}${misses === undefined ? "" : room}${within}${more}.`;
}

function recoveryText({ stage, criteria, afterMs, withinMs }: Recovery): string {
  const wanted = criteria.join(", ");
  return afterMs === undefined
    ? `Recovery: no window of stage ${stage} met ${wanted}.`
    : `Recovery: ${wanted} is met again ${formatNanoseconds(afterMs * 1e6)} into stage ${stage}, within ${formatNanoseconds(withinMs * 1e6)}.`;
}
