import type { LoadPoint } from "../../result/index.ts";
import { pointLabel } from "../load-label.ts";
import { axisStyle, chartSvg, INK, SERIES_COLOURS, thinned } from "./chart.ts";
import type { Html } from "./html.ts";

/** Latency by percentile, one line a point. The percentile axis is stretched so that 99, 99.9 and 99.99 are as far apart as 0 and 90. */
export function latencyChart(points: readonly LoadPoint[]): Html {
  const shown = points.filter(({ latency }) => latency.percentiles.length > 1).slice(0, SERIES_COLOURS.length);
  const names = shown.map((point) => pointLabel(point, points));
  return chartSvg("Latency by percentile", 310, names, {
    grid: { left: 70, right: 24, top: 12, bottom: 48 },
    xAxis: {
      type: "value",
      min: 0,
      max: Math.max(
        2,
        ...shown.flatMap(({ latency }) => latency.percentiles.map(({ percentile }) => nines(percentile))),
      ),
      interval: 1,
      ...axisStyle("percentile"),
      nameGap: 28,
      axisLabel: { color: INK, formatter: (value: number) => percentText(value) },
    },
    yAxis: {
      type: spread(shown) < 20 ? "value" : "log",
      ...axisStyle("latency in ms"),
      nameGap: 50,
      axisLabel: { color: INK, formatter: (value: number) => String(Number(value.toPrecision(3))) },
    },
    series: shown.map((point, index) => ({
      type: "line",
      name: names[index] ?? "",
      showSymbol: false,
      lineStyle: { width: 2, color: SERIES_COLOURS[index], type: point.validity.valid ? "solid" : "dashed" },
      itemStyle: { color: SERIES_COLOURS[index] },
      data: thinned(point.latency.percentiles.filter(({ percentile }) => percentile < 100)).map(
        ({ percentile, ns }) => [Number(nines(percentile).toFixed(4)), Math.max(ns, 1) / 1e6],
      ),
    })),
  });
}

function nines(percentile: number): number {
  return percentile >= 100 ? 0 : -Math.log10(1 - percentile / 100);
}

function percentText(value: number): string {
  return `${Number((100 - 100 / 10 ** value).toFixed(6))}`;
}

function spread(points: readonly LoadPoint[]): number {
  const values = points.flatMap(({ latency }) => latency.percentiles.map(({ ns }) => Math.max(ns, 1)));
  return Math.max(...values) / Math.min(...values);
}
