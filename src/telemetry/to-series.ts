import type { Quantity, Reading, Series } from "./collector.ts";

/** One look of a collector; without readings when it could read nothing. */
export interface Look {
  atMs: number;
  readonly readings?: readonly Reading[];
}

export interface SeriesOfCollector {
  readonly series: Series[];
  /** A total that went back: whatever counted it was started anew, so nothing after it is known. */
  readonly reset?: { readonly atMs: number; readonly reason: string };
}

/** The series of one collector, from its looks in order. A total that appears later began at 0 if the first look succeeded. */
export function toSeries(looks: readonly Look[]): SeriesOfCollector {
  const quantities = new Map<string, Quantity>();
  const values = looks.map(({ readings = [] }) => {
    for (const { quantity } of readings) quantities.set(quantity.id, quantity);
    return new Map(readings.map(({ quantity, value }) => [quantity.id, value]));
  });
  let reset: SeriesOfCollector["reset"];
  const series = [...quantities.values()].map((quantity): Series => {
    const { id, labels, counter } = quantity;
    const sawFirst = looks[0]?.readings !== undefined;
    const seen = values.map((each, i) => each.get(id) ?? (counter && i === 0 && sawFirst ? 0 : undefined));
    const backAt = counter ? goesBackAt(seen) : undefined;
    if (backAt !== undefined && !reset)
      reset = {
        atMs: looks[backAt]?.atMs ?? 0,
        reason: `${id} went back, so what counts it was started anew; nothing after that is known.`,
      };
    const known = seen.map((value, i) => (backAt === undefined || i < backAt ? value : undefined));
    const base = counter ? (known.find((value) => value !== undefined) ?? 0) : 0;
    const gaps = gapsOf(looks, known);
    return {
      ...quantity,
      ...(labels && { labels: { ...labels } }),
      points: known.flatMap((value, i) =>
        value === undefined || isOnLine(known, i) ? [] : [{ atMs: looks[i]?.atMs ?? 0, value: exact(value - base) }],
      ),
      ...(gaps.length > 0 && { gaps }),
    };
  });
  return { series, ...(reset && { reset }) };
}

/** Whether a line between its neighbours goes through a value that is the same in all three, so that nothing is lost without it. */
function isOnLine(known: readonly (number | undefined)[], i: number): boolean {
  return known[i] === known[i - 1] && known[i] === known[i + 1];
}

/** Without the noise of subtraction: 12 digits are more than any source tells. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}

function goesBackAt(seen: readonly (number | undefined)[]): number | undefined {
  let highest = Number.NEGATIVE_INFINITY;
  for (const [i, value] of seen.entries()) {
    if (value === undefined) continue;
    if (value < highest) return i;
    highest = value;
  }
  return undefined;
}

function gapsOf(looks: readonly Look[], known: readonly (number | undefined)[]): { fromMs: number; toMs: number }[] {
  const gaps: { fromMs: number; toMs: number }[] = [];
  for (const [i, { atMs }] of looks.entries()) {
    if (known[i] !== undefined) continue;
    const last = gaps.at(-1);
    if (last && i > 0 && known[i - 1] === undefined) last.toMs = atMs;
    else gaps.push({ fromMs: atMs, toMs: atMs });
  }
  return gaps;
}
