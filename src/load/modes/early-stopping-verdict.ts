import { decodeHistogram, type Histogram, missesAllowed, queriesNeeded } from "../../statistics/index.ts";
import type { LoadPoint } from "../load-point.ts";

/**
 * What a scenario came to, by the early stopping of MLPerf's LoadGen: so many queries with so few misses that with 99 % confidence the
 * percentile of all queries is within the bound. A query without a right answer is a miss.
 */
export interface ScenarioVerdict {
  scenario: "single-stream" | "multi-stream" | "server" | "offline";
  /** `measured`: there was no bound to hold it against. */
  verdict: "met" | "missed" | "undecided" | "measured";
  /** Queries that came to an end, or were due and could not be sent. */
  queries: number;
  /** The percentile that counts, 0 to 100; absent where throughput does. */
  percentile?: number;
  /** The most queries that may miss; absent when even none is too many for so few queries. */
  missesAllowed?: number;
  /** The latency that is beaten by the percentile with 99 % confidence; absent when the queries are too few, or fail too often. */
  estimateNs?: number;
  boundNs?: number;
  misses?: number;
  /** How many queries more would allow as many misses as there were; absent when the verdict is reached. */
  needed?: number;
  /** Right inferences per second, where that is what counts. */
  inferencesPerSecond?: number;
  /** The measurement is invalid, which leaves the scenario undecided. */
  invalid?: string[];
}

interface Asked {
  readonly scenario: ScenarioVerdict["scenario"];
  readonly percentile: number;
  readonly boundNs?: number;
}

/** These say that a number is not the server's; that few or unsteady answers prove nothing is what the counts are about. */
const SPOILS: ReadonlySet<string> = new Set(["client-limited", "clock", "worker-lost", "interrupted"]);

/** Holds a point against the early-stopping counts of a percentile, and against a bound where there is one. */
export function earlyStopping(point: LoadPoint, { scenario, percentile, boundNs }: Asked): ScenarioVerdict {
  const { sent, ok, notSent } = point.counts;
  const queries = sent + notSent;
  const quantile = percentile / 100;
  const allowed = missesAllowed(quantile, queries);
  const invalid = point.validity.problems.map(({ code }) => code).filter((code) => SPOILS.has(code));
  const histogram = point.latency.histogram === undefined ? undefined : decodeHistogram(point.latency.histogram);
  try {
    const rank = queries - (allowed ?? 0);
    const estimateNs = allowed === undefined || rank > ok ? undefined : histogram?.valueAtRank(rank);
    const misses = boundNs === undefined ? undefined : queries - countWithin(histogram, boundNs);
    const needed = Math.max(0, queriesNeeded(quantile, misses ?? 0) - queries);
    const beyond = misses !== undefined && misses / Math.max(1, queries) > 1 - quantile;
    const verdict =
      invalid.length > 0 ? "undecided" : verdictOf({ bounded: boundNs !== undefined, needed, beyond, allowed });
    return {
      scenario,
      verdict,
      queries,
      percentile,
      ...(allowed !== undefined && { missesAllowed: allowed }),
      ...(estimateNs !== undefined && { estimateNs }),
      ...(boundNs !== undefined && { boundNs }),
      ...(misses !== undefined && { misses }),
      ...(verdict === "undecided" && needed > 0 && { needed }),
      ...(invalid.length > 0 && { invalid }),
    };
  } finally {
    histogram?.destroy();
  }
}

function verdictOf({
  bounded,
  needed,
  beyond,
  allowed,
}: {
  bounded: boolean;
  needed: number;
  beyond: boolean;
  allowed: number | undefined;
}): ScenarioVerdict["verdict"] {
  if (!bounded) return allowed === undefined ? "undecided" : "measured";
  if (needed === 0) return "met";
  // More queries do not help where more miss than the percentile leaves room for; with too few to tell they might.
  return beyond && allowed !== undefined ? "missed" : "undecided";
}

/** How many recorded times are at most `ns`. */
function countWithin(histogram: Histogram | undefined, ns: number): number {
  let low = 0;
  let high = histogram?.count ?? 0;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((histogram as Histogram).valueAtRank(middle) <= ns) low = middle;
    else high = middle - 1;
  }
  return low;
}
