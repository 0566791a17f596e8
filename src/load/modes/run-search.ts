import { oneOf, optional, positive } from "../field-rules.ts";
import type { LoadSettings, PointSettings, RateSchedule } from "../settings.ts";
import { type Attainment, attainment } from "../slo.ts";
import { concurrencyField, type Mode, rateField, ratesOf } from "./mode.ts";
import { objectivesField, objectivesOf } from "./objectives.ts";
import { createSearch, type SearchResult } from "./search.ts";

/** Looks for the greatest load that meets all objectives. */
export interface SearchPlan extends LoadSettings {
  readonly mode: "search";
  /** What is varied: requests per second of an open loop, or requests in flight of a closed one. */
  readonly over: "rate" | "concurrency";
  /** Limits such as `p99<50ms`. */
  readonly objectives: readonly string[];
  /** The load of the first trial, and the most that is tried. */
  readonly from: number;
  readonly most: number;
  /** Ends when the least load that did not do is within this share of the greatest that did. */
  readonly precision: number;
  readonly arrivals?: RateSchedule["arrivals"];
  readonly maxInFlight?: number;
}

/** What a search found, with all that it tried. */
export interface SearchOutcome {
  over: "rate" | "concurrency";
  objectives: string[];
  best?: number;
  bound?: { load: number; because: "missed" | "undecided" };
  /** `interrupted`: it was stopped before it had found anything out. */
  ended: SearchResult["ended"] | "interrupted";
  /** In the order of the points. */
  trials: { load: number; attainment: Attainment }[];
}

export const search: Mode<SearchPlan> = {
  fields: {
    over: oneOf(["rate", "concurrency"]),
    objectives: objectivesField,
    from: rateField,
    most: rateField,
    precision: positive(1),
    arrivals: optional(ratesOf.arrivals),
    maxInFlight: optional(ratesOf.maxInFlight),
  },
  open: ({ over }) => over === "rate",
  problemOf: ({ over, from, most, arrivals, maxInFlight }) => {
    if (from > most) return "from must not be greater than most";
    if (over === "rate")
      return arrivals === undefined || maxInFlight === undefined
        ? "a search over rate needs arrivals and maxInFlight"
        : undefined;
    for (const [name, load] of Object.entries({ from, most })) {
      const problem = concurrencyField(load);
      if (problem !== undefined) return `${name} of a search over concurrency ${problem}`;
    }
    return arrivals === undefined && maxInFlight === undefined
      ? undefined
      : "arrivals and maxInFlight belong to a search over rate";
  },
  run: async (plan, measuring) => {
    const { over, from, most, precision } = plan;
    const objectives = objectivesOf(plan.objectives);
    const steps = createSearch({ from, most, precision, whole: over === "concurrency" });
    const trials: SearchOutcome["trials"] = [];
    for (let load = steps.next(); load !== undefined && !measuring.ended; load = steps.next()) {
      const point = await measuring.point(trialOf(plan, load));
      const came = attainment(point, objectives);
      trials.push({ load, attainment: came });
      if (!measuring.ended) steps.tell(came);
    }
    const stopped = steps.next() !== undefined;
    const result = steps.result();
    const outcome: SearchOutcome = {
      over,
      objectives: [...plan.objectives],
      ...result,
      ended: stopped ? "interrupted" : result.ended,
      trials,
    };
    return { search: outcome };
  },
};

function trialOf(plan: SearchPlan, load: number): PointSettings {
  const {
    mode: _mode,
    over,
    objectives: _,
    from: _from,
    most: _most,
    precision: _precision,
    arrivals,
    maxInFlight,
    ...shared
  } = plan;
  if (over === "concurrency") return { ...shared, concurrency: load };
  return { ...shared, rate: load, arrivals: arrivals as RateSchedule["arrivals"], maxInFlight: maxInFlight as number };
}
