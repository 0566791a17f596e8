import type { LoadPoint, Window } from "../../../result/index.ts";
import { type Html, html } from "../html.ts";
import { axisStyle, chartSvg, GRID, lineOf, MAX_POINTS, short, thinned, timeAxis } from "./chart.ts";

/** What happened in the measuring phase of one point, a chart for each quantity, all on one time axis; none of what did not occur. */
export function overTimeCharts(point: LoadPoint, label: string): readonly Html[] {
  if (point.windows.length < 2) return [];
  const windows = joined(point.windows);
  return [
    rateChart(point, windows, label),
    ...(point.windows.some(({ p50Ns }) => p50Ns !== undefined) ? [latencyChart(point, label)] : []),
    ...(windows.some(({ failed }) => failed > 0) ? [errorChart(point, windows, label)] : []),
  ];
}

type Counted = Pick<Window, "startMs" | "durationMs" | "ok" | "failed">;

/** Neighbours added up until a line may have as many points: what failed in a short window must not be left out. */
function joined(windows: readonly Counted[]): readonly Counted[] {
  if (windows.length <= MAX_POINTS) return windows;
  const pairs = windows.flatMap((first, index): Counted[] => {
    if (index % 2 === 1) return [];
    const second = windows[index + 1];
    if (!second) return [first];
    return [
      {
        startMs: first.startMs,
        durationMs: first.durationMs + second.durationMs,
        ok: first.ok + second.ok,
        failed: first.failed + second.failed,
      },
    ];
  });
  return joined(pairs);
}

// A total over a window that is as good as empty says nothing about a second.
const perSecond = (count: number, { durationMs }: Counted) => short((count * 1000) / Math.max(durationMs, 1));

function middle({ startMs, durationMs }: Pick<Window, "startMs" | "durationMs">): number {
  return Number(((startMs + durationMs / 2) / 1000).toFixed(3));
}

function rateChart({ durationMs, requestRate }: LoadPoint, windows: readonly Counted[], label: string): Html {
  const end = Number((durationMs / 1000).toFixed(3));
  const intended =
    requestRate === undefined ? [] : [{ name: "intended (mean)", data: [0, end].map((at) => [at, requestRate]) }];
  const lines = [
    { name: "right answers per second", data: windows.map((each) => [middle(each), perSecond(each.ok, each)]) },
    ...intended,
  ];
  return chart("Throughput", label, "answers/s", durationMs, lines);
}

function latencyChart({ durationMs, windows: all }: LoadPoint, label: string): Html {
  const windows = thinned(all);
  const line = (key: "p50Ns" | "p99Ns") =>
    windows.map((each) => [middle(each), each[key] === undefined ? null : short(each[key] / 1e6)]);
  const lines = [
    { name: "p50 of a window", data: line("p50Ns") },
    { name: "p99 of a window", data: line("p99Ns") },
  ];
  return chart("Latency", label, "ms", durationMs, lines);
}

function errorChart({ durationMs }: LoadPoint, windows: readonly Counted[], label: string): Html {
  const lines = [
    { name: "failed requests per second", data: windows.map((each) => [middle(each), perSecond(each.failed, each)]) },
  ];
  return chart("Errors", label, "failed/s", durationMs, lines);
}

interface Line {
  readonly name: string;
  readonly data: readonly (readonly (number | null)[])[];
}

function chart(caption: string, label: string, axis: string, durationMs: number, lines: readonly Line[]): Html {
  return html`<p class="caption">${caption}</p>${chartSvg(
    `${caption} over time: ${label}`,
    170,
    lines.map(({ name }) => name),
    {
      grid: GRID,
      xAxis: timeAxis(durationMs),
      yAxis: { type: "value", min: 0, ...axisStyle(axis), nameGap: 56 },
      series: lines.map(({ name, data }, index) => lineOf(name, index, data, name.startsWith("intended"))),
    },
  )}`;
}
