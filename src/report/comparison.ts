import picocolors from "picocolors";
import type {
  ChangedCheck,
  ComparedNumber,
  ComparedPoint,
  Comparison,
  ConformanceComparison,
  LoadComparison,
  LoneCheck,
  PointSettings,
} from "../result/index.ts";
import { counted } from "./answers/answer.ts";
import {
  changeText,
  comparedLabel,
  confidenceText,
  detectableText,
  pointVerdict,
  reasonText,
  valueText,
} from "./compared-load.ts";
import { inWords } from "./labels.ts";
import { code, inline } from "./markdown-text.ts";
import { plainText, shortened } from "./plain-text.ts";
import { withShortTexts } from "./short-texts.ts";

/** One heading with what changed under it. */
export interface Section {
  readonly heading: string;
  readonly tone: "bad" | "good" | "plain";
  readonly lines: readonly Line[];
}

/** An id, and what is said of it. */
export interface Line {
  readonly id?: string;
  readonly text: string;
}

const MOST_LINES = 50;
/** A longer text is cut: ids, settings and what checks saw are shorter. */
export const LONGEST_COMPARED_TEXT = 400;
const DETAIL_LENGTH = 300;

export interface ComparisonOptions {
  readonly color: boolean;
}

/** What changed between two documents, for a terminal. Peer-controlled text cannot steer it. */
export function renderComparison(whole: Comparison, { color }: ComparisonOptions): string {
  const comparison = withShortTexts(whole, LONGEST_COMPARED_TEXT);
  const paint = picocolors.createColors(color);
  const colours = { bad: paint.red, good: paint.green, plain: paint.bold };
  const blocks = sectionsOf(comparison).map(({ heading, tone, lines }) => [
    colours[tone](plainText(heading)),
    ...lines.slice(0, MOST_LINES).map(({ id, text }) => `  ${plainText(id === undefined ? text : `${id}  ${text}`)}`),
    ...more(lines),
    "",
  ]);
  const verdict = comparisonVerdict(comparison);
  const painted = comparison.worse.length === 0 ? paint.green(verdict) : paint.red(verdict);
  return `${[...blocks.flat(), paint.bold(painted)].join("\n")}\n`;
}

/** The same for a pull request. */
export function renderComparisonMarkdown(whole: Comparison): string {
  const comparison = withShortTexts(whole, LONGEST_COMPARED_TEXT);
  const blocks = sectionsOf(comparison).map(({ heading, lines }) =>
    [
      `### ${inline(heading)}`,
      "",
      ...lines
        .slice(0, MOST_LINES)
        .map(({ id, text }) => `- ${id === undefined ? inline(text) : `${code(id)} ${inline(text)}`}`),
      ...more(lines),
    ].join("\n"),
  );
  return `${[`## ${comparisonVerdict(comparison)}`, ...blocks].join("\n\n")}\n`;
}

/** In a sentence. */
export function comparisonVerdict({ worse, load }: Comparison): string {
  const open = load?.points.flatMap(({ numbers }) => numbers.filter(({ verdict }) => verdict === "inconclusive")) ?? [];
  if (worse.length > 0) return `Worse in ${counted(worse.length, "way")}`;
  return open.length === 0
    ? "Nothing got worse"
    : `Nothing surely got worse; ${counted(open.length, "number")} inconclusive`;
}

function more(lines: readonly Line[]): readonly string[] {
  return lines.length > MOST_LINES ? [`  and ${lines.length - MOST_LINES} more`] : [];
}

function sectionsOf({ facts, conformance, load }: Comparison): readonly Section[] {
  return [
    ...factSections(facts),
    ...(conformance ? conformanceSections(conformance) : []),
    ...(load ? loadSections(load) : []),
  ];
}

/** What is said of the runs and differs. */
export function factSections(facts: Comparison["facts"]): readonly Section[] {
  const lines = facts.map(({ what, before, after }) => ({ text: `${what}: ${known(before)} → ${known(after)}` }));
  return [section("The run", "plain", lines)].filter(isTold);
}

function isTold({ lines }: Section): boolean {
  return lines.length > 0;
}

function known(text: string): string {
  return text === "" ? "unknown" : shortened(text, DETAIL_LENGTH);
}

