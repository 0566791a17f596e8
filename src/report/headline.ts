import { freshFindings, gradedChecks, type ResultDocument } from "../result/index.ts";

export interface Headline {
  /** The verdict of the run in two or three words. */
  readonly word: string;
  readonly tone: "good" | "bad" | "open";
}

/** The verdict of a run as its exit code says it. */
export function headline(document: ResultDocument): Headline {
  const { gate, conformance, thresholds, baseline } = document;
  const known = new Set(baseline?.entries.filter((entry) => entry.status === "known").map((entry) => entry.check));
  const checks = gradedChecks(document);
  switch (gate.exitCode) {
    case 0:
      if (known.size > 0) return { word: "Accepted with known failures", tone: "open" };
      if (conformance?.plan?.onlyKeyword) return { word: "Conformant in what keywords demand", tone: "good" };
      if (conformance) return { word: "Conformant", tone: "good" };
      if (thresholds.length > 0) return { word: "Thresholds met", tone: "good" };
      return isMeasured(document)
        ? { word: "Measured", tone: "good" }
        : { word: "Measured, but not valid", tone: "open" };
    case 1:
      if (checks.some((check) => check.outcome === "fail" && !known.has(check.id)))
        return { word: "Not conformant", tone: "bad" };
      if (freshFindings(document, baseline).length > 0) return { word: "Faults found by fuzzing", tone: "bad" };
      return {
        word: thresholds.some(({ status }) => status === "missed") ? "Threshold missed" : "Not accepted",
        tone: "bad",
      };
    case 3:
      return { word: "Target not reached", tone: "bad" };
    case 4:
      return { word: "Undecided", tone: "open" };
    case 130:
      return { word: "Interrupted", tone: "open" };
    default:
      return { word: "The program failed", tone: "bad" };
  }
}

function isMeasured({ load }: ResultDocument): boolean {
  return (load?.runs ?? []).some(({ points }) => points.some(({ validity }) => validity.valid));
}

/** What to call the subject: as declared, else as the server names itself, else its address. */
export function subjectName({ subject, targets }: ResultDocument): string {
  const [target] = targets;
  const name = subject.runtime ?? target?.server.name ?? target?.rest ?? target?.grpc ?? "Unnamed target";
  const version = subject.runtime === undefined ? target?.server.version : subject.version;
  return version === undefined ? name : `${name} ${version}`;
}
