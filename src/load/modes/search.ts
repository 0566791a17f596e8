import type { Attainment } from "../slo.ts";

export interface SearchSettings {
  /** The load of the first trial: requests per second, or requests in flight. */
  readonly from: number;
  /** No trial goes beyond it. */
  readonly most: number;
  /** Ends when the least load that did not do is within this share of the greatest that did. */
  readonly precision: number;
  /** Loads are whole numbers: requests in flight. */
  readonly whole: boolean;
}

export interface SearchResult {
  /** The greatest load that met the objectives, twice; absent when none did. */
  readonly best?: number;
  /** The least load that did not, and whether it missed them or could not be told. */
  readonly bound?: { readonly load: number; readonly because: "missed" | "undecided" };
  /** Why it ended. */
  readonly ended: "found" | "limit" | "none" | "undecided";
}

/** Looks for the greatest load that meets objectives. A state machine: ask for the next load, measure it, tell what came of it. */
export interface Search {
  /** The load to measure next; undefined when the search has ended. */
  next(): number | undefined;
  tell(attainment: Attainment): void;
  result(): SearchResult;
}

const GROWTH = 2;
const REPEATS = 2;

/**
 * Doubles the load until it no longer does, then halves the gap. A load that could not be judged is tried again; when that does not
 * help, it bounds the search like one that missed, and the result says so. What is found must do twice, so that one lucky trial
 * does not stand.
 */
export function createSearch({ from, most, precision, whole }: SearchSettings): Search {
  let good = 0;
  let confirmed = 0;
  let bound: SearchResult["bound"];
  let repeats = 0;
  let current: number | undefined = rounded(Math.min(from, most));

  function rounded(load: number): number {
    return whole ? Math.max(1, Math.round(load)) : load;
  }
  const closed = () => {
    if (bound === undefined) return good >= most;
    return good > 0
      ? bound.load <= good * (1 + precision) || (whole && bound.load - good <= 1)
      : bound.load <= smallest;
  };
  // Below this a search downwards gives up.
  const smallest = whole ? 1 : from / 1024;

  const advance = (): number | undefined => {
    repeats = 0;
    if (!closed()) {
      if (bound === undefined) return rounded(Math.min(most, good * GROWTH));
      if (good === 0) return rounded(Math.max(smallest, bound.load / GROWTH));
      return rounded((good + bound.load) / 2);
    }
    return good > confirmed ? good : undefined;
  };
  const fail = (load: number, because: "missed" | "undecided") => {
    bound = { load, because };
    // The one that did once did so by luck: go on from the last that did twice.
    if (load <= good) good = confirmed;
  };

  return {
    next: () => current,
    tell: (attainment) => {
      const load = current as number;
      if (attainment === "undecided" && repeats < REPEATS) {
        repeats++;
        return;
      }
      if (attainment !== "met") fail(load, attainment);
      else if (load <= good) confirmed = load;
      else good = load;
      current = advance();
    },
    result: () => ({
      ...(confirmed > 0 && { best: confirmed }),
      ...(bound && { bound }),
      ended: endOf(confirmed, bound),
    }),
  };
}

function endOf(best: number, bound: SearchResult["bound"]): SearchResult["ended"] {
  if (bound?.because === "undecided") return "undecided";
  if (best === 0) return "none";
  return bound === undefined ? "limit" : "found";
}