/** What changed in the verdicts of checks and profiles. */
export function conformanceSections(changes: ConformanceComparison): readonly Section[] {
  const {
    newFailures,
    worsened,
    fixed,
    otherChanges,
    added,
    removed,
    byUpgrade,
    profiles,
    suitesGained,
    suitesLost,
    suitesLeftOut,
  } = changes;
  return [
    section(counted(newFailures.length, "new failure"), "bad", newFailures.map(changeLine)),
    section(`${worsened.length} worse`, "bad", worsened.map(changeLine)),
    section(`${fixed.length} fixed`, "good", fixed.map(changeLine)),
    section(counted(otherChanges.length, "other change"), "plain", otherChanges.map(changeLine)),
    section(`${byUpgrade ? "New in this version" : "Only in the second"}: ${tally(added)}`, "plain", notable(added)),
    section(
      `${byUpgrade ? "No longer in this version" : "Only in the first"}: ${counted(removed.length, "check")}`,
      "plain",
      notable(removed),
    ),
    section("Suites", "plain", [
      ...suitesGained.map((id) => ({ id, text: "is judged now" })),
      ...suitesLost.map((id) => ({ id, text: "is no longer offered" })),
      ...suitesLeftOut.map((id) => ({ id, text: "was not run in the second" })),
    ]),
    section(
      "Profiles",
      "plain",
      profiles.map(({ profile, level, before, after }) => ({
        id: profile,
        text: `${level}: ${inWords(before)} → ${inWords(after)}`,
      })),
    ),
  ].filter(isTold);
}

/** Beyond so many points, those of which all numbers pass are only counted. */
const MOST_POINTS = 8;
const TONES = { regressed: "bad", improved: "good", inconclusive: "plain", pass: "plain" } as const;

/** What changed in the numbers of each point, a section each. */
function loadSections(load: LoadComparison): readonly Section[] {
  const { points } = load;
  const settings = points.map((point) => point.settings);
  const told = points.length > MOST_POINTS ? points.filter((point) => pointVerdict(point) !== "pass") : points;
  const untold = points.length - told.length;
  return [
    section("Load", "plain", [
      { text: confidenceText(load) },
      ...(untold > 0 ? [{ text: `all numbers of ${counted(untold, "point")} pass` }] : []),
      ...loneLines(load),
    ]),
    ...told.map((point) => {
      const verdict = pointVerdict(point);
      return section(`${verdict}: ${comparedLabel(point.settings, settings)}`, TONES[verdict], numberLines(point));
    }),
  ];
}

/** Points that one document alone has. */
export function loneLines({ onlyBefore, onlyAfter }: LoadComparison): readonly Line[] {
  const line = (where: string, only: readonly PointSettings[]) =>
    only.length === 0
      ? []
      : [{ text: `only in the ${where}: ${only.map((each) => comparedLabel(each, [each])).join("; ")}` }];
  return [...line("first", onlyBefore), ...line("second", onlyAfter)];
}

function numberLines({ numbers, windowMs }: ComparedPoint): readonly Line[] {
  const [alike, others] = [numbers.filter(isUntold), numbers.filter((number) => !isUntold(number))];
  // Times that cannot be compared all have the same reason.
  const [{ reason = "" } = {}] = alike;
  const untold = {
    id: alike.map(({ metric }) => metric).join(", "),
    text: `inconclusive: ${shortened(reason, DETAIL_LENGTH)}`,
  };
  return [
    ...(alike.length > 0 ? [untold] : []),
    ...others.map((number) => {
      const { metric, before, after, verdict } = number;
      const detectable = detectableText(number);
      const parts = [
        `${valueText(metric, before)} → ${valueText(metric, after)}`,
        changeText(number),
        detectable === "" ? "" : `detectable ${detectable}`,
        [verdict, reasonText(number, windowMs)].filter((text) => text !== "").join(": "),
      ];
      return { id: metric, text: parts.filter((text) => text !== "").join(", ") };
    }),
  ];
}

/** Whether no change can be told of a number at all. */
export function isUntold({ change, windowsNeeded }: ComparedNumber): boolean {
  return change === undefined && windowsNeeded === undefined;
}

function section(heading: string, tone: Section["tone"], lines: readonly Line[]): Section {
  return { heading, tone, lines };
}

function changeLine({ check, before, after, detail }: ChangedCheck): Line {
  return { id: check, text: `${before} → ${after}${detail === "" ? "" : `: ${shortened(detail, DETAIL_LENGTH)}`}` };
}

/** Of the checks that one document alone has, those that do not simply pass; how many there are is in the heading. */
function notable(lone: readonly LoneCheck[]): readonly Line[] {
  const told = lone.filter(({ outcome, successor }) => outcome !== "pass" || successor !== undefined);
  const lines = told.map(({ check, outcome, detail, successor }) => ({
    id: check,
    text: `${outcome}${detail === "" ? "" : `: ${shortened(detail, DETAIL_LENGTH)}`}${successor === undefined ? "" : `; see ${successor}`}`,
  }));
  return lines.length > 0 || lone.length === 0 ? lines : [{ text: "all of them pass" }];
}

function tally(added: readonly LoneCheck[]): string {
  const failed = added.filter(({ outcome }) => outcome === "fail").length;
  return `${counted(added.length, "check")}${failed > 0 ? `, you fail ${failed}` : ""}`;
}
