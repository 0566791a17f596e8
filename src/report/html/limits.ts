import { formatNanoseconds } from "../../base/duration.ts";
import type { JudgedThreshold, ResultDocument } from "../../result/index.ts";
import { type Html, html } from "./html.ts";

/** Thresholds, where the run was held to any. */
export function thresholdsHtml({ thresholds }: ResultDocument): Html | false {
  if (thresholds.length === 0) return false;
  const tone = { met: "pass", missed: "fail", undecided: "inconclusive" } as const;
  return html`<section id="thresholds"><h2>Thresholds</h2><div class="scroll" tabindex="0" role="group" aria-label="Thresholds"><table><thead><tr><th scope="col">Threshold</th><th scope="col">Status</th><th scope="col" class="number">Worst observed</th><th scope="col">Why</th></tr></thead><tbody>
${thresholds.map((each) => html`<tr><td><code>${each.expression}</code></td><td><span class="badge ${tone[each.status]}">${each.status}</span></td><td class="number">${observed(each)}</td><td>${each.reason}</td></tr>`)}</tbody></table></div></section>`;
}

function observed({ worst, unit }: JudgedThreshold): string {
  if (worst === undefined) return "—";
  if (unit === "ns") return formatNanoseconds(worst);
  return unit === "ratio" ? `${(worst * 100).toFixed(2)} %` : `${worst.toFixed(1)} /s`;
}

/** The list of known failures, where the run was held to one. */
export function baselineHtml({ baseline }: ResultDocument): Html | false {
  if (!baseline) return false;
  const { file, entries } = baseline;
  const tone = { known: "warn", stale: "fail", "not-exercised": "skip" } as const;
  return html`<section id="baseline"><h2>Known failures <code class="id">${file}</code></h2><div class="scroll" tabindex="0" role="group" aria-label="Known failures"><table><thead><tr><th scope="col">Check</th><th scope="col">Status</th><th scope="col">Reason</th></tr></thead><tbody>
${entries.map(({ line, check, status, reason, issue, note, owner, expires }) => html`<tr><td><code>${check}</code><br><span class="muted">line ${line}</span></td><td><span class="badge ${tone[status]}">${status.replace("-", " ")}</span><br><span class="muted">${note}</span></td><td>${reason}<br><span class="muted">${[issue, owner, expires && `until ${expires}`].filter(Boolean).join(" · ")}</span></td></tr>`)}</tbody></table></div></section>`;
}
