import { formatNanoseconds } from "../../base/duration.ts";
import type { Counts, ResultDocument } from "../../result/index.ts";
import { type Answer, answers } from "../answers/answers.ts";
import { headline, subjectName } from "../headline.ts";
import { countsHtml } from "./conformance.ts";
import { type Html, html } from "./html.ts";

/** What was tested, the verdict of the run and every reason for it. */
export function summaryHtml(document: ResultDocument): Html {
  const { gate, run, tool, targets, subject, conformance } = document;
  const { word, tone } = headline(document);
  const facts = [
    ...targets.flatMap(({ rest, grpc }) => [["REST", rest] as const, ["gRPC", grpc] as const]),
    ["Hardware", subject.hardware] as const,
    ["Image", subject.imageDigest] as const,
    ["Contact", subject.contact] as const,
    [
      "Run",
      `${run.startedAt.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC")}, ${formatNanoseconds(run.durationMs * 1e6)}`,
    ] as const,
    ["Made by", `${tool.name} ${tool.version}, seed ${run.seed}`] as const,
  ];
  return html`<header class="page"><p class="eyebrow">infermark result</p><h1>${subjectName(document)}</h1>
<dl class="facts">${facts.map(([name, value]) => value !== undefined && html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></header>
<section class="verdict ${tone}" aria-label="Verdict"><h2>${word}<span class="exit">exit ${gate.exitCode}</span></h2>
${gate.reasons.length > 0 && html`<ul>${gate.reasons.map(({ text }) => html`<li>${text}</li>`)}</ul>`}
${answers(document).map(answerHtml)}
${conformance && countsHtml(totalCounts(conformance.suites.filter((suite) => suite.claimed).map((suite) => suite.counts)))}</section>
${contentsHtml(document)}`;
}

function answerHtml({ question, says, because, tone }: Answer): Html {
  return html`<div class="answer ${tone}"><h3>${question}</h3><p class="says">${says}</p>${because.length > 0 && html`<ul>${because.map((text) => html`<li>${text}</li>`)}</ul>`}</div>`;
}

/** Links to the parts of the page. */
function contentsHtml({ conformance, load, thresholds, baseline }: ResultDocument): Html {
  const links = [
    ...(conformance && conformance.profiles.length > 0 ? [["profiles", "Profiles"]] : []),
    ...(conformance
      ? [
          ["clauses", "Clauses"],
          ["suites", "Checks"],
        ]
      : []),
    ...(conformance?.fuzz ? [["fuzz", "Fuzzing"]] : []),
    ...(thresholds.length > 0 ? [["thresholds", "Thresholds"]] : []),
    ...(load ? [["load", "Load"]] : []),
    ...(baseline ? [["baseline", "Known failures"]] : []),
    ["environment", "Environment and how to repeat"],
  ];
  return html`<nav aria-label="Contents"><ul>${links.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`;
}

function totalCounts(all: readonly Counts[]): Counts {
  const total = { pass: 0, warn: 0, fail: 0, skip: 0, inconclusive: 0, error: 0, ungraded: 0 };
  for (const counts of all) for (const key of Object.keys(total) as (keyof Counts)[]) total[key] += counts[key] ?? 0;
  return total;
}
