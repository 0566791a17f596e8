import { type Check, type Comparison, gradedChecks, type LoadRun, type ResultDocument } from "../result/index.ts";
import { headline, subjectName } from "./headline.ts";
import { inWords, levelLabels } from "./labels.ts";
import { failedRequests, percentileText, pointLabel, problemCodes, rateText } from "./load-label.ts";
import { loadVerdicts } from "./load-verdicts.ts";
import { bytesOf, code, firstWithin, inline } from "./markdown-text.ts";
import { telemetryTexts } from "./telemetry-texts.ts";

/** GitHub takes no comment of more characters; bytes are never fewer. */
export const LONGEST_COMMENT_BYTES = 65_536;
const MOST_LINES = 20;
/** For the lines around it, and the one that says what was left out. */
const ROOM_OF_A_BLOCK = 60;

export interface PrCommentOptions {
  /** What changed since another run, such as that of the base branch. */
  readonly comparison?: Comparison;
  /** Where the whole report is, e.g. the page of the job. */
  readonly link?: string;
  /** Tells this comment from others of the same tool, so that a job finds the one to write anew; `default` unless given. */
  readonly id?: string;
}

interface Block {
  readonly head: string;
  readonly lines: readonly string[];
  readonly most: number;
}

/** A short comment for a pull request: the verdict, what changed or failed, figures of load with their validity, a link. Never longer than GitHub takes. */
export function renderPrComment(
  document: ResultDocument,
  { comparison, link, id = "default" }: PrCommentOptions = {},
): string {
  const { gate, conformance, load } = document;
  const { word, tone } = headline(document);
  const mark = { good: "✅", bad: "❌", open: "⚠️" }[tone];
  const opening = [
    `<!-- infermark: ${id.replaceAll(/[^\w.-]/g, "-")} -->`,
    `### ${mark} ${word}: ${inline(subjectName(document))}`,
  ];
  const closing = [
    [...linkTo(link), inline(`${document.tool.name} ${document.tool.version}`), `exit code ${gate.exitCode}`].join(
      " · ",
    ),
  ];
  const blocks: readonly Block[] = [
    { head: "", lines: gate.reasons.map(({ text }) => `- ${inline(text)}`), most: MOST_LINES },
    ...(comparison ? [changes(comparison)] : []),
    ...(conformance ? [profiles(document), failures(document)] : []),
    ...(load?.runs ?? []).flatMap(loadBlocks),
  ];
  return fitted(opening, blocks, closing);
}

/** Each block gets what those before it leave; the closing lines have their room from the start. */
function fitted(opening: readonly string[], blocks: readonly Block[], closing: readonly string[]): string {
  let left = LONGEST_COMMENT_BYTES - bytesOf([...opening, ...closing]) - blocks.length * ROOM_OF_A_BLOCK;
  const shown = blocks.flatMap(({ head, lines, most }) => {
    if (lines.length === 0) return [];
    left -= bytesOf([head]);
    const kept = firstWithin(lines, most, Math.max(0, left));
    left -= bytesOf(kept);
    const missing = lines.length - kept.length;
    const more = missing === 0 ? [] : ["", `${missing} more ${missing === 1 ? "is" : "are"} in the report.`];
    return ["", ...(head === "" ? [] : [head, ...(head.startsWith("|") ? [] : [""])]), ...kept, ...more];
  });
  return `${[...opening, ...shown, "", ...closing].join("\n")}\n`;
}

function linkTo(link: string | undefined): readonly string[] {
  if (link === undefined || !URL.canParse(link)) return [];
  const { href, protocol } = new URL(link);
  if (protocol !== "https:" && protocol !== "http:") return [];
  return [`[Report](${href.replaceAll(/[()<>\s\\]/g, percentEncoded)})`];
}

/** `encodeURIComponent` leaves parentheses, which end a link. */
function percentEncoded(character: string): string {
  return `%${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`;
}

function changes({ worse, conformance }: Comparison): Block {
  const fixed = (conformance?.fixed ?? []).map(({ check }) => `- ✅ ${code(check)} is fixed`);
  const lines = [...worse.map((text) => `- ❌ ${inline(text)}`), ...fixed];
  return {
    head: worse.length === 0 ? "**Nothing got worse**" : "**Worse than before**",
    lines: lines.length === 0 ? ["No check changed."] : lines,
    most: MOST_LINES,
  };
}

function profiles({ conformance }: ResultDocument): Block {
  const told = (conformance?.profiles ?? []).filter(({ status }) => status !== "not-claimed");
  const lines = told.map((profile) => {
    const { core, extended } = levelLabels(profile);
    return `| ${inline(profile.title)} | ${inWords(core)} | ${inWords(extended)} |`;
  });
  return { head: tableHead(["Profile", "Core", "Extended"]), lines, most: MOST_LINES };
}

function failures(document: ResultDocument): Block {
  const known = new Set(
    document.baseline?.entries.filter(({ status }) => status === "known").map(({ check }) => check),
  );
  const failed = gradedChecks(document).filter(({ id, outcome }) => outcome === "fail" && !known.has(id));
  const head = `**${failed.length} failed ${failed.length === 1 ? "check" : "checks"}**${known.size > 0 ? `, and ${known.size} known` : ""}`;
  return { head, lines: failed.map(failureLine), most: MOST_LINES };
}

function failureLine({ id, title, expected = "", actual = "" }: Check): string {
  return `- ${code(id)} ${inline(title)}: expected ${inline(expected)}, got ${inline(actual)}`;
}

function loadBlocks(run: LoadRun): readonly Block[] {
  const { points } = run;
  const lines = points.map((point) => {
    const { valid } = point.validity;
    const cells = [
      inline(pointLabel(point, points)),
      valid ? rateText(point.throughput) : "–",
      percentileText(point, 50),
      percentileText(point, 99),
      String(failedRequests(point)),
      valid ? "valid" : `invalid: ${inline(problemCodes(point))}`,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const seen = points.length > 1 ? [] : points.flatMap(telemetryTexts);
  const said = [...loadVerdicts(run), ...seen].map((text) => `- ${inline(text)}`);
  return [
    { head: tableHead(["Load", "Answers/s", "p50", "p99", "Failed", "Measurement"]), lines, most: MOST_LINES },
    { head: "", lines: said, most: MOST_LINES },
  ];
}

function tableHead(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |\n|${" --- |".repeat(cells.length)}`;
}
