import type { Series } from "../telemetry/index.ts";

/** A mean over less than this share of the phase says nothing about the phase. */
const LEAST_COVERAGE = 0.9;

/** By how much a total grew in the phase; undefined unless it was read at its begin and at its end. */
export function growthOf({ points, gaps = [] }: Series): number | undefined {
  const [first] = points;
  const last = points.at(-1);
  // One reading spans no time.
  if (!first || !last || points.length < 2 || first.atMs !== 0) return undefined;
  if (gaps.some(({ toMs }) => toMs > last.atMs)) return undefined;
  return last.value - first.value;
}

/** The mean over the first `lengthMs`, by trapezoids between neighbouring readings; undefined when gaps leave less than nine tenths. */
export function meanOf({ points, gaps = [] }: Series, lengthMs: number): number | undefined {
  let covered = 0;
  let integral = 0;
  for (const [i, to] of points.entries()) {
    const from = points[i - 1];
    if (!from || from.atMs >= lengthMs || to.atMs <= from.atMs) continue;
    if (gaps.some(({ fromMs }) => fromMs > from.atMs && fromMs < to.atMs)) continue;
    const untilMs = Math.min(to.atMs, lengthMs);
    const slope = (to.value - from.value) / (to.atMs - from.atMs);
    const width = untilMs - from.atMs;
    covered += width;
    integral += width * (from.value + (slope * width) / 2);
  }
  return covered > 0 && covered >= LEAST_COVERAGE * lengthMs ? integral / covered : undefined;
}

/** The id of the collector that a series came from. */
export function collectorOf({ id }: Series): string {
  return id.slice(0, id.indexOf("/"));
}

/** Series by the collector that they came from. */
export function byCollector(series: readonly Series[]): ReadonlyMap<string, readonly Series[]> {
  const found = new Map<string, Series[]>();
  for (const each of series) found.set(collectorOf(each), [...(found.get(collectorOf(each)) ?? []), each]);
  return found;
}
