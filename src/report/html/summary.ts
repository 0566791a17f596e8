import { formatNanoseconds } from "../../base/duration.ts";
import type { Counts, JudgedBaseline, JudgedThreshold, ResultDocument } from "../../result/index.ts";
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
${conformance && countsHtml(totalCounts(conformance.suites.filter((suite) => suite.claimed).map((suite) => suite.counts)))}</section>`;
}

/** Thresholds and baseline, where the run had any. */
export function limitsHtml({ thresholds, baseline }: ResultDocument): Html {
  return html`${thresholds.length > 0 && thresholdsHtml(thresholds)}${baseline && baselineHtml(baseline)}`;
}

/** The machine that the program ran on and how it was called. */
export function environmentHtml({ run, targets, transcripts }: ResultDocument): Html {
  const { environment: env } = run;
  const facts = [
    ["Node.js", env.node],
    ["System", env.os],
    ["Processor", `${env.cpu}, ${env.cores} logical`],
    ["Memory", `${(env.memoryBytes / 2 ** 30).toFixed(1)} GiB`],
    ["CI", env.ci],
    ["Command", run.argv.join(" ")],
    ["Transcript", transcripts && `${transcripts.file}, sha256 ${transcripts.sha256}`],
  ] as const;
  return html`<section id="environment"><h2>Environment</h2><dl class="facts">${facts.map(([name, value]) => value !== undefined && html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${targets.map(
  ({
    server,
    bindings,
    models,
  }) => html`<details><summary>The target as probed: ${server.name ?? "unnamed server"} ${server.version}, ${models.length} ${models.length === 1 ? "model" : "models"}</summary>
<table><tbody>${bindings.map(({ id, answers, evidence }) => html`<tr><td><code>${id}</code></td><td>${answers ? "answers" : "does not answer"}</td><td>${evidence}</td></tr>`)}</tbody></table>
<table><thead><tr><th scope="col">Model</th><th scope="col">Inputs</th><th scope="col">Outputs</th></tr></thead><tbody>${models.map(({ name, inputs, outputs }) => html`<tr><td>${name}</td><td>${inputs.map(tensorHtml)}</td><td>${outputs.map(tensorHtml)}</td></tr>`)}</tbody></table></details>`,
)}</section>`;
}

function tensorHtml({ name, datatype, shape }: { name: string; datatype: string; shape: readonly number[] }): Html {
  return html`<div>${name} <code>${datatype}[${shape.join(",")}]</code></div>`;
}

function thresholdsHtml(thresholds: readonly JudgedThreshold[]): Html {
  const tone = { met: "pass", missed: "fail", undecided: "inconclusive" } as const;
  return html`<section id="thresholds"><h2>Thresholds</h2><table><thead><tr><th scope="col">Threshold</th><th scope="col">Status</th><th scope="col" class="number">Worst observed</th><th scope="col">Why</th></tr></thead><tbody>
${thresholds.map((each) => html`<tr><td><code>${each.expression}</code></td><td><span class="badge ${tone[each.status]}">${each.status}</span></td><td class="number">${observed(each)}</td><td>${each.reason}</td></tr>`)}</tbody></table></section>`;
}

function observed({ worst, unit }: JudgedThreshold): string {
  if (worst === undefined) return "—";
  if (unit === "ns") return formatNanoseconds(worst);
  return unit === "ratio" ? `${(worst * 100).toFixed(2)} %` : `${worst.toFixed(1)} /s`;
}

function baselineHtml({ file, entries }: JudgedBaseline): Html {
  const tone = { known: "warn", stale: "fail", "not-exercised": "skip" } as const;
  return html`<section id="baseline"><h2>Known failures <code class="id">${file}</code></h2><table><thead><tr><th scope="col">Check</th><th scope="col">Status</th><th scope="col">Reason</th></tr></thead><tbody>
${entries.map(({ line, check, status, reason, issue, note, owner, expires }) => html`<tr><td><code>${check}</code><br><span class="muted">line ${line}</span></td><td><span class="badge ${tone[status]}">${status.replace("-", " ")}</span><br><span class="muted">${note}</span></td><td>${reason}<br><span class="muted">${[issue, owner, expires && `until ${expires}`].filter(Boolean).join(" · ")}</span></td></tr>`)}</tbody></table></section>`;
}

function totalCounts(all: readonly Counts[]): Counts {
  const total = { pass: 0, warn: 0, fail: 0, skip: 0, inconclusive: 0, error: 0, ungraded: 0 };
  for (const counts of all) for (const key of Object.keys(total) as (keyof Counts)[]) total[key] += counts[key] ?? 0;
  return total;
}
