import type { Check, Conformance, Profile, Suite } from "../../result/index.ts";
import { outcomeBadge, outcomeSymbol } from "./badge.ts";
import { anchorOf } from "./check.ts";
import { OUTCOMES } from "./conformance.ts";
import { type Html, html } from "./html.ts";

type Outcome = Check["outcome"];

/** A clause and the checks that judge it. */
interface Judged {
  readonly id: string;
  readonly outcome: Outcome;
  readonly check: Check;
}

/** Clauses by topic, what became of them, and for which profiles they count. */
export function clausesHtml({ suites, profiles }: Conformance, thorough: boolean): Html | false {
  const claimed = suites.filter((suite) => suite.claimed && suite.checks.length > 0);
  if (claimed.length === 0) return false;
  const columns = profiles.filter(
    (profile) => claimed.some(({ id }) => profile.suites?.includes(id)) && profile.status !== "not-claimed",
  );
  return html`<section id="clauses"><h2>Clauses</h2>
<p class="muted">${columns.length > 0 && "A mark says what the worst outcome is among the clauses of a topic, where they count for the profile. "}A topic unfolds into its clauses, each with its worst outcome and a link to the check.</p>
<div class="scroll" tabindex="0" role="group" aria-label="Clauses by topic and profile"><table class="clauses"><thead><tr><th scope="col">Topic</th>${columns.map(({ id, title }) => html`<th scope="col" class="mark"><abbr title="${title}">${id}</abbr></th>`)}<th scope="col">Clauses</th></tr></thead>
${claimed.map((suite) => suiteRows(suite, columns, thorough))}</table></div></section>`;
}

function suiteRows(suite: Suite, columns: readonly Profile[], thorough: boolean): Html {
  const topics = new Map<string, Judged[]>();
  for (const clause of judgedClauses(suite.checks)) {
    const topic = clause.id.replace(/-\d+\w*$/, "");
    topics.set(topic, [...(topics.get(topic) ?? []), clause]);
  }
  return html`<tbody><tr><th scope="rowgroup" colspan="${columns.length + 2}">${suite.title}</th></tr>
${[...topics].map(([topic, clauses]) => topicRow(topic, clauses, marksOf(clauses, suite, columns), thorough))}</tbody>`;
}

function marksOf(clauses: readonly Judged[], suite: Suite, columns: readonly Profile[]): readonly Html[] {
  const worst = outcomeBadge(worstOf(clauses.map(({ outcome }) => outcome)));
  return columns.map(
    ({ suites }) =>
      html`<td class="mark">${suites?.includes(suite.id) ? worst : html`<span class="muted">·</span>`}</td>`,
  );
}

function topicRow(topic: string, clauses: readonly Judged[], marks: readonly Html[], thorough: boolean): Html {
  const counts = OUTCOMES.flatMap((outcome) => {
    const count = clauses.filter((each) => each.outcome === outcome).length;
    return count > 0 ? [html`<span class="count">${count} ${outcomeBadge(outcome)}</span>`] : [];
  });
  const named = thorough ? clauses : clauses.filter(({ outcome }) => outcome !== "pass");
  const cells = named.map(
    ({ id, outcome, check }) =>
      html`<li><a class="${outcome}" href="#${anchorOf(check.id)}">${outcomeSymbol(outcome)} ${id}</a></li>`,
  );
  const rest = named.length < clauses.length && html`<li class="muted">${clauses.length - named.length} kept</li>`;
  return html`<tr><th scope="row"><code>${topic}</code></th>${marks}<td><details><summary>${counts}</summary><ul class="cells">${cells}${rest}</ul></details></td></tr>\n`;
}

/** Each clause once, with its worst graded outcome and the check that came to it. */
function judgedClauses(checks: readonly Check[]): readonly Judged[] {
  const found = new Map<string, Judged>();
  for (const check of checks.filter(({ ungraded }) => !ungraded)) {
    const { id } = check.clause;
    const known = found.get(id);
    if (!known || worstOf([known.outcome, check.outcome]) !== known.outcome)
      found.set(id, { id, outcome: check.outcome, check });
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function worstOf(outcomes: readonly Outcome[]): Outcome {
  return OUTCOMES.find((outcome) => outcomes.includes(outcome)) ?? "pass";
}
