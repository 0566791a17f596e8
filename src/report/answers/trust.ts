import { gradedChecks, type ResultDocument } from "../../result/index.ts";
import { bestPoint, loadName } from "../load-label.ts";
import { type Answer, counted } from "./answer.ts";

const QUESTION = "Can I trust this?";

type Degree = "yes" | "in part" | "no";

/** What a part of the document is worth. */
interface Part {
  readonly name: string;
  readonly degree: Degree;
  readonly because: readonly string[];
}

/** Whether the run was complete, its measurements valid and its verdicts reached, with what shows it. */
export function trust(document: ResultDocument): Answer {
  const parts = [...verdicts(document), ...measurements(document)];
  const early = earlyEnd(document);
  if (parts.length === 0) {
    const says = "There is nothing to trust: nothing ran to its end.";
    return { question: QUESTION, tone: "none", says, because: early };
  }
  const whole = parts.every(({ degree }) => degree === "yes") && early.length === 0;
  return {
    question: QUESTION,
    tone: whole ? "good" : "open",
    says: `${saysOf(parts)}${early.length > 0 ? " The run is a part of what was asked." : ""}`,
    because: [...early, ...parts.flatMap(({ because }) => because), ...evidence(document)],
  };
}

function saysOf(parts: readonly Part[]): string {
  const [first] = parts;
  if (first && parts.every(({ degree }) => degree === first.degree)) return `${capital(first.degree)}.`;
  return parts.map(({ name, degree }) => `${name}: ${degree}.`).join(" ");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function earlyEnd({ partial, endedEarly }: ResultDocument): readonly string[] {
  if (!partial) return [];
  return [`The run ended before all was done${endedEarly === undefined ? "" : `: ${endedEarly}`}.`];
}

function measurements({ load }: ResultDocument): readonly Part[] {
  const points = load?.runs.flatMap((run) => run.points) ?? [];
  if (points.length === 0) return [];
  const name = "The measurements";
  const valid = points.filter((point) => point.validity.valid).length;
  if (valid === points.length) {
    const all = valid === 1 ? "The measurement is valid." : `All ${valid} measurements are valid.`;
    return [{ name, degree: "yes", because: [all] }];
  }
  const some = `${valid} of ${counted(points.length, "measurement")} ${valid === 1 ? "is" : "are"} valid`;
  const which = valid > 0 ? some : points.length === 1 ? "The measurement is not valid" : "No measurement is valid";
  const because = [`${which}; one that is not tells no number of what is carried.`];
  return [{ name, degree: valid === 0 ? "no" : "in part", because }];
}

function verdicts(document: ResultDocument): readonly Part[] {
  const checks = gradedChecks(document);
  if (checks.length === 0) return [];
  const of = (...outcomes: readonly string[]) => checks.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const open = of("inconclusive", "error");
  const skipped = of("skip");
  const flaky = checks.filter(({ reruns = [] }) => reruns.some((outcome) => outcome !== "fail")).length;
  const reached = [
    `${of("pass", "warn", "fail")} of ${counted(checks.length, "check")} came to a verdict`,
    ...(skipped > 0 ? [`${skipped} skipped for what the target lacks or was not asked`] : []),
    ...(open > 0 ? [`${open} undecided`] : []),
  ].join(", ");
  const again = `${counted(flaky, "failure")} did not show each time the check was run again.`;
  const degree = open === checks.length ? "no" : open + flaky > 0 ? "in part" : "yes";
  return [{ name: "The verdicts on conformance", degree, because: [`${reached}.`, ...(flaky > 0 ? [again] : [])] }];
}

function evidence({ conformance, load, transcripts }: ResultDocument): readonly string[] {
  const best = bestPoint(load?.runs.flatMap((run) => run.points) ?? []);
  return [
    ...(best
      ? [`${loadName(best)}: ${best.validity.evidence.map(({ key, value }) => `${key}: ${value}`).join("; ")}.`]
      : []),
    ...(conformance && transcripts
      ? [
          `Every exchange is in ${transcripts.file}: infermark replay --offline reaches the verdicts again, and finds any edit.`,
        ]
      : []),
  ];
}
