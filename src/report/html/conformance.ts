import type { Check, Conformance, Counts, Profile, Suite } from "../../result/index.ts";
import { inWords, levelLabels } from "../labels.ts";
import { outcomeBadge } from "./badge.ts";
import { anchorOf, checkCard, type Detail } from "./check.ts";
import { type Html, html } from "./html.ts";

/** Outcomes in the order a reader wants them: what is wrong first. */
export const OUTCOMES = ["fail", "error", "inconclusive", "warn", "skip", "pass"] as const;
const STATUS: Readonly<Record<string, Check["outcome"]>> = {
  earned: "pass",
  partial: "skip",
  "not-earned": "fail",
  undecided: "inconclusive",
  "not-claimed": "skip",
};

/** All suites, with what is wrong first. */
export function suitesHtml({ suites }: Conformance, detail: Detail): Html {
  return html`<div id="suites">${suites.map((suite) => suiteHtml(suite, detail))}</div>`;
}

/** A bar whose parts are as long as their counts, with a legend that says the numbers. */
export function countsHtml(counts: Counts): Html {
  const present = OUTCOMES.filter((outcome) => counts[outcome] > 0);
  return html`<div class="counts"><div class="bar" aria-hidden="true">${present.map((outcome) => html`<span class="${outcome}" style="flex-grow:${counts[outcome]}"></span>`)}</div>
<ul>${present.map((outcome) => html`<li><b>${counts[outcome]}</b> ${outcomeBadge(outcome)}</li>`)}${(counts.ungraded ?? 0) > 0 && html`<li><b>${counts.ungraded}</b> not graded</li>`}</ul></div>`;
}

/** What the target can claim, where profiles were judged. */
export function profilesHtml({ profiles, coverage }: Conformance): Html | false {
  if (profiles.length === 0) return false;
  return html`<section id="profiles"><h2>Profiles</h2>
<div class="scroll" tabindex="0" role="group" aria-label="Profiles"><table class="profiles"><thead><tr><th scope="col">Profile</th><th scope="col">Core</th><th scope="col">Extended</th><th scope="col">Because of</th></tr></thead><tbody>
${profiles.map((profile) => {
  const { core, extended } = levelLabels(profile);
  return html`<tr><th scope="row">${profile.title}<br><code class="muted">${profile.id}</code></th><td>${statusHtml(core)}</td><td>${statusHtml(extended)}</td><td>${reasonsHtml(profile)}</td></tr>`;
})}</tbody></table></div>
<p class="muted">Core: the checks that work on any model. Extended: all checks, those on fixture models too. ${coverage.exercised} of ${coverage.checked} checks came to a verdict; ${coverage.skipped} were skipped.</p></section>`;
}

function statusHtml(status: string): Html {
  return html`<span class="badge ${STATUS[status] ?? "skip"}">${inWords(status)}</span>`;
}

/** What is missing, by feature; where something failed or is open, the checks. */
function reasonsHtml(profile: Profile): Html {
  const { skipped } = levelLabels(profile);
  if (profile.status !== "partial" || skipped.length === 0) return becauseHtml(profile.because);
  const shown = skipped.slice(0, 3).join(", ");
  if (skipped.length <= 3) return html`without ${shown}`;
  return html`without ${shown} <details class="inline"><summary>and ${skipped.length - 3} more</summary>${skipped.slice(3).join(", ")}</details>`;
}

function becauseHtml(because: readonly string[]): Html {
  const link = (id: string) => html`<a href="#${anchorOf(id)}"><code>${id}</code></a>`;
  const shown = because.slice(0, 3).map((id, index) => html`${index > 0 && ", "}${link(id)}`);
  if (because.length <= 3) return html`${shown}`;
  return html`${shown} <details class="inline"><summary>and ${because.length - 3} more</summary>${because.slice(3).map((id, index) => html`${index > 0 && ", "}${link(id)}`)}</details>`;
}

function suiteHtml(suite: Suite, detail: Detail): Html {
  const heading = html`<h2>${suite.title} <code class="id">${suite.id}</code></h2>`;
  if (!suite.claimed)
    return html`<section class="suite">${heading}<p class="muted">Not offered: ${suite.evidence}</p></section>`;
  const of = (outcome: Check["outcome"]) =>
    suite.checks.filter((check) => check.outcome === outcome && !check.ungraded);
  const ungraded = suite.checks.filter((check) => check.ungraded);
  const notable = (["fail", "error", "inconclusive", "warn"] as const).flatMap(of);
  return html`<section class="suite" id="suite-${suite.id.replaceAll(/[^\w-]/g, "-")}">${heading}
${countsHtml(suite.counts)}
<p class="muted">${suite.evidence}. Judged by ${suite.specifications.map(({ document, revision }, index) => html`${index > 0 && ", "}${document} (${revision})`)}.</p>
${notable.map((check) => checkCard(check, detail))}
${folded("skipped", of("skip"), (check) => html`<td>${check.reason}</td>`, "Reason", true)}
${folded("passed", of("pass"), (check) => html`<td><code>${check.clause.id} ${check.clause.level}</code></td>`, "Clause", notable.length === 0)}
${folded("not graded", ungraded, (check) => html`<td>${check.outcome}<code>${check.clause.basis} ${check.clause.id}</code></td>`, "Outcome", false)}</section>`;
}

function folded(
  what: string,
  checks: readonly Check[],
  last: (check: Check) => Html,
  title: string,
  open: boolean,
): Html | false {
  if (checks.length === 0) return false;
  return html`<details class="list"${open && checks.length <= 20 && html` open`}><summary>${checks.length} ${what}</summary>
<table class="checks"><thead><tr><th scope="col">Check</th><th scope="col">${title}</th></tr></thead><tbody>
${checks.map((check) => html`<tr id="${anchorOf(check.id)}"><td>${check.title}<code>${check.id}</code></td>${last(check)}</tr>\n`)}</tbody></table></details>`;
}
