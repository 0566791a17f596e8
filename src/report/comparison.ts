import picocolors from "picocolors";
import type { ChangedCheck, Comparison, ConformanceComparison, LoneCheck } from "../result/index.ts";
import { inWords } from "./labels.ts";
import { code, inline } from "./markdown-text.ts";
import { plainText, shortened } from "./plain-text.ts";

/** One heading with what changed under it. */
interface Section {
  readonly heading: string;
  readonly tone: "bad" | "good" | "plain";
  readonly lines: readonly Line[];
}

/** An id, and what is said of it. */
interface Line {
  readonly id?: string;
  readonly text: string;
}

const MOST_LINES = 50;
const DETAIL_LENGTH = 300;

export interface ComparisonOptions {
  readonly color: boolean;
}

/** What changed between two documents, for a terminal. Peer-controlled text cannot steer it. */
export function renderComparison(comparison: Comparison, { color }: ComparisonOptions): string {
  const paint = picocolors.createColors(color);
  const colours = { bad: paint.red, good: paint.green, plain: paint.bold };
  const blocks = sectionsOf(comparison).map(({ heading, tone, lines }) => [
    colours[tone](heading),
    ...lines.slice(0, MOST_LINES).map(({ id, text }) => `  ${plainText(id === undefined ? text : `${id}  ${text}`)}`),
    ...more(lines),
    "",
  ]);
  const verdict = verdictOf(comparison);
  const painted = comparison.worse.length === 0 ? paint.green(verdict) : paint.red(verdict);
  return `${[...blocks.flat(), paint.bold(painted)].join("\n")}\n`;
}

/** The same for a pull request. */
export function renderComparisonMarkdown(comparison: Comparison): string {
  const blocks = sectionsOf(comparison).map(({ heading, lines }) =>
    [
      `### ${heading}`,
      "",
      ...lines
        .slice(0, MOST_LINES)
        .map(({ id, text }) => `- ${id === undefined ? inline(text) : `${code(id)} ${inline(text)}`}`),
      ...more(lines),
    ].join("\n"),
  );
  return `${[`## ${verdictOf(comparison)}`, ...blocks].join("\n\n")}\n`;
}

function verdictOf({ worse }: Comparison): string {
  return worse.length === 0 ? "Nothing got worse" : `Worse in ${counted(worse.length, "way")}`;
}

function more(lines: readonly Line[]): readonly string[] {
  return lines.length > MOST_LINES ? [`  and ${lines.length - MOST_LINES} more`] : [];
}

function sectionsOf({ facts, conformance }: Comparison): readonly Section[] {
  const run: Section = {
    heading: "The run",
    tone: "plain",
    lines: facts.map(({ what, before, after }) => ({ text: `${what}: ${known(before)} → ${known(after)}` })),
  };
  return [run, ...(conformance ? conformanceSections(conformance) : [])].filter(({ lines }) => lines.length > 0);
}

function known(text: string): string {
  return text === "" ? "unknown" : shortened(text, DETAIL_LENGTH);
}

function conformanceSections(changes: ConformanceComparison): readonly Section[] {
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
  ];
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

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
