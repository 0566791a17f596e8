import type { LoadPoint } from "../../../result/index.ts";
import { p99Of } from "../../sweep.ts";
import type { Html } from "../html.ts";
import { axisStyle, chartSvg, GRID, lineOf, SERIES_COLOURS, short } from "./chart.ts";
import { logScale } from "./log-scale.ts";

/** All measured points by throughput and latency, those joined by a line that no other point beats in both. */
export function paretoChart(label: string, points: readonly LoadPoint[], front: readonly LoadPoint[]): Html {
  const scale = logScale(
    "p99 latency",
    points.flatMap((point) => p99Of(point) ?? []),
  );
  const at = (point: LoadPoint) => [short(point.inferences.value), scale.at(p99Of(point) ?? 0)];
  return chartSvg(label, 310, ["not beaten in both", "beaten by another"], {
    grid: { ...GRID, bottom: 48 },
    xAxis: { type: "value", min: 0, ...axisStyle("inferences per second"), nameGap: 28 },
    yAxis: scale.axis,
    series: [
      {
        type: "scatter",
        silent: true,
        symbol: "circle",
        symbolSize: 7,
        itemStyle: { color: SERIES_COLOURS[1] },
        data: points.filter((point) => !front.includes(point) && p99Of(point) !== undefined).map(at),
      },
      { ...lineOf("not beaten in both", 0, front.map(at)), symbol: "circle", symbolSize: 8 },
    ],
  });
}
