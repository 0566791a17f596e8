import type { LoadPoint } from "../../../result/index.ts";
import { p99Of, type SweepLine } from "../../sweep.ts";
import type { Html } from "../html.ts";
import { axisStyle, chartSvg, GRID, INK, lineOf, SERIES_COLOURS, short } from "./chart.ts";
import { logScale } from "./log-scale.ts";

/** Latency against throughput, one line for the loads of a sweep, its knee marked. At most six lines: the first ones. */
export function throughputLatencyChart(label: string, lines: readonly SweepLine[]): Html {
  const shown = lines.slice(0, SERIES_COLOURS.length);
  const measured = (points: readonly LoadPoint[]) => points.filter((point) => p99Of(point) !== undefined);
  const scale = logScale(
    "p99 latency",
    shown.flatMap(({ points }) => points.flatMap((point) => p99Of(point) ?? [])),
  );
  const at = (point: LoadPoint) => [short(point.inferences.value), scale.at(p99Of(point) ?? 0)];
  const names = shown.map(({ name }) => (name === "" ? "p99 latency" : name));
  return chartSvg(label, 310, names, {
    grid: { ...GRID, bottom: 48 },
    xAxis: { type: "value", min: 0, ...axisStyle("inferences per second"), nameGap: 28 },
    yAxis: scale.axis,
    series: [
      ...shown.map(({ points }, index) => ({
        ...lineOf(names[index] as string, index, measured(points).map(at)),
        symbol: "circle",
        symbolSize: 6,
      })),
      ...shown.flatMap(({ knee }, index) => (knee && p99Of(knee) !== undefined ? [kneeMark(at(knee), index)] : [])),
    ],
  });
}

function kneeMark(at: readonly number[], index: number): object {
  return {
    type: "scatter",
    silent: true,
    symbol: "circle",
    symbolSize: 16,
    itemStyle: { color: "transparent", borderColor: SERIES_COLOURS[index], borderWidth: 2 },
    label: { show: true, position: "bottom", distance: 8, formatter: "knee", color: INK },
    data: [at],
  };
}
