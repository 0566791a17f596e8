import { type Check, gradedChecks, type LoadRun, type ResultDocument } from "../result/index.ts";
import { findingTexts, fuzzTexts } from "./fuzz-texts.ts";
import { headline, subjectName } from "./headline.ts";
import { inWords, levelLabels, rerunLabel } from "./labels.ts";
import {
  anyOpenLoop,
  commonLabel,
  dueRequests,
  failedRequests,
  percentileText,
  pointLabel,
  problemCodes,
  rateText,
  sentRateText,
} from "./load-label.ts";
import { loadVerdicts } from "./load-verdicts.ts";
import { code, firstWithin, inline } from "./markdown-text.ts";
import { LONGEST_TEXT, withShortTexts } from "./short-texts.ts";
import { telemetryTexts } from "./telemetry-texts.ts";

const MOST_FAILURES = 50;
const MOST_REASONS = 3;
/** GitHub shows no job summary of more than 1 MiB; the rest of it is far below what these leave. */
const FAILURES_BYTES = 500_000;
const FINDINGS_BYTES = 200_000;
const OUTCOMES = ["fail", "error", "inconclusive", "warn", "skip", "pass"] as const;

/** A summary for a pull request or a job page: verdict, profiles, counts, failures with clause and command, load. */
export function renderMarkdown(given: ResultDocument): string {
  const document = withShortTexts(given, LONGEST_TEXT);
  const { gate, conformance, load } = document;
  const sections = [
    `## ${inline(subjectName(document))}: ${headline(document).word}`,
    gate.reasons.map(({ text }) => `- ${inline(text)}`).join("\n"),
    conformance ? profilesTable(document) : "",
    conformance ? countsTable(document) : "",
    failures(document),
    fuzzing(document),
    ...(load?.runs ?? []).map(loadTable),
    `<sub>${inline(`${document.tool.name} ${document.tool.version}, exit code ${gate.exitCode}, seed ${document.run.seed}`)}</sub>`,
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function profilesTable({ conformance }: ResultDocument): string {
  const rows = (conformance?.profiles ?? []).map((profile) => {
    const { core, extended, skipped } = levelLabels(profile);
    const { status, because } = profile;
    const reasons = status === "partial" ? skipped.map((feature) => inline(`without ${feature}`)) : because.map(code);
    return [inline(profile.title), inWords(core), inWords(extended), firstOf(reasons)];
  });
  return rows.length === 0 ? "" : table(["Profile", "Core", "Extended", "Because of"], rows);
}

function firstOf(reasons: readonly string[]): string {
  const rest = reasons.length - MOST_REASONS;
  return reasons.slice(0, MOST_REASONS).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function countsTable({ conformance }: ResultDocument): string {
  const suites = conformance?.suites ?? [];
  const ungraded = suites.some(({ counts }) => counts.ungraded !== undefined);
  const rows = suites.map(({ title, claimed, counts }) => [
    inline(title),
    ...OUTCOMES.map((outcome) => (claimed ? String(counts[outcome]) : "–")),
    ...(ungraded ? [claimed ? String(counts.ungraded ?? 0) : "–"] : []),
  ]);
  return rows.length === 0 ? "" : table(["Suite", ...OUTCOMES, ...(ungraded ? ["not graded"] : [])], rows);
}

function failures(document: ResultDocument): string {
  const { baseline } = document;
  const failed = gradedChecks(document).filter(({ outcome }) => outcome === "fail");
  if (failed.length === 0) return "";
  const known = new Map(
    baseline?.entries.filter(({ status }) => status === "known").map((entry) => [entry.check, entry.reason]),
  );
  const told = failed.slice(0, MOST_FAILURES).map((check) => failure(check, known.get(check.id)));
  const kept = firstWithin(told, MOST_FAILURES, FAILURES_BYTES);
  const missing = failed.length - kept.length;
  const rest = missing > 0 ? [`${missing} more ${missing === 1 ? "failure is" : "failures are"} in the report.`] : [];
  return ["### Failures", ...kept, ...rest].join("\n\n");
}

function failure(check: Check, known: string | undefined): string {
  const { id, title, clause, expected = "", actual = "", at, repro } = check;
  const again = rerunLabel(check);
  const command = repro?.curl ?? repro?.grpcurl ?? repro?.replay;
  return [
    `**${inline(title)}** ${code(id)}${known === undefined ? "" : ` (known: ${inline(known)})`}`,
    "",
    `- ${clause.level} ${code(clause.id)}: ${inline(clause.says)} (${inline(clause.source.document)}, ${inline(clause.source.section)})`,
    `- expected: ${inline(expected)}`,
    `- actual: ${inline(actual)}${at === undefined ? "" : ` at ${code(at)}`}`,
    ...(again === undefined ? [] : [`- ${again}`]),
    ...(command === undefined ? [] : ["", fenced(command)]),
  ].join("\n");
}

function fuzzing({ conformance, baseline }: ResultDocument): string {
  const fuzz = conformance?.fuzz;
  if (!fuzz) return "";
  const findings = fuzz.findings.map((finding) => {
    const { curl, grpcurl, replay } = finding.repro;
    const texts = findingTexts(finding, baseline).map((text) => `- ${inline(text)}`);
    return [`**${code(finding.id)}**`, "", ...texts, "", fenced(curl ?? grpcurl ?? replay ?? "")].join("\n");
  });
  const kept = firstWithin(findings, MOST_FAILURES, FINDINGS_BYTES);
  const missing = findings.length - kept.length;
  return [
    "### Fuzzing",
    fuzzTexts(fuzz)
      .map((text) => `- ${inline(text)}`)
      .join("\n"),
    ...kept,
    ...(missing > 0 ? [`${missing} more ${missing === 1 ? "finding is" : "findings are"} in the report.`] : []),
  ].join("\n\n");
}

function loadTable(run: LoadRun): string {
  const { points } = run;
  const open = anyOpenLoop(points);
  const common = commonLabel(points);
  const rows = points.map((point) => [
    inline(pointLabel(point, points)),
    ...(open ? [sentRateText(point)] : []),
    point.validity.valid ? rateText(point.throughput) : "–",
    point.validity.valid ? rateText(point.inferences) : "–",
    ...[50, 90, 99, 99.9].map((percentile) => percentileText(point, percentile)),
    `${failedRequests(point)} of ${dueRequests(point)}`,
    point.validity.valid ? "valid" : `invalid: ${inline(problemCodes(point))}`,
  ]);
  const head = [
    "Point",
    ...(open ? ["Sent/s"] : []),
    "Answers/s",
    "Inferences/s",
    "p50",
    "p90",
    "p99",
    "p99.9",
    "Failed",
    "Measurement",
  ];
  const seen = points.length > 1 ? [] : points.flatMap(telemetryTexts).map((text) => `- ${inline(text)}`);
  return [
    "### Load",
    ...(common === "" ? [] : [inline(common)]),
    table(head, rows),
    ...loadVerdicts(run).map(inline),
    ...(seen.length === 0 ? [] : [seen.join("\n")]),
  ].join("\n\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function fenced(command: string): string {
  const longest = Math.max(2, ...[...command.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}bash\n${command}\n${fence}`;
}
