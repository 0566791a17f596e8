import type { EChartsCoreOption } from "echarts";
// One file: the hundreds of modules behind the library's main entry take half a second to load.
import { init } from "echarts/dist/echarts.esm.min.mjs";
import { type Html, html, trusted } from "../html.ts";

/** The colours of the series in a chart: stand-ins of fixed length that become CSS variables. */
export const SERIES_COLOURS = ["#a0a001", "#a0a002", "#a0a003", "#a0a004", "#a0a005", "#a0a006"] as const;
/** Text, axis and grid lines of a chart. */
export const INK = "#a0a010";
export const RULE = "#a0a011";

const VARIABLES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(SERIES_COLOURS.map((colour, index) => [colour, `var(--series-${index + 1})`])),
  [INK]: "var(--muted)",
  [RULE]: "var(--rule)",
};

/** The most points of a line: more cannot be told apart at this width. */
export const MAX_POINTS = 200;
const WIDTH = 960;

/**
 * A chart as inline SVG: the same bytes for the same option, colours as CSS variables. `label` is what a screen reader says,
 * `names` are those of the lines, in the order of SERIES_COLOURS.
 */
export function chartSvg(label: string, height: number, names: readonly string[], option: EChartsCoreOption): Html {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: "sans-serif", color: INK }, ...option });
    return html`<figure class="chart">${legendHtml(names)}<div class="scroll" tabindex="0" role="group" aria-label="Chart">${trusted(normalised(chart.renderToSVGString(), label))}</div></figure>`;
  } finally {
    chart.dispose();
  }
}

// The library guesses the width of text, and legends overlap in other fonts than the one it guessed for.
function legendHtml(names: readonly string[]): Html {
  return html`<ul class="legend">${names.map((name, index) => html`<li><span style="background:var(--series-${index + 1})"></span>${name}</li>`)}</ul>`;
}

/** An axis in the style of the report. */
export function axisStyle(name: string): object {
  return {
    name,
    nameLocation: "middle",
    nameTextStyle: { color: INK },
    axisLabel: { color: INK },
    axisLine: { lineStyle: { color: RULE } },
    axisTick: { lineStyle: { color: RULE } },
    splitLine: { lineStyle: { color: RULE } },
  };
}

/** The margins of charts: equal, so that those below each other share their horizontal axis. */
export const GRID = { left: 76, right: 24, top: 12, bottom: 44 } as const;

/** Seconds since the begin of a phase. */
export function timeAxis(durationMs: number): object {
  return {
    type: "value",
    min: 0,
    max: Number((durationMs / 1000).toFixed(3)),
    ...axisStyle("seconds"),
    nameGap: 26,
  };
}

/** A plain line in the colour of its place in the legend. */
export function lineOf(
  name: string,
  index: number,
  data: readonly (readonly (number | null)[])[],
  dashed = false,
): object {
  const colour = SERIES_COLOURS[index % SERIES_COLOURS.length] as string;
  return {
    type: "line",
    name,
    symbol: "none",
    lineStyle: { width: 2, color: colour, type: dashed ? "dashed" : "solid" },
    itemStyle: { color: colour },
    data: data.map((value, i) => (alone(data, i) ? { value, symbol: "circle", symbolSize: 4 } : value)),
  };
}

// A value between two gaps has no line that would show it.
function alone(data: readonly (readonly (number | null)[])[], index: number): boolean {
  const none = (i: number) => typeof data[i]?.[1] !== "number";
  return !none(index) && none(index - 1) && none(index + 1);
}

/** A number as short as four digits allow. */
export function short(value: number): number {
  return Number(value.toPrecision(4));
}

/** At most MAX_POINTS of a line, evenly chosen, with the first and the last. */
export function thinned<T>(points: readonly T[]): readonly T[] {
  if (points.length <= MAX_POINTS) return points;
  const step = (points.length - 1) / (MAX_POINTS - 1);
  return Array.from({ length: MAX_POINTS }, (_, index) => points[Math.round(index * step)] as T);
}

