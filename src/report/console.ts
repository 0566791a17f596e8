import picocolors from "picocolors";
import { type Check, gradedChecks, type LoadPoint, type Repro, type ResultDocument } from "../result/index.ts";
import { findingTexts, fuzzTexts } from "./fuzz-texts.ts";
import { headline, subjectName } from "./headline.ts";
import { inWords, levelLabels, rerunLabel } from "./labels.ts";
import {
  anyOpenLoop,
  commonLabel,
  failedRequests,
  percentileText,
  pointLabel,
  problemCodes,
  rateText,
  sentRateText,
} from "./load-label.ts";
import { loadVerdicts } from "./load-verdicts.ts";
import { plainText, shortened } from "./plain-text.ts";
import { LONGEST_TEXT, withShortTexts } from "./short-texts.ts";
import { telemetryTexts } from "./telemetry-texts.ts";

export interface ConsoleOptions {
  readonly color: boolean;
  /** Width of the terminal; longer lines of ours are cut, commands are not. */
  readonly columns: number;
}

const OUTCOMES = ["fail", "error", "inconclusive", "warn", "skip", "pass"] as const;
const MOST_CHECKS = 25;
const STATUS_WIDTH = "not claimed".length;

type Paint = ReturnType<typeof picocolors.createColors>;

/** The summary at the end of a run, for a terminal. Peer-controlled text cannot steer the terminal. */
export function renderConsole(given: ResultDocument, { color, columns }: ConsoleOptions): string {
  const document = withShortTexts(given, LONGEST_TEXT);
  const paint = picocolors.createColors(color);
  const cut = (text: string, indent = 0) => shortened(plainText(text), Math.max(20, columns - indent));
  const { gate, conformance, thresholds } = document;
  const { word, tone } = headline(document);
  const colour = { good: paint.green, bad: paint.red, open: paint.magenta }[tone];
  const lines = [
    ...(conformance
      ? [
          ...notable(document, paint, cut),
          ...suiteLines(document, paint, cut),
          ...profileLines(document, paint, cut),
          ...fuzzLines(document, paint, cut),
        ]
      : []),
    ...loadLines(document, paint, cut),
    ...thresholds.map(
      ({ expression, status }) =>
        `${status === "met" ? paint.green("met") : paint.red(status)}  ${cut(expression, 11)}`,
    ),
    ...(thresholds.length > 0 ? [""] : []),
    `${paint.bold(colour(word))}  ${cut(subjectName(document), word.length + 2)}`,
    ...gate.reasons.map(({ text }) => `  ${cut(text, 2)}`),
    paint.dim(`exit ${gate.exitCode}`),
  ];
  return `${lines.join("\n")}\n`;
}

type Cut = (text: string, indent?: number) => string;

function notable(document: ResultDocument, paint: Paint, cut: Cut): string[] {
  const checks = gradedChecks(document);
  const shown = (["fail", "error", "inconclusive", "warn"] as const).flatMap((outcome) =>
    checks.filter((check) => check.outcome === outcome),
  );
  const rest =
    shown.length > MOST_CHECKS ? [paint.dim(`${shown.length - MOST_CHECKS} more are in the report.`), ""] : [];
  return [...shown.slice(0, MOST_CHECKS).flatMap((check) => checkLines(check, paint, cut)), ...rest];
}

function checkLines(check: Check, paint: Paint, cut: Cut): string[] {
  const { outcome, clause, repro } = check;
  const detail =
    outcome === "fail"
      ? [
          `expected ${check.expected ?? ""}`,
          `actual   ${check.actual ?? ""}${check.at === undefined ? "" : ` at ${check.at}`}`,
        ]
      : (check.warnings ?? [check.reason ?? check.message ?? ""]);
  const again = rerunLabel(check);
  return [
    `${painted(outcome, paint)}  ${paint.bold(cut(check.id, outcome.length + 2))}`,
    `  ${cut(check.title, 2)}`,
    `  ${paint.dim(cut(`${clause.level} ${clause.id}: ${clause.says}`, 2))}`,
    ...detail.map((text) => `  ${cut(text, 2)}`),
    ...(again === undefined ? [] : [`  ${again.startsWith("flaky") ? paint.yellow(again) : again}`]),
    ...(outcome === "fail" ? commandLines(repro, paint) : []),
    "",
  ];
}

function commandLines(repro: Repro | undefined, paint: Paint): string[] {
  const command = repro?.curl ?? repro?.grpcurl ?? repro?.replay;
  return command === undefined ? [] : [`  ${paint.cyan(command.split("\n").map(plainText).join("\n"))}`];
}

