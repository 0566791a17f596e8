import { formatNanoseconds } from "../../../base/duration.ts";
import type { LoadPoint, LoadRun } from "../../../result/index.ts";
import { bestPoint, loadText, numberText, pointLabel, rateText } from "../../load-label.ts";
import { loadOf, p99Of, paretoFront, type SweepLine, sweepLines } from "../../sweep.ts";
import { paretoChart } from "../charts/pareto.ts";
import { throughputLatencyChart } from "../charts/throughput-latency.ts";
import { type Html, html } from "../html.ts";

const LEAST_FOR_FRONT = 4;

/** What the points of one sweep show together: latency against throughput, and batch against load. */
export function sweepHtml({ points }: LoadRun, scope: string): Html {
  const lines = sweepLines(points);
  const drawn = lines.filter((line) => line.points.filter((point) => p99Of(point) !== undefined).length > 1);
  const left = points.filter(({ validity }) => !validity.valid).length;
  return html`${
    drawn.length > 0 &&
    html`<h4>Throughput against latency</h4>${throughputLatencyChart(`Throughput against latency${scope}`, drawn)}
${kneeList(drawn)}${left > 0 && html`<p class="muted">Without ${left} of ${points.length} points, which are not valid.</p>`}`
  }${gridHtml(points)}`;
}

function kneeList(lines: readonly SweepLine[]): Html | false {
  const found = lines.filter(({ knee }) => knee !== undefined);
  if (found.length === 0) return false;
  return html`<ul>${found.map(({ name, knee }) => knee && html`<li>${name !== "" && `${name}: `}the knee is at ${loadText(knee)}, ${numberText(knee.inferences.value)} inferences/s; beyond it latency grows faster than throughput.</li>`)}</ul>`;
}

/** Inferences per second and p99 by batch and load, the greater the darker. */
function gridHtml(points: readonly LoadPoint[]): Html | false {
  const valid = points.filter(({ validity }) => validity.valid);
  const batches = ascending(points.map(({ batch }) => batch));
  const loads = ascending(points.map(loadOf));
  const one = new Set(
    points.map(({ concurrency, model, protocol, encoding }) =>
      JSON.stringify([concurrency === undefined, model, protocol, encoding]),
    ),
  );
  if (batches.length < 2 || loads.length < 2 || one.size > 1 || valid.length === 0) return false;
  const most = Math.max(...valid.map(({ inferences }) => inferences.value));
  const open = points[0]?.concurrency === undefined;
  const cell = (batch: number, load: number) => {
    const all = points.filter((point) => point.batch === batch && loadOf(point) === load);
    const best = bestPoint(all);
    if (!best) return html`<td class="number">${all.length === 0 ? "—" : "invalid"}</td>`;
    const p99 = p99Of(best);
    return html`<td class="number heat" style="--share:${Math.round((best.inferences.value / most) * 100)}%">${numberText(best.inferences.value)}${p99 !== undefined && html`<br><span class="small">${formatNanoseconds(p99)}</span>`}</td>`;
  };
  return html`<h4>Batch and ${open ? "rate" : "concurrency"}</h4><p class="muted">Inferences per second, and p99 latency below. The darker, the more.</p>
<div class="scroll" tabindex="0" role="group" aria-label="Batch and load"><table class="load grid"><thead><tr><th scope="col">Batch</th>${loads.map((load) => html`<th scope="col" class="number">${open ? `${numberText(load)}/s` : `${load} in flight`}</th>`)}</tr></thead><tbody>
${batches.map((batch) => html`<tr><th scope="row">${batch}</th>${loads.map((load) => cell(batch, load))}</tr>\n`)}</tbody></table></div>`;
}

function ascending(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

/** What the runs show together: bindings and encodings side by side, and which points no other one beats. */
export function acrossRunsHtml(runs: readonly LoadRun[]): Html | false {
  const points = runs
    .flatMap((run) => run.points)
    .filter((point) => point.validity.valid && p99Of(point) !== undefined);
  const front = paretoFront(points);
  const side = sideBySideHtml(points);
  const pareto = points.length >= LEAST_FOR_FRONT && front.length > 1;
  if (!side && !pareto) return false;
  return html`<h3>All runs together</h3>${side}${pareto && paretoHtml(points, front)}`;
}

function paretoHtml(points: readonly LoadPoint[], front: readonly LoadPoint[]): Html {
  return html`<h4>Best trade-offs of throughput and latency</h4><p class="muted">No other valid point has both more inferences per second and a lower p99 (the Pareto front).</p>
${paretoChart("Best trade-offs of throughput and latency", points, front)}
<details><summary>The ${front.length} points on the line</summary><table class="load"><thead><tr><th scope="col">Point</th><th scope="col" class="number">Inferences/s</th><th scope="col" class="number">p99</th></tr></thead><tbody>
${front.map((point) => html`<tr><th scope="row">${pointLabel(point, points)}</th><td class="number">${rateText(point.inferences)}</td><td class="number">${formatNanoseconds(p99Of(point) ?? 0)}</td></tr>\n`)}</tbody></table></details>`;
}

/** JSON against binary against gRPC, each at its best, model by model. */
function sideBySideHtml(points: readonly LoadPoint[]): Html | false {
  const models = [...new Set(points.map(({ model }) => model))];
  const tables = models.flatMap((model) => {
    const own = points.filter((point) => point.model === model);
    const kinds = [...new Set(own.map(({ protocol, encoding }) => JSON.stringify([protocol, encoding])))];
    if (kinds.length < 2) return [];
    const rows = kinds.flatMap(
      (kind) => bestPoint(own.filter(({ protocol, encoding }) => JSON.stringify([protocol, encoding]) === kind)) ?? [],
    );
    return [sideTable(model, rows)];
  });
  if (tables.length === 0) return false;
  return html`<h4>Bindings and encodings side by side</h4><p class="muted">The valid point of each with most inferences per second.</p>${tables}`;
}

function sideTable(model: string, rows: readonly LoadPoint[]): Html {
  const most = Math.max(...rows.map(({ inferences }) => inferences.value));
  return html`<table class="load side"><caption>Model ${model}</caption><thead><tr><th scope="col">Binding and encoding</th><th scope="col">Inferences/s</th><th scope="col" class="number">p99</th><th scope="col">At</th></tr></thead><tbody>
${rows.map((point) => html`<tr><th scope="row">${point.protocol} ${point.encoding}</th><td><div class="measure" aria-hidden="true" style="width:${most > 0 ? Math.round((point.inferences.value / most) * 100) : 0}%"></div>${rateText(point.inferences)}</td><td class="number">${formatNanoseconds(p99Of(point) ?? 0)}</td><td>${loadText(point)}, batch ${point.batch}</td></tr>\n`)}</tbody></table>`;
}
