import { formatNanoseconds } from "../../base/duration.ts";
import type { Load, LoadPoint, LoadRun, Percentile } from "../../result/index.ts";
import {
  anyOpenLoop,
  commonLabel,
  dueRequests,
  failedRequests,
  pointLabel,
  problemCodes,
  rateText,
  sentRateText,
} from "../load-label.ts";
import { loadVerdicts } from "../load-verdicts.ts";
import { telemetryTexts, unavailableTexts } from "../telemetry-texts.ts";
import { type Html, html } from "./html.ts";

const COLUMNS = [50, 90, 99, 99.9] as const;
const MOST_TIME_CHARTS = 8;
/** Points whose collectors are shown over time. */
const MOST_TELEMETRY_CHARTS = 3;
const MOST_CHANGES = 30;
const ERROR_KINDS = [
  "httpError",
  "grpcError",
  "timeout",
  "refused",
  "reset",
  "malformed",
  "wrongAnswer",
  "notSent",
] as const;

/** The load part of a report. Charts are drawn only when something was measured. */
export async function loadHtml(load: Load): Promise<Html> {
  const runs = await Promise.all(load.runs.map(async (run, index) => runHtml(run, index + 1, load.runs.length)));
  return html`<section id="load"><h2>Load</h2>${runs}</section>`;
}

async function runHtml(run: LoadRun, number: number, of: number): Promise<Html> {
  const { plan, points } = run;
  const open = anyOpenLoop(points);
  const measured = points.filter(({ latency }) => latency.count > 0);
  return html`${of > 1 && html`<h3>Run ${number} of ${of}</h3>`}
${commonLabel(points) !== "" && html`<p class="muted">All points: ${commonLabel(points)}</p>`}
<table class="load"><thead><tr><th scope="col">Point</th>${open && html`<th scope="col" class="number">Sent/s</th>`}<th scope="col" class="number">Answers/s</th><th scope="col" class="number">Inferences/s</th>${COLUMNS.map((percentile) => html`<th scope="col" class="number">p${percentile}</th>`)}<th scope="col" class="number">Failed</th><th scope="col">Measurement</th></tr></thead><tbody>
${points.map((point) => rowHtml(point, points, open))}</tbody></table>
${loadVerdicts(run).map((text) => html`<p class="verdict">${text}</p>`)}
<p class="muted">Latency counts from the intended sending of a request to the end of its answer. Below each number: its 95 % confidence interval.</p>
${measured.length > 0 && (await chartsHtml(measured))}
${points.map((point) => evidenceHtml(point, points))}
${costHtml(points)}
<details><summary>Plan</summary><pre class="body">${JSON.stringify(plan, null, 2)}</pre></details>`;
}

// An invalid measurement says nothing about capacity, so it prints none.
function rowHtml(point: LoadPoint, points: readonly LoadPoint[], open: boolean): Html {
  const { validity, throughput, inferences, latency } = point;
  const cell = (text: string, interval?: string) =>
    html`<td class="number">${text}${interval !== undefined && html`<br><span class="muted">${interval}</span>`}</td>`;
  const rates = validity.valid ? [throughput, inferences].map((each) => cell(rateText(each))) : [cell("—"), cell("—")];
  return html`<tr><td>${pointLabel(point, points)}</td>${open && cell(sentRateText(point))}${rates}
${COLUMNS.map((wanted) =>
  percentileCell(
    latency.percentiles.find(({ percentile }) => percentile === wanted),
    cell,
  ),
)}
${cell(String(failedRequests(point)), `of ${dueRequests(point)}`)}<td><span class="badge ${validity.valid ? "pass" : "fail"}">${validity.valid ? "valid" : "invalid"}</span>${!validity.valid && html`<br><span class="muted">${problemCodes(point)}</span>`}</td></tr>\n`;
}

function percentileCell(found: Percentile | undefined, cell: (text: string, interval?: string) => Html): Html {
  if (!found) return cell("—");
  const { ns, lowNs, highNs, needed } = found;
  if (lowNs !== undefined && highNs !== undefined)
    return cell(formatNanoseconds(ns), `${formatNanoseconds(lowNs)} – ${formatNanoseconds(highNs)}`);
  return cell(formatNanoseconds(ns), needed === undefined ? undefined : `needs ${needed} more samples`);
}

