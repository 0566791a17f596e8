import { type Check, type FuzzFinding, gradedChecks, type LoadRun, type ResultDocument } from "../result/index.ts";
import { headline, subjectName } from "./headline.ts";
import { rerunLabel } from "./labels.ts";
import { pointLabel } from "./load-label.ts";
import { plainText, shortened } from "./plain-text.ts";
import { LONGEST_TEXT as LONGEST_DOCUMENT_TEXT, withShortTexts } from "./short-texts.ts";

const MOST_ANNOTATIONS = 50;
const LONGEST_TITLE = 200;
const LONGEST_TEXT = 2_000;

/**
 * Workflow commands that annotate a job: first the verdict with its reasons unless the exit code is 0, then an error for each failed
 * check, finding, missed threshold and stale baseline entry, and a warning for each doubt and each invalid measurement.
 */
export function renderGithub(given: ResultDocument): string {
  const document = withShortTexts(given, LONGEST_DOCUMENT_TEXT);
  const checks = gradedChecks(document);
  const known = new Set(
    document.baseline?.entries.filter(({ status }) => status === "known").map(({ check }) => check),
  );
  const failed = checks.filter(({ outcome }) => outcome === "fail");
  const findings = document.conformance?.fuzz?.findings ?? [];
  const all = [
    ...verdict(document),
    ...failed.filter(({ id }) => !known.has(id)).map((check) => failure(check, false)),
    ...findings.map((finding) => found(finding, known.has(finding.id))),
    ...thresholds(document),
    ...staleEntries(document),
    ...checks.flatMap(doubt),
    ...(document.load?.runs ?? []).flatMap(invalidPoints),
    ...failed.filter(({ id }) => known.has(id)).map((check) => failure(check, true)),
  ];
  const rest = all.length - MOST_ANNOTATIONS;
  const left = rest > 0 ? [command("notice", "infermark", `${rest + 1} more are in the report.`)] : [];
  return [...all.slice(0, MOST_ANNOTATIONS - left.length), ...left].join("");
}

function verdict(document: ResultDocument): readonly string[] {
  const { exitCode, reasons } = document.gate;
  if (exitCode === 0) return [];
  const { word, tone } = headline(document);
  const text = reasons.map((each) => each.text).join("; ");
  return [command(tone === "bad" ? "error" : "warning", `${word}: ${subjectName(document)}`, text)];
}

function thresholds(document: ResultDocument): readonly string[] {
  return document.thresholds.flatMap(({ expression, status, reason = "" }) =>
    status === "met" ? [] : [command(status === "missed" ? "error" : "warning", expression, `${status}: ${reason}`)],
  );
}

/** At their lines of the file, where GitHub shows them in the change itself. */
function staleEntries({ baseline }: ResultDocument): readonly string[] {
  return (baseline?.entries ?? [])
    .filter(({ status }) => status === "stale")
    .map(({ check, line, note = "stale" }) =>
      command("error", check, `${note}; remove the entry`, { file: baseline?.file ?? "", line: String(line) }),
    );
}

function doubt({ id, outcome, reason, message, warnings }: Check): readonly string[] {
  if (outcome !== "inconclusive" && outcome !== "error" && outcome !== "warn") return [];
  return [command("warning", id, `${outcome}: ${reason ?? message ?? warnings?.join("; ") ?? ""}`)];
}

function invalidPoints({ points }: LoadRun): readonly string[] {
  return points
    .filter(({ validity }) => !validity.valid)
    .map((point) => {
      const why = point.validity.problems.map(({ code, evidence }) => `${code}: ${evidence}`).join("; ");
      return command("warning", `invalid measurement: ${pointLabel(point, points)}`, why);
    });
}

function failure(check: Check, known: boolean): string {
  const { id, title, clause, expected = "", actual = "" } = check;
  const again = rerunLabel(check);
  const text = `${title}. Expected ${shortened(expected, LONGEST_TEXT / 4)}, got ${shortened(actual, LONGEST_TEXT / 4)}${again === undefined ? "" : `; ${again}`} (${clause.id}: ${clause.says})`;
  return known ? command("notice", id, `known failure: ${text}`) : command("error", id, text);
}

function found({ id, says, actual }: FuzzFinding, known: boolean): string {
  const text = `${says} Found: ${actual}`;
  return known ? command("notice", id, `known: ${text}`) : command("error", id, text);
}

function command(
  kind: "error" | "warning" | "notice",
  title: string,
  text: string,
  place: Readonly<Record<string, string>> = {},
): string {
  const properties = Object.entries({ ...place, title: shortened(title, LONGEST_TITLE) });
  const written = properties.map(([name, value]) => `${name}=${property(value)}`).join(",");
  return `::${kind} ${written}::${escaped(shortened(text, LONGEST_TEXT))}\n`;
}

function property(text: string): string {
  return escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function escaped(text: string): string {
  return plainText(text).replaceAll("%", "%25");
}
