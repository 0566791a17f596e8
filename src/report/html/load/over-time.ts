import type { LoadPoint, LoadRun } from "../../../result/index.ts";
import { bestPoint } from "../../load-label.ts";
import { heatMap } from "../charts/heat-map.ts";
import { overTimeCharts } from "../charts/over-time.ts";
import { telemetryCharts } from "../charts/telemetry.ts";
import { type Html, html } from "../html.ts";

/** Points of one run to be shown over time, out of all those that could be. */
export interface OverTime {
  readonly shown: readonly LoadPoint[];
  readonly left: number;
}

/** Which points are shown over time, `most` of all runs together: the best of each run, then the others in turn. */
export function shownOverTime(runs: readonly LoadRun[], most: number): ReadonlyMap<LoadRun, OverTime> {
  const ranked = runs.map(({ points }) => {
    const drawable = points.filter(({ windows, latency }) => windows.length > 1 && latency.count > 0);
    const best = bestPoint(drawable);
    return best ? [best, ...drawable.filter((point) => point !== best)] : drawable;
  });
  const turns = Math.max(0, ...ranked.map((points) => points.length));
  const inTurn = Array.from({ length: turns }, (_, turn) => ranked.flatMap((points) => points[turn] ?? [])).flat();
  const chosen = new Set(inTurn.slice(0, most));
  return new Map(
    runs.map((run, index) => {
      const shown = run.points.filter((point) => chosen.has(point));
      return [run, { shown, left: (ranked[index]?.length ?? 0) - shown.length }];
    }),
  );
}

/** All charts of a point over time, below each other on one time axis; empty where it has no course. */
export function pointOverTime(point: LoadPoint, label: string): Html {
  const spread = heatMap(point, `How latencies spread over time: ${label}`);
  return html`${overTimeCharts(point, label)}${spread && html`<p class="caption">How latencies spread</p>${spread}`}${telemetryCharts(point, label)}`;
}