async function chartsHtml(points: readonly LoadPoint[]): Promise<Html> {
  const [{ latencyChart }, { timeChart }, { telemetryCharts }] = await Promise.all([
    import("./latency-chart.ts"),
    import("./time-chart.ts"),
    import("./telemetry-chart.ts"),
  ]);
  const overTime = points.filter(({ windows }) => windows.length > 1);
  return html`<h3>Latency by percentile</h3>${latencyChart(points)}
${overTime.length > 0 && html`<h3>Over time</h3>`}${overTime.slice(0, MOST_TIME_CHARTS).map((point, index) => html`<details${index === 0 && html` open`}><summary>${pointLabel(point, points)}</summary>${timeChart(point, pointLabel(point, points))}${index < MOST_TELEMETRY_CHARTS && telemetryCharts(point, pointLabel(point, points))}</details>`)}
${overTime.length > MOST_TIME_CHARTS && html`<p class="muted">${overTime.length - MOST_TIME_CHARTS} more points are in the document.</p>`}`;
}

function evidenceHtml(point: LoadPoint, points: readonly LoadPoint[]): Html | false {
  const { validity, counts, errors } = point;
  const kinds = ERROR_KINDS.filter((kind) => (counts[kind] ?? 0) > 0);
  if (validity.valid && kinds.length === 0) return false;
  const facts = [
    ...validity.evidence.map(({ key, value }) => [key, value] as const),
    ...kinds.map((kind) => [words(kind), `${counts[kind]} requests`] as const),
  ];
  return html`<article class="check ${validity.valid ? "warn" : "fail"}"><header><h4>${validity.valid ? "Requests failed" : "The measurement is invalid"}: ${pointLabel(point, points)}</h4></header>
<ul class="noticed">${validity.problems.map(({ code, evidence }) => html`<li><b>${code}</b>: ${evidence}</li>`)}${errors.map(({ outcome, message }) => html`<li><b>${words(outcome)}</b>: ${message}</li>`)}</ul>
<dl class="records">${facts.map(([key, value]) => html`<div><dt>${key}</dt><dd>${value}</dd></div>`)}</dl></article>`;
}

/** What the load cost both sides, and which collectors saw nothing. */
function costHtml(points: readonly LoadPoint[]): Html {
  const reasons = unavailableTexts(points);
  const rows = points.filter(({ client, server }) => client !== undefined || server !== undefined);
  const cell = (value: number | undefined, text: (value: number) => string) =>
    html`<td class="number">${value === undefined ? "—" : text(value)}</td>`;
  const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  return html`${
    rows.length > 0 &&
    html`<h3>Cost</h3><table class="load"><thead><tr><th scope="col">Point</th><th scope="col" class="number">Server CPU / inference</th><th scope="col" class="number">Server memory</th><th scope="col" class="number">Client CPU / request</th><th scope="col" class="number">Client event loop busy</th></tr></thead><tbody>
${rows.map((point) => html`<tr><td>${pointLabel(point, points)}</td>${cell(point.server?.cpuPerInferenceNs, formatNanoseconds)}${cell(point.server?.rssBytes, mebibytes)}${cell(point.client?.cpuPerRequestNs, formatNanoseconds)}${cell(point.client?.eventLoopUtilisation, (share) => `${(share * 100).toFixed(0)} %`)}</tr>`)}</tbody></table>`
  }
${points.map((point) => observedHtml(point, points))}
${reasons.length > 0 && html`<p class="muted">Not observed: ${reasons.map((reason) => reason.replace(/\.$/, "")).join("; ")}.</p>`}`;
}

/** What collectors say of the server in numbers, and what else its metrics counted. */
function observedHtml(point: LoadPoint, points: readonly LoadPoint[]): Html | false {
  const texts = telemetryTexts(point);
  const changes = point.telemetry?.changes ?? [];
  const sources = [...new Set((point.telemetry?.series ?? []).map(({ source }) => source))];
  if (texts.length === 0 && changes.length === 0) return false;
  return html`${texts.length > 0 && html`<h4>At the server: ${pointLabel(point, points)}</h4><ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>`}
${changes.length > 0 && html`<details><summary>Other metrics that grew in the phase: ${pointLabel(point, points)}</summary><dl class="records">${changes.slice(0, MOST_CHANGES).map(({ metric, count, sum }) => html`<div><dt>${metric}</dt><dd>${count}${sum !== undefined && html`, sum ${Number(sum.toPrecision(6))}`}</dd></div>`)}</dl>${changes.length > MOST_CHANGES && html`<p class="muted">${changes.length - MOST_CHANGES} more are in the document.</p>`}</details>`}
<p class="muted">Read from ${sources.join("; ")}.</p>`;
}

function words(camel: string): string {
  return camel.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
