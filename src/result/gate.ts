import { type Baseline, judgeBaseline } from "./baseline.ts";
import type { SuiteRegistry } from "./check-registry.ts";
import type { Check, Gate, GateReason, JudgedBaseline, LoadRun, Profile, ResultDocument } from "./document.gen.ts";
import { freshFindings } from "./fuzz-part.ts";
import { judgeThresholds, type Threshold } from "./thresholds.ts";

export interface GateOptions {
  /** Warnings fail the run, and a recommendation without a verdict leaves it undecided. */
  readonly strict?: boolean;
  readonly thresholds?: readonly Threshold[];
  readonly baseline?: Baseline;
  /** All suites that exist: tells a baseline's unknown checks from those that were not selected. */
  readonly registry?: readonly SuiteRegistry[];
  /** Ids of profiles that the run must earn; with `:core` the core is enough. */
  readonly requestedProfiles?: readonly string[];
  /** Reasons that the document does not show: 3 credentials refused, 70 a defect of the program, 130 interrupted. */
  readonly also?: readonly GateReason[];
}

/** The parts of a document that its gate depends on. */
export type GateInput = Pick<ResultDocument, "conformance" | "load" | "run" | "partial" | "endedEarly">;

const PRECEDENCE = [130, 70, 2, 3, 1, 4];
const NAMED = 5;

/** The exit code of a run with every reason for it, weightiest first. Depends on nothing but its arguments. */
export function gate(document: GateInput, options: GateOptions): Gate {
  const checks = gradedChecks(document);
  const baseline = options.baseline && judgeBaseline(options.baseline, document, options.registry ?? []);
  const known = new Set(baseline?.entries.filter((entry) => entry.status === "known").map((entry) => entry.check));
  const reasons = [
    ...(options.also ?? []),
    ...failureReasons(checks, known, options.strict ?? false),
    ...listed(1, freshFindings(document, baseline), "fault found by fuzzing", "faults found by fuzzing"),
    ...baselineReasons(baseline),
    ...(options.requestedProfiles ?? []).flatMap((id) =>
      profileReasons(id, document.conformance?.profiles ?? [], known),
    ),
    ...thresholdReasons(document, options.thresholds ?? []),
    ...(document.load?.runs ?? []).flatMap(loadReasons),
    ...undecidedReasons(checks, options.strict ?? false),
    ...emptinessReasons(document, checks),
  ];
  const weight = ({ exitCode }: GateReason) => PRECEDENCE.indexOf(exitCode);
  const sorted = [...reasons].sort((a, b) => weight(a) - weight(b));
  return { exitCode: sorted[0]?.exitCode ?? 0, reasons: sorted };
}

/** The checks whose outcomes count: of what the target claims, without those that are not graded. */
export function gradedChecks({ conformance }: Pick<ResultDocument, "conformance">): Check[] {
  const claimed = conformance?.suites.filter((suite) => suite.claimed) ?? [];
  return claimed.flatMap((suite) => suite.checks).filter((check) => !check.ungraded);
}

function failureReasons(checks: readonly Check[], known: ReadonlySet<string>, strict: boolean): GateReason[] {
  const fresh = (outcome: Check["outcome"]) =>
    checks.filter((check) => check.outcome === outcome && !known.has(check.id));
  return [
    ...listed(1, fresh("fail"), "check failed", "checks failed"),
    ...(strict ? listed(1, fresh("warn"), "check warned (--strict)", "checks warned (--strict)") : []),
  ];
}

function baselineReasons(baseline: JudgedBaseline | undefined): GateReason[] {
  const stale = baseline?.entries.filter((entry) => entry.status === "stale") ?? [];
  return stale.map(({ line, check, note }) => ({
    exitCode: 1,
    text: `${baseline?.file}:${line}: ${check}: ${note ?? "stale"}; remove the entry`,
  }));
}

