import { gradedChecks, type Profile, type ResultDocument } from "../../result/index.ts";
import { inWords, levelLabels } from "../labels.ts";
import { type Answer, counted, listed } from "./answer.ts";

const QUESTION = "Does it conform?";

/** Which profiles the target earns, and why not the others. */
export function conforms(document: ResultDocument): Answer {
  const { conformance } = document;
  if (!conformance)
    return { question: QUESTION, tone: "none", says: "Not tested: no conformance suite ran.", because: [] };
  const claimed = conformance.profiles.filter(({ status }) => status !== "not-claimed");
  const others = conformance.profiles.filter(({ status }) => status === "not-claimed");
  const because = [
    ...claimed.map(profileText),
    ...(others.length > 0
      ? [
          `Not claimed: ${listed(
            others.map(({ title }) => title),
            9,
          )}.`,
        ]
      : []),
    ...knownTexts(document),
    ...fuzzTexts(document),
  ];
  return { question: QUESTION, because, ...verdictOf(document, claimed) };
}

function verdictOf(document: ResultDocument, claimed: readonly Profile[]): Pick<Answer, "says" | "tone"> {
  const checks = gradedChecks(document);
  const failed = checks.filter(({ outcome }) => outcome === "fail").length;
  const open = checks.filter(({ outcome }) => outcome === "inconclusive" || outcome === "error").length;
  if (checks.length === 0) return { tone: "open", says: "Not known: no check ran." };
  if (failed > 0)
    return {
      tone: "bad",
      says: `No: ${counted(failed, "check fails", "checks fail")} of ${checks.length}.${earnedText(claimed)}`,
    };
  if (open > 0)
    return {
      tone: "open",
      says: `Not known: ${counted(open, "check")} of ${checks.length} came to no verdict, none fails.`,
    };
  // Load runs after conformance: where something was measured, that had come to its end.
  if (document.partial && !document.load?.runs.some(({ points }) => points.length > 0))
    return { tone: "open", says: "Not known: the run ended early; of the checks that ran none fails." };
  if (claimed.length === 0) return { tone: "good", says: `No check of ${checks.length} fails; no profile was judged.` };
  const whole = claimed.every(({ status }) => status === "earned");
  if (whole)
    return {
      tone: "good",
      says: `Yes: it earns ${claimed.length > 2 ? `all ${claimed.length} profiles that it claims` : listed(claimed.map(({ title }) => title))}.`,
    };
  return { tone: "good", says: `As far as it was judged, yes: nothing fails.${earnedText(claimed)}` };
}

function earnedText(profiles: readonly Profile[]): string {
  const earned = profiles.filter(({ status }) => status === "earned");
  return earned.length === 0 ? "" : ` It earns ${listed(earned.map(({ title }) => title))}.`;
}

function profileText(profile: Profile): string {
  const { core, extended, skipped } = levelLabels(profile);
  const levels =
    core === "not judged" ? inWords(profile.status) : `core ${inWords(core)}, extended ${inWords(extended)}`;
  const lacks = profile.status === "partial" && skipped.length > 0 ? `, without ${listed(skipped, 2)}` : "";
  const by = profile.status === "earned" || profile.status === "partial" ? [] : profile.because;
  const checks = by.length === 0 ? "" : `, because of ${listed(by, 3)}`;
  return `${profile.title}: ${levels}${lacks}${checks}.`;
}

function knownTexts({ baseline }: ResultDocument): readonly string[] {
  const known = baseline?.entries.filter(({ status }) => status === "known").length ?? 0;
  return known === 0 ? [] : [`${counted(known, "failure is", "failures are")} known: ${baseline?.file}.`];
}

function fuzzTexts({ conformance }: ResultDocument): readonly string[] {
  if (!conformance?.fuzz) return [];
  const { findings, suites } = conformance.fuzz;
  const sent = suites.reduce((sum, suite) => sum + suite.sent, 0);
  return [
    `Fuzzing with ${counted(sent, "request")} found ${findings.length === 0 ? "no fault" : counted(findings.length, "fault")}.`,
  ];
}
