import type {
  BaselineEntry,
  Check,
  Fuzz,
  FuzzFinding,
  JudgedThreshold,
  LoadRun,
  ResultDocument,
  Suite,
} from "../result/index.ts";
import { findingTexts } from "./fuzz-texts.ts";
import { rerunLabel } from "./labels.ts";
import { pointLabel, problemCodes } from "./load-label.ts";
import { loadVerdicts } from "./load-verdicts.ts";
import { shortened } from "./plain-text.ts";
import { LONGEST_TEXT as LONGEST_DOCUMENT_TEXT, withShortTexts } from "./short-texts.ts";
import { escapeXml } from "./xml-text.ts";

const LONGEST_MESSAGE = 2_000;
const LONGEST_TEXT = 50_000;

/** JUnit XML as the common schemas want it: a test suite for each conformance suite, one for load and one for thresholds, a test case for each check and measured point. */
export function renderJunit(given: ResultDocument): string {
  const document = withShortTexts(given, LONGEST_DOCUMENT_TEXT);
  const timestamp = document.run.startedAt.slice(0, 19);
  const known = new Map(
    document.baseline?.entries.filter(({ status }) => status === "known").map((entry) => [entry.check, entry]),
  );
  const suites = (document.conformance?.suites ?? [])
    .filter((suite) => suite.claimed)
    .map((suite) => ({
      name: suite.id,
      cases: suite.checks.map((check) => caseOfCheck(check, suite, known.get(check.id))),
    }));
  if (document.conformance?.fuzz) suites.push({ name: "fuzz", cases: casesOfFuzz(document.conformance.fuzz, known) });
  if (document.load) suites.push({ name: "load", cases: document.load.runs.flatMap(casesOfLoad) });
  if (document.thresholds.length > 0)
    suites.push({ name: "thresholds", cases: document.thresholds.map(caseOfThreshold) });
  const elements = suites.map(({ name, cases }, id) => suiteElement(name, cases, id, timestamp));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${elements.join("")}</testsuites>\n`;
}

interface Case {
  readonly classname: string;
  readonly name: string;
  readonly seconds: number;
  readonly result?: { readonly kind: "failure" | "error" | "skipped"; readonly message: string; readonly text: string };
}

function caseOfCheck(check: Check, suite: Suite, known: BaselineEntry | undefined): Case {
  const base = { classname: suite.id, name: `${check.id}: ${check.title}`, seconds: check.durationMs / 1000 };
  const { outcome, reason = "", message = "" } = check;
  if (check.ungraded) return { ...base, result: { kind: "skipped", message: `not graded: ${outcome}`, text: "" } };
  if (outcome === "fail" && known) {
    return {
      ...base,
      result: { kind: "skipped", message: `known failure: ${known.reason}`, text: failureText(check) },
    };
  }
  if (outcome === "fail") {
    return {
      ...base,
      result: {
        kind: "failure",
        message: `expected ${check.expected ?? ""}, got ${check.actual ?? ""}`,
        text: failureText(check),
      },
    };
  }
  if (outcome === "error") return { ...base, result: { kind: "error", message, text: "" } };
  if (outcome === "skip") return { ...base, result: { kind: "skipped", message: reason, text: "" } };
  if (outcome === "inconclusive")
    return { ...base, result: { kind: "skipped", message: `inconclusive: ${reason}`, text: "" } };
  return base;
}

/** One for each fault, and one for each suite without any. */
function casesOfFuzz({ suites, findings }: Fuzz, known: ReadonlyMap<string, BaselineEntry>): Case[] {
  return suites.flatMap(({ id, sent, endedEarly }): Case[] => {
    const own = findings.filter((finding) => finding.suite === id);
    if (own.length > 0) return own.map((finding) => caseOfFinding(finding, known.get(finding.id)));
    const base = { classname: "fuzz", name: `fuzz/${id}: ${sent} requests without a fault`, seconds: 0 };
    return [sent > 0 ? base : { ...base, result: { kind: "skipped", message: endedEarly ?? "", text: "" } }];
  });
}

function caseOfFinding(finding: FuzzFinding, known: BaselineEntry | undefined): Case {
  const { id, says, actual, repro } = finding;
  const text = [...findingTexts(finding), repro.curl ?? repro.grpcurl ?? repro.replay ?? ""].join("\n");
  const result = known
    ? ({ kind: "skipped", message: `known failure: ${known.reason}`, text } as const)
    : ({ kind: "failure", message: actual, text } as const);
  return { classname: "fuzz", name: `${id}: ${says}`, seconds: 0, result };
}

/** One for each measured point, and one for what a search or a scenario asked. */
function casesOfLoad(run: LoadRun): Case[] {
  const { points, search, scenario } = run;
  const [verdict = ""] = loadVerdicts(run);
  const base = { classname: "load", seconds: 0 };
  const asked = (name: string, failed: boolean, decided: boolean): Case =>
    decided && !failed
      ? { ...base, name }
      : { ...base, name, result: { kind: failed ? "failure" : "skipped", message: verdict, text: "" } };
  return [
    ...points.map((point): Case => {
      const measured = { ...base, name: pointLabel(point, points), seconds: point.durationMs / 1000 };
      const { valid, problems } = point.validity;
      const text = problems.map(({ code, evidence }) => `${code}: ${evidence}`).join("\n");
      return valid
        ? measured
        : { ...measured, result: { kind: "skipped", message: `invalid: ${problemCodes(point)}`, text } };
    }),
    ...(search ? [asked("search", search.ended === "none", search.best !== undefined)] : []),
    ...(scenario
      ? [asked(`scenario ${scenario.scenario}`, scenario.verdict === "missed", scenario.verdict !== "undecided")]
      : []),
  ];
}

function caseOfThreshold({ expression, status, reason = "" }: JudgedThreshold): Case {
  const base = { classname: "thresholds", name: expression, seconds: 0 };
  if (status === "met") return base;
  return {
    ...base,
    result: { kind: status === "missed" ? "failure" : "skipped", message: `${status}: ${reason}`, text: "" },
  };
}

function failureText(check: Check): string {
  const { clause, expected, actual, at, repro } = check;
  const again = rerunLabel(check);
  return [
    `${clause.id} (${clause.level}): ${clause.says}`,
    `${clause.source.document}, ${clause.source.section}`,
    `expected: ${expected ?? ""}`,
    `actual:   ${actual ?? ""}`,
    ...(at === undefined ? [] : [`at:       ${at}`]),
    ...(again === undefined ? [] : [`again:    ${again}`]),
    ...(repro ? [repro.curl ?? repro.grpcurl ?? repro.replay ?? ""] : []),
  ].join("\n");
}

function suiteElement(name: string, cases: readonly Case[], id: number, timestamp: string): string {
  const count = (kind: string) => cases.filter((each) => each.result?.kind === kind).length;
  const seconds = cases.reduce((sum, each) => sum + each.seconds, 0);
  const attributes = attributesOf({
    name,
    id,
    package: "infermark",
    timestamp,
    hostname: "localhost",
    tests: cases.length,
    failures: count("failure"),
    errors: count("error"),
    skipped: count("skipped"),
    time: seconds.toFixed(3),
  });
  return `  <testsuite${attributes}>\n    <properties/>\n${cases.map(caseElement).join("")}    <system-out/>\n    <system-err/>\n  </testsuite>\n`;
}

function caseElement({ classname, name, seconds, result }: Case): string {
  const attributes = attributesOf({ classname, name: shortened(name, LONGEST_MESSAGE), time: seconds.toFixed(3) });
  if (!result) return `    <testcase${attributes}/>\n`;
  const { kind, text } = result;
  // Viewers show it in a line of a table; a peer decides how long it would be.
  const message = shortened(result.message, LONGEST_MESSAGE);
  const inner = attributesOf(
    kind === "skipped" ? { message } : { message, type: kind === "failure" ? "nonconformance" : "defect" },
  );
  return `    <testcase${attributes}>\n      <${kind}${inner}>${escapeXml(shortened(text, LONGEST_TEXT))}</${kind}>\n    </testcase>\n`;
}

function attributesOf(attributes: Readonly<Record<string, string | number>>): string {
  return Object.entries(attributes)
    .map(
      ([key, value]) =>
        ` ${key}="${escapeXml(String(value)).replaceAll("\t", "&#9;").replaceAll("\n", "&#10;").replaceAll("\r", "&#13;")}"`,
    )
    .join("");
}
