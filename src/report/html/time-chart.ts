import type { LoadPoint } from "../../result/index.ts";
import { axisStyle, chartSvg, SERIES_COLOURS, thinned } from "./chart.ts";
import type { Html } from "./html.ts";

/** Right answers per second and latency over the measuring phase of one point. */
export function timeChart(point: LoadPoint, label: string): Html {
  const windows = thinned(point.windows);
  const at = (startMs: number, durationMs: number) => Number(((startMs + durationMs / 2) / 1000).toFixed(3));
  const [rate, median, tail] = SERIES_COLOURS;
  const line = (name: string, colour: string, yAxisIndex: number, data: readonly (readonly number[])[]) => ({
    type: "line",
    name,
    yAxisIndex,
    showSymbol: false,
    lineStyle: { width: 2, color: colour },
    itemStyle: { color: colour },
    data,
  });
  const latencies = (key: "p50Ns" | "p99Ns") =>
    windows.flatMap((each) =>
      each[key] === undefined ? [] : [[at(each.startMs, each.durationMs), Number((each[key] / 1e6).toPrecision(4))]],
    );
  return chartSvg(`Over time: ${label}`, 230, ["answers per second", "p50", "p99"], {
    grid: { left: 70, right: 70, top: 12, bottom: 44 },
    xAxis: {
      type: "value",
      min: 0,
      max: Number((point.durationMs / 1000).toFixed(3)),
      ...axisStyle("seconds"),
      nameGap: 26,
    },
    yAxis: [
      { type: "value", min: 0, ...axisStyle("answers per second"), nameGap: 50 },
      { type: "value", min: 0, ...axisStyle("latency in ms"), nameGap: 44, splitLine: { show: false } },
    ],
    series: [
      line(
        "answers per second",
        rate,
        0,
        windows.map((each) => [
          at(each.startMs, each.durationMs),
          Number(((each.ok * 1000) / each.durationMs).toFixed(1)),
        ]),
      ),
      line("p50", median, 1, latencies("p50Ns")),
      line("p99", tail, 1, latencies("p99Ns")),
    ],
  });
}
