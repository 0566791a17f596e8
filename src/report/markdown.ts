import type { Check, LoadRun, ResultDocument } from "../result/index.ts";
import { findingTexts, fuzzTexts } from "./fuzz-texts.ts";
import { headline, subjectName } from "./headline.ts";
import { commonLabel, failedRequests, percentileText, pointLabel, rateText } from "./load-label.ts";
import { plainText, shortened } from "./plain-text.ts";

const MOST_FAILURES = 50;
const OUTCOMES = ["fail", "error", "inconclusive", "warn", "skip", "pass"] as const;

/** A summary for a pull request or a job page: verdict, profiles, counts, failures with clause and command, load. */
export function renderMarkdown(document: ResultDocument): string {
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
  const rows = (conformance?.profiles ?? []).map(({ title, status, because }) => [
    inline(title),
    status.replace("-", " "),
    because.slice(0, 3).map(code).join(", ") + (because.length > 3 ? ` and ${because.length - 3} more` : ""),
  ]);
  return rows.length === 0 ? "" : table(["Profile", "Status", "Because of"], rows);
}

function countsTable({ conformance }: ResultDocument): string {
  const rows = (conformance?.suites ?? []).map(({ title, claimed, counts }) => [
    inline(title),
    ...OUTCOMES.map((outcome) => (claimed ? String(counts[outcome]) : "–")),
  ]);
  return rows.length === 0 ? "" : table(["Suite", ...OUTCOMES], rows);
}

function failures({ conformance, baseline }: ResultDocument): string {
  const checks = conformance?.suites.filter((suite) => suite.claimed).flatMap((suite) => suite.checks) ?? [];
  const failed = checks.filter(({ outcome }) => outcome === "fail");
  if (failed.length === 0) return "";
  const known = new Map(
    baseline?.entries.filter(({ status }) => status === "known").map((entry) => [entry.check, entry.reason]),
  );
  const rest =
    failed.length > MOST_FAILURES ? [`${failed.length - MOST_FAILURES} more failures are in the report.`] : [];
  return [
    "### Failures",
    ...failed.slice(0, MOST_FAILURES).map((check) => failure(check, known.get(check.id))),
    ...rest,
  ].join("\n\n");
}

function failure(
  { id, title, clause, expected = "", actual = "", at, repro }: Check,
  known: string | undefined,
): string {
  const command = repro?.curl ?? repro?.grpcurl ?? repro?.replay;
  return [
    `**${inline(title)}** ${code(id)}${known === undefined ? "" : ` (known: ${inline(known)})`}`,
    "",
    `- ${clause.level} ${code(clause.id)}: ${inline(clause.says)} (${inline(clause.source.document)}, ${inline(clause.source.section)})`,
    `- expected: ${inline(expected)}`,
    `- actual: ${inline(actual)}${at === undefined ? "" : ` at ${code(at)}`}`,
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
  return [
    "### Fuzzing",
    fuzzTexts(fuzz)
      .map((text) => `- ${inline(text)}`)
      .join("\n"),
    ...findings,
  ].join("\n\n");
}

function loadTable({ points }: LoadRun): string {
  const common = commonLabel(points);
  const rows = points.map((point) => [
    inline(pointLabel(point, points)),
    point.validity.valid ? rateText(point.throughput) : "–",
    point.validity.valid ? rateText(point.inferences) : "–",
    ...[50, 90, 99, 99.9].map((percentile) => percentileText(point, percentile)),
    `${failedRequests(point)} of ${point.counts.sent}`,
    point.validity.valid
      ? "valid"
      : `invalid: ${point.validity.problems.map((problem) => inline(problem.code)).join(", ")}`,
  ]);
  const head = ["Point", "Answers/s", "Inferences/s", "p50", "p90", "p99", "p99.9", "Failed", "Measurement"];
  return ["### Load", ...(common === "" ? [] : [inline(common)]), table(head, rows)].join("\n\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Text that Markdown, HTML and mentions leave alone, also inside a table. */
function inline(text: string): string {
  return shortened(plainText(text), 400)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_{}[\]()#+!|~$]/g, (character) => `&#${character.codePointAt(0)};`)
    .replaceAll("@", "&#64;")
    .replaceAll("://", "&#58;//");
}

// Inside a code span nothing is escaped but the bar of a table, so anything unusual is written as text.
function code(text: string): string {
  return /^[\w./:~-]+$/.test(text) ? `\`${text}\`` : inline(text);
}

function fenced(command: string): string {
  const longest = Math.max(2, ...[...command.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}bash\n${command}\n${fence}`;
}
