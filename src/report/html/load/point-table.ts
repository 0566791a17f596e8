import { formatNanoseconds } from "../../../base/duration.ts";
import type { LoadPoint, LoadRun, Percentile } from "../../../result/index.ts";
import {
  anyOpenLoop,
  dueRequests,
  failedRequests,
  problemCodes,
  rateText,
  sentRateText,
  shortLabel,
} from "../../load-label.ts";
import { type Html, html } from "../html.ts";

const COLUMNS = [50, 90, 99, 99.9] as const;
const TRIAL_TONES = { met: "pass", missed: "fail", undecided: "inconclusive" } as const;

/** A row of numbers for each point of a run. */
export function pointTable({ points, search }: LoadRun): Html {
  const open = anyOpenLoop(points);
  const trials = search?.trials.length === points.length ? search.trials : undefined;
  const heading = (text: string) => html`<th scope="col" class="number">${text}</th>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Measured points"><table class="load"><thead><tr><th scope="col">Point</th>${open && heading("Sent/s")}${["Answers/s", "Inferences/s", ...COLUMNS.map((percentile) => `p${percentile}`), "Failed"].map(heading)}<th scope="col">Measurement</th>${trials && html`<th scope="col">Objectives</th>`}</tr></thead><tbody>
${points.map((point, index) => rowHtml(point, points, open, trials?.[index]?.attainment))}</tbody></table></div>`;
}

// An invalid measurement says nothing about capacity, so it prints none.
function rowHtml(
  point: LoadPoint,
  points: readonly LoadPoint[],
  open: boolean,
  attainment: keyof typeof TRIAL_TONES | undefined,
): Html {
  const { validity, throughput, inferences, latency } = point;
  const cell = (text: string, interval?: string) =>
    html`<td class="number">${text}${interval !== undefined && html`<small>${interval}</small>`}</td>`;
  const rates = validity.valid ? [throughput, inferences].map((each) => cell(rateText(each))) : [cell("—"), cell("—")];
  return html`<tr><th scope="row">${shortLabel(point, points)}</th>${open && cell(sentRateText(point))}${rates}
${COLUMNS.map((wanted) =>
  percentileCell(
    latency.percentiles.find(({ percentile }) => percentile === wanted),
    cell,
  ),
)}
${cell(String(failedRequests(point)), `of ${dueRequests(point)}`)}<td><span class="badge ${validity.valid ? "pass" : "fail"}">${validity.valid ? "✓ valid" : "✕ invalid"}</span>${!validity.valid && html`<small>${problemCodes(point)}</small>`}</td>${attainment !== undefined && html`<td><span class="badge ${TRIAL_TONES[attainment]}">${attainment}</span></td>`}</tr>\n`;
}

function percentileCell(found: Percentile | undefined, cell: (text: string, interval?: string) => Html): Html {
  if (!found) return cell("—");
  const { ns, lowNs, highNs, needed } = found;
  if (lowNs !== undefined && highNs !== undefined)
    return cell(formatNanoseconds(ns), `${formatNanoseconds(lowNs)} – ${formatNanoseconds(highNs)}`);
  return cell(formatNanoseconds(ns), needed === undefined ? undefined : `needs ${needed} more`);
}
