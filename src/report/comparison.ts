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
  const { worse } = comparison;
  const verdict = worse.length === 0 ? paint.green("Nothing got worse") : paint.red(`Worse in ${worse.length} ways`);
  return `${[...blocks.flat(), paint.bold(verdict), ...worse.slice(0, MOST_LINES).map((text) => `  ${plainText(text)}`)].join("\n")}\n`;
}

/** The same for a pull request. */
export function renderComparisonMarkdown(comparison: Comparison): string {
  const { worse } = comparison;
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
  const verdict =
    worse.length === 0 ? "Nothing got worse" : `Worse in ${worse.length} ${worse.length === 1 ? "way" : "ways"}`;
  const reasons = worse.slice(0, MOST_LINES).map((text) => `- ${inline(text)}`);
  return `${[`## ${verdict}`, ...(reasons.length > 0 ? [reasons.join("\n")] : []), ...blocks].join("\n\n")}\n`;
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
    section(`${counted(newFailures.length, "new failure")}`, "bad", newFailures.map(changeLine)),
    section(`${fixed.length} fixed`, "good", fixed.map(changeLine)),
    section(counted(otherChanges.length, "other change"), "plain", otherChanges.map(changeLine)),
    section(`${byUpgrade ? "New in this version" : "Only in the second"}: ${tally(added)}`, "plain", notable(added)),
    section(
      `${byUpgrade ? "No longer in this version" : "Only in the first"}: ${counted(removed.length, "check")}`,
      "plain",
      removed.map(removedLine),
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
  ].filter(({ heading }) => !heading.endsWith(": 0 checks"));
}

function section(heading: string, tone: Section["tone"], lines: readonly Line[]): Section {
  return { heading, tone, lines };
}

function changeLine({ check, before, after, detail }: ChangedCheck): Line {
  return { id: check, text: `${before} → ${after}${detail === "" ? "" : `: ${shortened(detail, DETAIL_LENGTH)}`}` };
}

function removedLine({ check, outcome, successor }: LoneCheck): Line {
  return { id: check, text: `it was ${outcome}${successor === undefined ? "" : `; see ${successor}`}` };
}

/** Of the checks that only the second document has, those that do not simply pass; all that there are in the heading. */
function notable(added: readonly LoneCheck[]): readonly Line[] {
  const lines = added
    .filter(({ outcome }) => outcome !== "pass")
    .map(({ check, outcome, detail }) => ({ id: check, text: `${outcome}: ${shortened(detail, DETAIL_LENGTH)}` }));
  return lines.length > 0 || added.length === 0 ? lines : [{ text: "all of them pass" }];
}

function tally(added: readonly LoneCheck[]): string {
  const failed = added.filter(({ outcome }) => outcome === "fail").length;
  return `${counted(added.length, "check")}${failed > 0 ? `, you fail ${failed}` : ""}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