// The library numbers its ids through the life of the process, writes colours and styles it was given literally, and every line on its own.
function normalised(svg: string, label: string): string {
  const escaped = html`${label}`.markup;
  const prefix = `c${hashOf(label)}`;
  const coloured = svg
    .replaceAll(/<style[^>]*>.*?<\/style>| class="[^"]*"| pointer-events="[^"]*"| xml:space="[^"]*"/gs, "")
    .replaceAll(/zr\d+-/g, `${prefix}-`)
    .replaceAll(/#a0a0[01][0-6]/g, (colour) => VARIABLES[colour] ?? colour)
    .replaceAll(/(fill|stroke)="(var\([^)]*\))"/g, 'style="$1:$2"')
    .replaceAll(/style="([^"]*)"([^<>]*?) style="([^"]*)"/g, 'style="$1;$3"$2')
    .replaceAll(/style="([^"]*)"([^<>]*?) style="([^"]*)"/g, 'style="$1;$3"$2')
    .replace(/<svg[^>]*>/, `<svg viewBox="0 0 ${WIDTH} ${heightOf(svg)}" role="img" aria-label="${escaped}">`);
  return compact(coloured);
}

const TEXT_STYLE = ' style="font-size:12px;font-family:sans-serif;;fill:var(--muted)"';
const CIRCLE =
  /<path d="M1 0A1 1 0 1 1 1 -[^"]*" transform="matrix\(([\d.]+),0,0,[\d.]+,([\d.]+),([\d.]+)\)"([^>]*)><\/path>\n?/g;
const RULE_LINE = /<path d="([^"]*)" fill="none" style="stroke:var\(--rule\)"(?: stroke-linecap="round")?><\/path>\n?/;
const RULE_LINES = new RegExp(`(?:${RULE_LINE.source}){2,}`, "g");

/** The same picture in less than half of the bytes: axes as one path, styles of text in the style sheet, a tenth of a pixel. */
function compact(svg: string): string {
  return svg
    .replaceAll(/ ecmeta_\w+="[^"]*"/g, "")
    .replaceAll(CIRCLE, (_, r: string, x: string, y: string, rest: string) => circle(Number(r), x, y, rest))
    .replaceAll(/ (d|transform)="([^"]*)"/g, (_, name: string, value: string) => ` ${name}="${tenths(value)}"`)
    .replaceAll(TEXT_STYLE, "")
    .replaceAll(
      /<text dominant-baseline="central" text-anchor="(\w+)" transform="translate\(([-\d.]+) ([-\d.]+)\)">/g,
      '<text text-anchor="$1" x="$2" y="$3">',
    )
    .replaceAll(' dominant-baseline="central"', "")
    .replaceAll(RULE_LINES, (lines) => {
      const data = [...lines.matchAll(new RegExp(RULE_LINE.source, "g"))].map(([, line]) => line).join("");
      return `<path class="grid" d="${data}"/>`;
    })
    .replaceAll(/><\/(?:path|rect)>\n?/g, "/>");
}

// The library draws a circle of radius one and scales it, its outline with it.
function circle(r: number, x: string, y: string, rest: string): string {
  const scaled = rest.replace(/stroke-width="([^"]*)"/, (_, width: string) => `stroke-width="${Number(width) * r}"`);
  return `<circle r="${r}" cx="${tenths(x)}" cy="${tenths(y)}"${scaled}/>`;
}

function tenths(numbers: string): string {
  return numbers.replaceAll(/-?\d+\.\d{2,}/g, (number) => String(Number(Number(number).toFixed(1))));
}

function heightOf(svg: string): string {
  return /height="(\d+)"/.exec(svg)?.[1] ?? "300";
}

function hashOf(text: string): string {
  let hash = 0;
  for (const character of text) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) | 0;
  return (hash >>> 0).toString(36);
}
