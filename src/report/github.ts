import { type Check, type FuzzFinding, gradedChecks, type ResultDocument } from "../result/index.ts";
import { rerunLabel } from "./labels.ts";
import { plainText } from "./plain-text.ts";
import { LONGEST_TEXT, withShortTexts } from "./short-texts.ts";

const MOST_ANNOTATIONS = 50;

/** Workflow commands that annotate a job: an error for each failed check and missed threshold, a warning for each doubt. */
export function renderGithub(given: ResultDocument): string {
  const document = withShortTexts(given, LONGEST_TEXT);
  const checks = gradedChecks(document);
  const known = new Set(
    document.baseline?.entries.filter(({ status }) => status === "known").map(({ check }) => check),
  );
  const lines = [
    ...checks.filter(({ outcome }) => outcome === "fail").map((check) => failure(check, known.has(check.id))),
    ...(document.conformance?.fuzz?.findings ?? []).map((finding) => found(finding, known.has(finding.id))),
    ...document.thresholds.flatMap(({ expression, status, reason = "" }) =>
      status === "met" ? [] : [command(status === "missed" ? "error" : "warning", expression, `${status}: ${reason}`)],
    ),
    ...checks
      .filter(({ outcome }) => outcome === "inconclusive" || outcome === "error" || outcome === "warn")
      .map((check) =>
        command(
          "warning",
          check.id,
          `${check.outcome}: ${check.reason ?? check.message ?? check.warnings?.join("; ") ?? ""}`,
        ),
      ),
  ];
  return lines.slice(0, MOST_ANNOTATIONS).join("");
}

function failure(check: Check, known: boolean): string {
  const { id, title, clause, expected = "", actual = "" } = check;
  const again = rerunLabel(check);
  const text = `${title}. Expected ${expected}, got ${actual}${again === undefined ? "" : `; ${again}`} (${clause.id}: ${clause.says})`;
  return known ? command("notice", id, `known failure: ${text}`) : command("error", id, text);
}

function found({ id, says, actual }: FuzzFinding, known: boolean): string {
  const text = `${says} Found: ${actual}`;
  return known ? command("notice", id, `known: ${text}`) : command("error", id, text);
}

function command(kind: "error" | "warning" | "notice", title: string, text: string): string {
  const property = escaped(title).replaceAll(":", "%3A").replaceAll(",", "%2C");
  return `::${kind} title=${property}::${escaped(text)}\n`;
}

function escaped(text: string): string {
  return plainText(text).replaceAll("%", "%25");
}
