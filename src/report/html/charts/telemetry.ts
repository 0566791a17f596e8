import type { LoadPoint, Series } from "../../../result/index.ts";
import { type Html, html } from "../html.ts";
import { axisStyle, chartSvg, GRID, lineOf, SERIES_COLOURS, short, thinned, timeAxis } from "./chart.ts";

/** A chart of quantities with one unit. */
interface Group {
  readonly title: string;
  readonly axis: string;
  readonly has: (series: Series) => boolean;
  /** What a value is divided by on the axis. */
  readonly scale: number;
}

const isMachine = ({ title }: Series) => title.endsWith("on the machine");
const isGpu = ({ labels }: Series) => labels?.["gpu"] !== undefined;

const GROUPS: readonly Group[] = [
  {
    title: "Processor cores in use",
    axis: "cores",
    // Growth of processor milliseconds in a millisecond is cores.
    has: ({ id, unit, role, title }) =>
      id === "client-process/cpu" || (unit === "ms" && (role === "server-cpu" || title.startsWith("Processor time"))),
    scale: 1,
  },
  {
    title: "Memory",
    axis: "MiB",
    has: (series) => series.unit === "bytes" && !isGpu(series) && !isMachine(series),
    scale: 2 ** 20,
  },
  {
    title: "Memory of the machine",
    axis: "GiB",
    has: (series) => series.unit === "bytes" && isMachine(series),
    scale: 2 ** 30,
  },
  {
    title: "Event loop of the client busy",
    axis: "%",
    has: ({ id }) => id === "client-process/event-loop",
    scale: 0.01,
  },
  { title: "GPU utilisation", axis: "%", has: (series) => series.unit === "ratio" && isGpu(series), scale: 0.01 },
  { title: "GPU memory", axis: "MiB", has: (series) => series.unit === "bytes" && isGpu(series), scale: 2 ** 20 },
  { title: "GPU power", axis: "W", has: ({ unit }) => unit === "watts", scale: 1 },
  { title: "GPU clocks", axis: "MHz", has: ({ unit }) => unit === "MHz", scale: 1 },
  {
    title: "Waiting at the server",
    axis: "requests",
    has: ({ unit, counter }) => unit === "count" && counter !== true,
    scale: 1,
  },
];

/** Charts of what collectors saw of one point, on the time axis of its other charts; none of what was not seen. Lines break where readings were missed. */
export function telemetryCharts({ telemetry, durationMs }: LoadPoint, label: string): readonly Html[] {
  return GROUPS.flatMap((group) => {
    const shown = (telemetry?.series ?? [])
      .filter((series) => group.has(series) && series.points.length > 1)
      .slice(0, SERIES_COLOURS.length);
    if (shown.length === 0) return [];
    const names = shown.map(nameOf);
    return [
      html`<p class="caption">${group.title}</p>${chartSvg(`${group.title}: ${label}`, 170, names, {
        grid: GRID,
        xAxis: timeAxis(durationMs),
        yAxis: { type: "value", min: 0, ...axisStyle(group.axis), nameGap: 56 },
        series: shown.map((series, index) =>
          lineOf(names[index] as string, index, cellsOf(series, group.scale, durationMs)),
        ),
      })}`,
    ];
  });
}

function nameOf({ title, source, labels }: Series): string {
  const gpu = labels?.["gpu"];
  return gpu === undefined ? `${title} (${source})` : `${title} ${labels?.["index"] ?? gpu}`;
}

type Cell = readonly [seconds: number, value: number | null];

/** A total becomes its growth per unit of time since the reading before. */
function cellsOf({ points: all, gaps = [], counter }: Series, scale: number, durationMs: number): readonly Cell[] {
  const points = withoutHasty(all);
  const broken = (fromMs: number, toMs: number) => gaps.some((gap) => gap.fromMs > fromMs && gap.fromMs < toMs);
  const cells = points.flatMap(({ atMs, value }, i): Cell[] => {
    const before = points[i - 1];
    const gap = before !== undefined && broken(before.atMs, atMs);
    const breakHere: Cell[] = gap ? [[at(atMs), null]] : [];
    if (counter !== true) return [...breakHere, [at(atMs), short(value / scale)]];
    if (!before || gap || atMs <= before.atMs) return breakHere;
    return [[at((before.atMs + atMs) / 2), short((value - before.value) / (atMs - before.atMs) / scale)]];
  });
  // The one after the end is cut off where the axis ends.
  return thinned(cells.filter((_, i) => (cells[i - 1]?.[0] ?? 0) <= durationMs / 1000));
}

/** Without readings so soon after the one before that what grew in between says nothing, as the last one of a phase may be. */
function withoutHasty(points: Series["points"]): Series["points"] {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return points;
  const usual = (last.atMs - first.atMs) / (points.length - 1);
  return points.filter(({ atMs }, i) => i === 0 || atMs - (points[i - 1]?.atMs ?? 0) >= usual / 10);
}

function at(ms: number): number {
  return Number((ms / 1000).toFixed(3));
}
