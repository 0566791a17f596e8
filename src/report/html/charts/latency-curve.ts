import type { Percentile } from "../../../result/index.ts";
import type { Html } from "../html.ts";
import { axisStyle, chartSvg, GRID, INK, lineOf, SERIES_COLOURS, thinned } from "./chart.ts";
import { type LogScale, logScale } from "./log-scale.ts";

/** One distribution of times. */
export interface LatencyCurve {
  readonly name: string;
  readonly percentiles: readonly Percentile[];
  /** Of a measurement that is not valid. */
  readonly dashed?: boolean;
}

/**
 * Times by percentile on a log scale, one line a distribution, with a band where there are 95 % confidence intervals. The percentile axis
 * is stretched so that 99, 99.9 and 99.99 are as far apart as 0 and 90. At most six lines: the first ones.
 */
export function latencyCurves(label: string, curves: readonly LatencyCurve[]): Html {
  const shown = curves
    .map((curve) => ({
      ...curve,
      percentiles: thinned(curve.percentiles.filter(({ percentile }) => percentile < 100)),
    }))
    .filter(({ percentiles }) => percentiles.length > 1)
    .slice(0, SERIES_COLOURS.length);
  const all = shown.flatMap(({ percentiles }) => percentiles);
  const scale = logScale(
    "time",
    all.flatMap(({ ns, lowNs = ns, highNs = ns }) => [ns, lowNs, highNs]),
  );
  return chartSvg(
    label,
    310,
    shown.map(({ name }) => name),
    {
      grid: { ...GRID, bottom: 48 },
      xAxis: {
        type: "value",
        min: 0,
        max: Math.max(2, ...all.map(({ percentile }) => nines(percentile))),
        interval: 1,
        ...axisStyle("percentile"),
        nameGap: 28,
        axisLabel: { color: INK, formatter: (value: number) => percentText(value) },
      },
      yAxis: scale.axis,
      series: [
        ...shown.flatMap(({ percentiles }, index) => bandOf(percentiles, index, scale)),
        ...shown.map(({ name, percentiles, dashed }, index) =>
          lineOf(
            name,
            index,
            percentiles.map(({ percentile, ns }) => [nines(percentile), scale.at(ns)]),
            dashed,
          ),
        ),
      ],
    },
  );
}

interface Coordinates {
  coord(at: readonly [number, number]): readonly number[];
}

function bandOf(percentiles: readonly Percentile[], index: number, scale: LogScale): readonly object[] {
  const bounded = percentiles.flatMap(({ percentile, lowNs, highNs }) =>
    lowNs === undefined || highNs === undefined ? [] : [{ at: nines(percentile), low: lowNs, high: highNs }],
  );
  if (bounded.length < 2) return [];
  const corners = [
    ...bounded.map(({ at, high }) => [at, scale.at(high)] as const),
    ...bounded.map(({ at, low }) => [at, scale.at(low)] as const).reverse(),
  ];
  return [
    {
      type: "custom",
      silent: true,
      clip: true,
      data: [[0, 0]],
      renderItem: (_: unknown, api: Coordinates) => ({
        type: "polygon",
        shape: { points: corners.map((corner) => api.coord(corner)) },
        style: { fill: SERIES_COLOURS[index], opacity: 0.2 },
      }),
    },
  ];
}

function nines(percentile: number): number {
  return Number((-Math.log10(1 - percentile / 100)).toFixed(4));
}

function percentText(value: number): string {
  return `${Number((100 - 100 / 10 ** value).toFixed(6))}`;
}
