import type { Interval, LoadPoint } from "../../../result/index.ts";
import { bucketLow, bucketMiddle, decodeBuckets } from "../../../statistics/index.ts";
import { type Html, html, trusted } from "../html.ts";
import { GRID } from "./chart.ts";
import { logScale, timeText } from "./log-scale.ts";

const WIDTH = 960;
const HEIGHT = 220;
const MOST_ROWS = 36;
const MOST_COLUMNS = 75;
const LEAST_COLUMNS = 4;
const SHADES = 6;

/**
 * How the latencies of one point spread over time: time from left to right, latency upwards on a log scale, the darker the more answers.
 * undefined where the document has too few intervals to show a course.
 */
export function heatMap(point: LoadPoint, label: string): Html | undefined {
  const columns = columnsOf(point.intervals ?? []);
  const buckets = columns.flat().map(({ bucket }) => bucket);
  if (columns.length < LEAST_COLUMNS || buckets.length === 0) return undefined;
  const least = buckets.reduce((a, b) => Math.min(a, b));
  const most = buckets.reduce((a, b) => Math.max(a, b));
  const scale = logScale("", [bucketLow(least), bucketLow(most + 1)]);
  const [bottom, top] = [scale.at(scale.marks[0] as number), scale.at(scale.marks.at(-1) as number)];
  // No finer than the buckets are, or there would be empty rows between them.
  const rows = Math.max(1, Math.min(MOST_ROWS, Math.floor(((top - bottom) / Math.log10(2)) * 32)));
  const height = (ns: number) => ((scale.at(ns) - bottom) / (top - bottom)) * rows;
  const cells = columns.map((column) => {
    const sums = new Float64Array(rows);
    for (const { bucket, count } of column) {
      const row = Math.min(rows - 1, Math.max(0, Math.floor(height(bucketMiddle(bucket)))));
      sums[row] = (sums[row] as number) + count;
    }
    return sums;
  });
  const inner = { width: WIDTH - GRID.left - GRID.right, height: HEIGHT - GRID.top - GRID.bottom };
  const y = (ns: number) => Number((GRID.top + inner.height * (1 - height(ns) / rows)).toFixed(1));
  const x = (share: number) => Number((GRID.left + inner.width * share).toFixed(1));
  // The last column may reach beyond the end of the phase.
  const width = Number((point.durationMs / columnMs(point.intervals ?? [], columns.length)).toFixed(4));
  const seconds = secondMarks(point.durationMs / 1000);
  return html`<figure class="chart"><ul class="legend"><li>${Array.from({ length: SHADES }, (_, shade) => html`<span class="shade" style="opacity:${opacity(shade)}"></span>`)} few to many answers (square-root scale)</li></ul>
<div class="scroll" tabindex="0" role="group" aria-label="Chart"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
${scale.marks.map((mark) => html`<path class="grid" d="M${GRID.left} ${y(mark)}H${WIDTH - GRID.right}"/><text x="${GRID.left - 8}" y="${y(mark)}" text-anchor="end">${timeText(mark)}</text>`)}
<svg x="${GRID.left}" y="${GRID.top}" width="${inner.width}" height="${inner.height}" viewBox="0 0 ${width} ${rows}" preserveAspectRatio="none">${shadePaths(cells, rows)}</svg>
${seconds.marks.map((mark) => html`<text x="${x(mark / seconds.end)}" y="${HEIGHT - GRID.bottom + 14}" text-anchor="middle">${grouped(mark)}</text>`)}<text x="${x(0.5)}" y="${HEIGHT - 12}" text-anchor="middle">seconds</text>
</svg></div></figure>`;
}

type Column = readonly { readonly bucket: number; readonly count: number }[];

/** Neighbouring intervals together, so many that they can be told apart. */
function columnsOf(intervals: readonly Interval[]): readonly Column[] {
  const each = Math.ceil(intervals.length / MOST_COLUMNS);
  return Array.from({ length: Math.ceil(intervals.length / Math.max(1, each)) }, (_, column) =>
    intervals.slice(column * each, (column + 1) * each).flatMap(({ latencies }) => decodeBuckets(latencies)),
  );
}

function columnMs(intervals: readonly Interval[], columns: number): number {
  return Math.max(1, (intervals[0]?.durationMs ?? 0) * Math.ceil(intervals.length / columns));
}

function opacity(shade: number): number {
  return Number((0.12 + (0.88 * shade) / (SHADES - 1)).toFixed(2));
}

/** One path for each shade; cells of one shade below each other are one rectangle. */
function shadePaths(cells: readonly Float64Array[], rows: number): readonly Html[] {
  const most = Math.max(...cells.map((column) => Math.max(...column)));
  const shadeOf = (count: number) => (count === 0 ? -1 : Math.ceil(Math.sqrt(count / most) * SHADES) - 1);
  const paths = Array.from({ length: SHADES }, () => "");
  for (const [column, sums] of cells.entries()) {
    for (let row = 0; row < rows; ) {
      const shade = shadeOf(sums[row] as number);
      let end = row + 1;
      while (end < rows && shadeOf(sums[end] as number) === shade) end++;
      if (shade >= 0) paths[shade] += `M${column} ${rows - end}h1v${end - row}h-1z`;
      row = end;
    }
  }
  return paths.flatMap((path, shade) =>
    path === "" ? [] : [trusted(`<path class="shade" fill-opacity="${opacity(shade)}" d="${path}"/>`)],
  );
}

function grouped(value: number): string {
  return String(value).replace(/^\d+/, (digits) => digits.replaceAll(/\B(?=(?:\d{3})+$)/g, ","));
}

/** Round instants of a phase, as far apart as in the other charts. */
function secondMarks(end: number): { readonly end: number; readonly marks: readonly number[] } {
  const rough = Math.max(end, 1e-3) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const digit = rough / power;
  const step = power * (digit < 1.5 ? 1 : digit < 2.5 ? 2 : digit < 4 ? 3 : digit < 7 ? 5 : 10);
  const count = Math.floor(end / step + 1e-9) + 1;
  const round = Array.from({ length: count }, (_, i) => Number((i * step).toPrecision(6)));
  const last = Number(end.toFixed(3));
  return { end, marks: end - (round.at(-1) ?? 0) > step / 2 ? [...round, last] : round };
}
