import type { Cell } from "./cells.ts";
import type { Measured } from "./measure.ts";
import { median } from "./options.ts";

/** One client in one cell: medians over the rounds. */
export interface Row {
  readonly cell: Cell;
  readonly peer: string;
  readonly rounds: number;
  readonly cpuUs: number;
  /** Least and greatest of the rounds. */
  readonly cpuRangeUs: readonly [least: number, greatest: number];
  readonly perSecond: number;
  readonly rssBytes: number;
  /** As the client tells them; absent where it does not. */
  readonly p50Ns?: number;
  readonly p99Ns?: number;
  /** Of all rounds together. */
  readonly errors: number;
  /** Requests that the client counts for each that the server answered, of the last round; absent where one does not count. */
  readonly counted?: number;
  readonly command: readonly string[];
}

export function rowOf(cell: Cell, peer: string, runs: readonly Measured[], seconds: number): Row {
  const costs = runs.map(({ cpuUs, requests }) => cpuUs / requests);
  const last = runs.at(-1) as Measured;
  const told = (percentile: number) => {
    const values = runs.flatMap((each) => each.told.percentiles.get(percentile) ?? []);
    return values.length === 0 ? undefined : median(values);
  };
  const [p50Ns, p99Ns] = [told(50), told(99)];
  const {
    told: { cpuUs, requests },
    answered,
  } = last;
  return {
    cell,
    peer,
    rounds: runs.length,
    cpuUs: median(costs),
    cpuRangeUs: [Math.min(...costs), Math.max(...costs)],
    perSecond: median(runs.map((each) => each.told.perSecond ?? each.requests / seconds)),
    rssBytes: median(runs.map(({ rssBytes }) => rssBytes)),
    ...(p50Ns !== undefined && { p50Ns }),
    ...(p99Ns !== undefined && { p99Ns }),
    errors: runs.reduce((sum, each) => sum + each.told.errors, 0),
    // A client that reads its own processor time has also sent what it does not count: its warm-up.
    ...(cpuUs === undefined && requests !== undefined && answered !== undefined && { counted: requests / answered }),
    command: last.command,
  };
}

/** A comparison that infermark loses: how much better the other is, as a ratio above 1. */
export interface Loss {
  readonly row: Row;
  readonly what: "processor time" | "throughput" | "memory";
  readonly own: number;
  readonly ratio: number;
}

/** Every comparison of one cell that infermark loses, the worst first. */
export function losses(rows: readonly Row[]): readonly Loss[] {
  const own = rows.find(({ peer }) => peer === "infermark");
  if (!own) return [];
  const list = rows.flatMap((row): Loss[] => [
    { row, what: "processor time", own: own.cpuUs, ratio: own.cpuUs / row.cpuUs },
    { row, what: "throughput", own: own.perSecond, ratio: row.perSecond / own.perSecond },
    { row, what: "memory", own: own.rssBytes, ratio: own.rssBytes / row.rssBytes },
  ]);
  return list.filter(({ ratio }) => ratio > 1).sort((a, b) => b.ratio - a.ratio);
}
