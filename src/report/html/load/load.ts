import type { Load, LoadPoint, LoadRun } from "../../../result/index.ts";
import { counted } from "../../answers/answer.ts";
import { anyOpenLoop, commonLabel, pointLabel, shortLabel } from "../../load-label.ts";
import { loadVerdicts } from "../../load-verdicts.ts";
import { type Html, html } from "../html.ts";
import { costHtml } from "./cost.ts";
import { evidenceHtml } from "./evidence.ts";
import type { OverTime } from "./over-time.ts";
import { pointTable } from "./point-table.ts";

const MOST_CURVES = 6;

/** The load part of a report, with so many points over time; thorough: with the evidence of each valid measurement. */
export type LoadPart = (overTime: number, thorough: boolean) => Html;

/** The load part of a report. Charts are drawn only of what was measured, and each once, however often the part is asked for. */
export async function loadPart(load: Load): Promise<LoadPart> {
  const { runs } = load;
  const charts = runs.some(({ points }) => points.some(({ latency }) => latency.count > 0)) && (await chartsOf(runs));
  return (overTime, thorough) => {
    const shown = charts ? charts.shown(overTime) : new Map<LoadRun, OverTime>();
    return html`<section id="load"><h2>Load</h2>
<p class="muted">Latency counts from the intended sending of a request to the end of its answer. Below each number: its 95 % confidence interval.</p>
${charts && charts.across}${runs.map((run, index) => runHtml(run, runs.length > 1 ? `Run ${index + 1}` : "", charts && charts.of(run, shown.get(run)), thorough))}</section>`;
  };
}

function runHtml(run: LoadRun, title: string, charts: Html | false, thorough: boolean): Html {
  const { plan, points } = run;
  const common = points.length === 1 ? pointLabel(points[0] as LoadPoint, points) : commonLabel(points);
  return html`<div class="run"><h3>${[title, common].filter((part) => part !== "").join(": ") || "The run"}</h3>
${pointTable(run)}
${loadVerdicts(run).map((text) => html`<p class="said">${text}</p>`)}
${evidenceHtml(points, thorough)}
${charts}
${costHtml(points)}
<details><summary>Plan</summary><pre class="body" tabindex="0">${JSON.stringify(plan, null, 2)}</pre></details></div>`;
}

interface Charts {
  readonly across: Html | false;
  shown(most: number): ReadonlyMap<LoadRun, OverTime>;
  of(run: LoadRun, overTime: OverTime | undefined): Html;
}

// The charting library is large, and a report without load needs none of it.
async function chartsOf(runs: readonly LoadRun[]): Promise<Charts> {
  const [{ acrossRunsHtml, sweepHtml }, { pointOverTime, shownOverTime }, { latencyCurves }] = await Promise.all([
    import("./sweep.ts"),
    import("./over-time.ts"),
    import("../charts/latency-curve.ts"),
  ]);
  // Labels tell the charts of several runs apart, for those who hear them and in their ids.
  const scopeOf = (run: LoadRun) => (runs.length > 1 ? `, run ${runs.indexOf(run) + 1}` : "");
  const drawn = new Map<LoadPoint, Html>();
  const pointChart = (run: LoadRun, point: LoadPoint) => {
    const label = `${shortLabel(point, run.points)}${scopeOf(run)}`;
    const html = drawn.get(point) ?? pointOverTime(point, `${label}${sameLabel(run.points, point)}`);
    drawn.set(point, html);
    return html;
  };
  const fixed = new Map(
    runs.map((run) => [run, html`${curvesHtml(run, scopeOf(run), latencyCurves)}${sweepHtml(run, scopeOf(run))}`]),
  );
  return {
    across: acrossRunsHtml(runs),
    shown: (most) => shownOverTime(runs, most),
    of: (run, overTime) =>
      html`${fixed.get(run)}${
        overTime &&
        overTime.shown.length > 0 &&
        html`<h4>Over time</h4>${overTime.shown.map((point, index) => html`<details${index === 0 && html` open`}><summary>${shortLabel(point, run.points)}</summary>${pointChart(run, point)}</details>`)}`
      }${overTime && overTime.left > 0 && html`<p class="muted">The course of ${counted(overTime.left, "more point")} is in the document.</p>`}`,
  };
}

// Two trials of a search may have the same settings.
function sameLabel(points: readonly LoadPoint[], point: LoadPoint): string {
  const same = points.filter((each) => pointLabel(each, points) === pointLabel(point, points));
  return same.length > 1 ? `, trial ${same.indexOf(point) + 1}` : "";
}

type Curves = typeof import("../charts/latency-curve.ts").latencyCurves;

function curvesHtml({ points }: LoadRun, scope: string, latencyCurves: Curves): Html | false {
  const measured = points.filter(({ latency }) => latency.count > 0 && latency.percentiles.length > 1);
  if (measured.length === 0) return false;
  const shown = evenly(measured, MOST_CURVES);
  const curve = (point: LoadPoint, of: "latency" | "lateness") => ({
    name: `${shortLabel(point, points)}${point.validity.valid ? "" : " (invalid)"}`,
    percentiles: point[of]?.percentiles ?? [],
    dashed: !point.validity.valid,
  });
  const late = shown.filter(({ lateness }) => lateness !== undefined && lateness.percentiles.length > 1);
  return html`<h4>Latency by percentile</h4>${latencyCurves(
    `Latency by percentile${scope}`,
    shown.map((point) => curve(point, "latency")),
  )}
${shown.length < measured.length && html`<p class="muted">${shown.length} of ${measured.length} points.</p>`}${
  anyOpenLoop(points) &&
  late.length > 0 &&
  html`<h4>Lateness of sending</h4><p class="muted">From the intended to the actual sending of a request. It is a part of the latency above.</p>${latencyCurves(
    `Lateness of sending by percentile${scope}`,
    late.map((point) => curve(point, "lateness")),
  )}`
}`;
}

function evenly<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))] as T);
}