function profileReasons(asked: string, profiles: readonly Profile[], known: ReadonlySet<string>): GateReason[] {
  const { id, level } = requestedProfile(asked);
  const whole = profiles.find((candidate) => candidate.id === id);
  const profile = level === "core" ? whole?.levels?.find((each) => each.level === level) : whole;
  if (!profile) return [{ exitCode: 4, text: `profile ${asked} was not judged` }];
  const { status, because } = profile;
  if (status === "earned") return [];
  if (status === "not-claimed")
    return [{ exitCode: 1, text: `profile ${asked} is not earned: the target does not offer it` }];
  if (status === "not-earned" && because.every((check) => known.has(check))) return [];
  const rest = because.length > NAMED ? ` and ${because.length - NAMED} more` : "";
  const named = `${because.slice(0, NAMED).join(", ")}${rest}`;
  return status === "not-earned"
    ? [{ exitCode: 1, text: `profile ${asked} is not earned: ${named}` }]
    : [{ exitCode: 4, text: `profile ${asked} is ${status}: ${named}` }];
}

/** What `--profile ID`, `--profile ID:core` or `--profile ID:extended` asks for; extended is the whole profile. */
export function requestedProfile(asked: string): { readonly id: string; readonly level: "core" | "extended" } {
  const [, id = asked, level = "extended"] = /^(.*):(core|extended)$/.exec(asked) ?? [];
  return { id, level: level as "core" | "extended" };
}

function thresholdReasons({ load }: GateInput, thresholds: readonly Threshold[]): GateReason[] {
  return judgeThresholds(thresholds, load)
    .filter(({ status }) => status !== "met")
    .map(({ expression, status, reason }) => ({
      exitCode: status === "missed" ? 1 : 4,
      text: `threshold ${expression} is ${status}: ${reason ?? ""}`,
    }));
}

/** A search or a scenario is a question: its answer counts as a threshold does. */
function loadReasons({ search, scenario }: LoadRun): GateReason[] {
  const reasons: GateReason[] = [];
  if (search && search.best === undefined && search.ended !== "interrupted") {
    const wanted = search.objectives.join(", ");
    reasons.push(
      search.ended === "none"
        ? { exitCode: 1, text: `the search found no load that meets ${wanted}` }
        : { exitCode: 4, text: `the search could not judge whether any load meets ${wanted}` },
    );
  }
  if (scenario?.verdict === "missed")
    reasons.push({ exitCode: 1, text: `scenario ${scenario.scenario} missed its bound` });
  if (scenario?.verdict === "undecided") {
    const why = scenario.invalid?.join(", ") ?? `${scenario.needed ?? "more"} queries more are needed`;
    reasons.push({ exitCode: 4, text: `scenario ${scenario.scenario} is undecided: ${why}` });
  }
  return reasons;
}

function undecidedReasons(checks: readonly Check[], strict: boolean): GateReason[] {
  const binding = checks.filter(({ clause }) => clause.level === "must" || (strict && clause.level === "should"));
  const of = (outcome: Check["outcome"]) => binding.filter((check) => check.outcome === outcome);
  return [
    ...listed(4, of("inconclusive"), "check came to no verdict", "checks came to no verdict"),
    ...listed(4, of("error"), "check broke in the program", "checks broke in the program"),
  ];
}

function emptinessReasons(
  { conformance, load, partial, endedEarly }: GateInput,
  checks: readonly Check[],
): GateReason[] {
  const reasons: GateReason[] = [];
  const points = load?.runs.flatMap((run) => run.points) ?? [];
  if (!conformance && !load) reasons.push({ exitCode: 4, text: "nothing ran" });
  if (conformance && !checks.some(({ outcome }) => outcome === "pass" || outcome === "warn" || outcome === "fail")) {
    reasons.push({ exitCode: 4, text: checks.length === 0 ? "no check ran" : "no check came to a verdict" });
  }
  const fuzzed = conformance?.fuzz?.suites ?? [];
  if (conformance?.fuzz && fuzzed.every(({ sent }) => sent === 0)) {
    const why = fuzzed[0]?.endedEarly ?? "no suite that ran has requests to change";
    reasons.push({ exitCode: 4, text: `the fuzz phase sent nothing: ${why}` });
  }
  if (load && points.length === 0) reasons.push({ exitCode: 4, text: "no load point was measured" });
  if (partial) reasons.push({ exitCode: 4, text: `the run ended early: ${endedEarly ?? "it was stopped"}` });
  return reasons;
}

function listed(exitCode: number, checks: readonly { readonly id: string }[], one: string, many: string): GateReason[] {
  if (checks.length === 0) return [];
  const names = checks.slice(0, NAMED).map((check) => check.id);
  const rest = checks.length - names.length;
  const text = `${checks.length} ${checks.length === 1 ? one : many}: ${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  return [{ exitCode, text }];
}
