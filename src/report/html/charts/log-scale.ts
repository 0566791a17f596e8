import { INK, RULE } from "./chart.ts";

/** A vertical axis of times whose marks are 1, 2 and 5 of each power of ten, however narrow its range is. */
export interface LogScale {
  /** For the chart's option. */
  readonly axis: object;
  /** Marks, in nanoseconds, ascending; the first and the last are the ends of the axis. */
  readonly marks: readonly number[];
  /** Where a time stands on the axis. */
  at(ns: number): number;
}

const LEAST_NS = 1;
const UNITS = [
  { name: "ns", size: 1 },
  { name: "µs", size: 1e3 },
  { name: "ms", size: 1e6 },
  { name: "s", size: 1e9 },
] as const;

/** The axis that holds all these times; what is below one nanosecond stands at one. */
export function logScale(name: string, values: readonly number[]): LogScale {
  const times = values.filter(Number.isFinite).map((ns) => Math.max(LEAST_NS, ns));
  const marks = marksBetween(Math.min(...times), Math.max(...times));
  const at = (ns: number) => Number(Math.log10(Math.max(LEAST_NS, ns)).toFixed(4));
  const customValues = marks.map(at);
  return {
    marks,
    at,
    axis: {
      type: "value",
      name,
      min: customValues[0],
      max: customValues.at(-1),
      nameLocation: "middle",
      nameGap: 56,
      nameTextStyle: { color: INK },
      axisLabel: { color: INK, customValues, formatter: (value: number) => timeText(10 ** value) },
      axisTick: { customValues, lineStyle: { color: RULE } },
      axisLine: { lineStyle: { color: RULE } },
      splitLine: { lineStyle: { color: RULE } },
    },
  };
}

/** A round time as an axis says it: `200 µs`, `5 ms`. */
export function timeText(ns: number): string {
  const unit = UNITS.findLast(({ size }) => ns >= size * 0.9995) ?? UNITS[0];
  return `${Number((ns / unit.size).toPrecision(3))} ${unit.name}`;
}

function marksBetween(least: number, most: number): readonly number[] {
  if (!Number.isFinite(least)) return [1, 10];
  const from = Math.floor(Math.log10(least));
  const to = Math.ceil(Math.log10(most)) + 1;
  const steps = to - from > 5 ? [1] : [1, 2, 5];
  const all = Array.from({ length: to - from + 1 }, (_, i) => steps.map((step) => step * 10 ** (from + i))).flat();
  const first = all.findLastIndex((mark) => mark <= least * (1 + 1e-9));
  const last = all.findIndex((mark) => mark >= most * (1 - 1e-9));
  return all.slice(Math.max(0, first), Math.max(last, first + 1) + 1);
}
