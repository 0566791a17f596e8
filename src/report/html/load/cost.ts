import { formatNanoseconds } from "../../../base/duration.ts";
import type { LoadPoint } from "../../../result/index.ts";
import { shortLabel } from "../../load-label.ts";
import { telemetryTexts, unavailableTexts } from "../../telemetry-texts.ts";
import { type Html, html } from "../html.ts";

const MOST_CHANGES = 30;

/** What the load cost both sides, and which collectors saw nothing. */
export function costHtml(points: readonly LoadPoint[]): Html {
  const reasons = unavailableTexts(points);
  const rows = points.filter(({ client, server }) => client !== undefined || server !== undefined);
  return html`${rows.length > 0 && costTable(rows, points)}
${points.map((point) => observedHtml(point, points))}
${reasons.length > 0 && html`<p class="muted">Not observed: ${reasons.map((reason) => reason.replace(/\.$/, "")).join("; ")}.</p>`}`;
}

interface Column {
  readonly title: string;
  readonly of: (point: LoadPoint) => string | undefined;
}

const mebibytes = (bytes: number | undefined) =>
  bytes === undefined ? undefined : `${(bytes / 2 ** 20).toFixed(0)} MiB`;
const time = (ns: number | undefined) => (ns === undefined ? undefined : formatNanoseconds(ns));

const COLUMNS: readonly Column[] = [
  { title: "Server CPU / inference", of: ({ server }) => time(server?.cpuPerInferenceNs) },
  { title: "Server memory", of: ({ server }) => mebibytes(server?.rssBytes) },
  { title: "Client CPU / request", of: ({ client }) => time(client?.cpuPerRequestNs) },
  {
    title: "Client event loop busy",
    of: ({ client }) =>
      client?.eventLoopUtilisation === undefined ? undefined : `${(client.eventLoopUtilisation * 100).toFixed(0)} %`,
  },
];

function costTable(rows: readonly LoadPoint[], points: readonly LoadPoint[]): Html {
  const columns = COLUMNS.filter(({ of }) => rows.some((point) => of(point) !== undefined));
  return html`<h4>Cost</h4><div class="scroll" tabindex="0" role="group" aria-label="Cost of the load"><table class="load"><thead><tr><th scope="col">Point</th>${columns.map(({ title }) => html`<th scope="col" class="number">${title}</th>`)}</tr></thead><tbody>
${rows.map((point) => html`<tr><th scope="row">${shortLabel(point, points)}</th>${columns.map(({ of }) => html`<td class="number">${of(point) ?? "—"}</td>`)}</tr>\n`)}</tbody></table></div>`;
}

/** What collectors say of the server in numbers, and what else its metrics counted. */
function observedHtml(point: LoadPoint, points: readonly LoadPoint[]): Html | false {
  const texts = telemetryTexts(point);
  const changes = point.telemetry?.changes ?? [];
  const sources = [...new Set((point.telemetry?.series ?? []).flatMap(({ source }) => source ?? []))];
  if (texts.length === 0 && changes.length === 0) return false;
  const label = shortLabel(point, points);
  return html`${texts.length > 0 && html`<h4>At the server: ${label}</h4><ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>`}
${changes.length > 0 && html`<details><summary>Other metrics that grew in the phase: ${label}</summary><dl class="records">${changes.slice(0, MOST_CHANGES).map(({ metric, count, sum }) => html`<div><dt>${metric}</dt><dd>${count}${sum !== undefined && html`, sum ${Number(sum.toPrecision(6))}`}</dd></div>`)}</dl>${changes.length > MOST_CHANGES && html`<p class="muted">${changes.length - MOST_CHANGES} more are in the document.</p>`}</details>`}
${sources.length > 0 && html`<p class="muted">Read from ${sources.join("; ")}.</p>`}`;
}