function fuzzLines({ conformance, baseline }: ResultDocument, paint: Paint, cut: Cut): string[] {
  const fuzz = conformance?.fuzz;
  if (!fuzz) return [];
  const found = fuzz.findings.flatMap((finding) => [
    `${paint.red("found")}  ${paint.bold(cut(finding.id, 7))}`,
    ...findingTexts(finding, baseline).map((text) => `  ${cut(text, 2)}`),
    ...commandLines(finding.repro, paint),
    "",
  ]);
  return [...found, ...fuzzTexts(fuzz).map((text) => cut(text)), ""];
}

function painted(outcome: Check["outcome"], paint: Paint): string {
  const colours = {
    fail: paint.red,
    error: paint.red,
    inconclusive: paint.magenta,
    warn: paint.yellow,
    skip: paint.dim,
    pass: paint.green,
  };
  return colours[outcome](outcome);
}

function suiteLines({ conformance }: ResultDocument, paint: Paint, cut: Cut): string[] {
  const suites = conformance?.suites ?? [];
  const width = Math.max(0, ...suites.map(({ id }) => id.length));
  const lines = suites.map(({ id, claimed, evidence, counts }) => {
    const present = OUTCOMES.filter((outcome) => counts[outcome] > 0).map(
      (outcome) => `${counts[outcome]} ${painted(outcome, paint)}`,
    );
    if (counts.ungraded) present.push(paint.dim(`${counts.ungraded} not graded`));
    return `${plainText(id).padEnd(width)}  ${claimed ? present.join(", ") : paint.dim(cut(`not offered: ${evidence}`, width + 2))}`;
  });
  return lines.length > 0 ? [...lines, ""] : [];
}

function profileLines({ conformance }: ResultDocument, paint: Paint, cut: Cut): string[] {
  const profiles = conformance?.profiles ?? [];
  if (profiles.length === 0) return [];
  const colours = {
    earned: paint.green,
    partial: paint.yellow,
    "not-earned": paint.red,
    undecided: paint.magenta,
    "not-claimed": paint.dim,
    "not judged": paint.dim,
  };
  const width = Math.max("profile".length, ...profiles.map(({ id }) => plainText(id).length));
  const status = (of: keyof typeof colours) => colours[of](inWords(of).padEnd(STATUS_WIDTH));
  const lines = profiles.map((profile) => {
    const { core, extended, skipped } = levelLabels(profile);
    const note = skipped.length > 0 ? `without ${skipped.join(", ")}` : profile.title;
    const rest = cut(note, width + 2 * STATUS_WIDTH + 6);
    return `${plainText(profile.id).padEnd(width)}  ${status(core)}  ${status(extended)}  ${paint.dim(rest)}`;
  });
  return [paint.dim(`${"profile".padEnd(width)}  ${"core".padEnd(STATUS_WIDTH)}  extended`), ...lines, ""];
}

function loadLines({ load }: ResultDocument, paint: Paint, cut: Cut): string[] {
  return (load?.runs ?? []).flatMap((run) => {
    const { points } = run;
    const open = anyOpenLoop(points);
    const head = ["point", ...(open ? ["sent/s"] : []), "answers/s", "p50", "p99", "failed"];
    const rows = points.map((point) => [
      pointLabel(point, points),
      ...(open ? [sentRateText(point)] : []),
      point.validity.valid ? rateText(point.throughput) : "–",
      percentileText(point, 50),
      percentileText(point, 99),
      String(failedRequests(point)),
    ]);
    const widths = head.map((title, column) =>
      Math.max(title.length, ...rows.map((row) => plainText(row[column] ?? "").length)),
    );
    const line = (cells: readonly string[]) =>
      cut(
        cells
          .map((cell, column) => plainText(cell).padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd(),
      );
    const common = commonLabel(points);
    const seen = points.length > 1 ? [] : points.flatMap(telemetryTexts).map((text) => `  ${cut(text, 2)}`);
    return [
      ...(common === "" ? [] : [paint.dim(cut(common))]),
      paint.dim(line(head)),
      ...rows.flatMap((row, index) => [line(row), ...invalidLine(points[index], cut)]),
      ...loadVerdicts(run).map((text) => cut(text)),
      ...seen,
      "",
    ];
  });
}

/** Below its point, so that it is never what a narrow terminal cuts off. */
function invalidLine(point: LoadPoint | undefined, cut: Cut): string[] {
  if (!point || point.validity.valid) return [];
  return [cut(`  invalid: ${problemCodes(point)}`)];
}
