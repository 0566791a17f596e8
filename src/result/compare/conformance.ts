import type { SuiteRegistry } from "../check-registry.ts";
import type { Check, Profile, ResultDocument } from "../document.gen.ts";

/** A check's outcome, `not graded` where it counts for nothing. */
export type ComparedOutcome = Check["outcome"] | "not graded";

/** A check that ran in both documents and came out otherwise. */
export interface ChangedCheck {
  readonly check: string;
  readonly title: string;
  readonly before: ComparedOutcome;
  readonly after: ComparedOutcome;
  /** What the second document says of it, in words. */
  readonly detail: string;
}

/** A check that ran in one of the documents alone. */
export interface LoneCheck {
  readonly check: string;
  readonly title: string;
  readonly outcome: ComparedOutcome;
  readonly detail: string;
  /** The check that took its place, where this program knows one. */
  readonly successor?: string;
}

export interface ChangedStatus {
  readonly profile: string;
  readonly level: "core" | "extended";
  readonly before: Profile["status"];
  readonly after: Profile["status"];
}

export interface ConformanceComparison {
  readonly compared: number;
  readonly newFailures: readonly ChangedCheck[];
  /** Those that came to something worse than before, short of a failure. */
  readonly worsened: readonly ChangedCheck[];
  readonly fixed: readonly ChangedCheck[];
  readonly otherChanges: readonly ChangedCheck[];
  /** Checks of suites that both ran, which only the second document has; `byUpgrade` when another version of this program made it. */
  readonly added: readonly LoneCheck[];
  readonly removed: readonly LoneCheck[];
  readonly byUpgrade: boolean;
  /** Suites that only the second judges. */
  readonly suitesGained: readonly string[];
  /** Suites that the target offered in the first and does not offer in the second. */
  readonly suitesLost: readonly string[];
  /** Suites of the first that the second was not asked to run. */
  readonly suitesLeftOut: readonly string[];
  readonly profiles: readonly ChangedStatus[];
  readonly worse: readonly string[];
}

/** What changed in the verdicts; undefined when no check ran in both. */
export function compareConformance(
  before: ResultDocument,
  after: ResultDocument,
  registry: readonly SuiteRegistry[],
): ConformanceComparison | undefined {
  const [first, second] = [checksOf(before), checksOf(after)];
  const both = [...second.values()].filter(({ id }) => first.has(id));
  if (both.length === 0) return undefined;
  const changed = both.flatMap((check) => changeOf(first.get(check.id) as Check, check));
  const suites = [suitesOf(before), suitesOf(after)] as const;
  const shared = suites[1].filter((id) => suites[0].includes(id));
  const lone = (own: ReadonlyMap<string, Check>, other: ReadonlyMap<string, Check>) =>
    [...own.values()]
      .filter(({ id }) => !other.has(id) && shared.includes(suiteOf(id)))
      .map((check) => loneCheck(check, registry));
  const newFailures = changed.filter((change) => change.after === "fail");
  const fixed = changed.filter(
    (change) => change.before === "fail" && (change.after === "pass" || change.after === "warn"),
  );
  const worsened = changed.filter((change) => change.after !== "fail" && hasSunk(change));
  const told = new Set([...newFailures, ...worsened, ...fixed]);
  const gone = suites[0].filter((id) => !suites[1].includes(id));
  const asked = new Set(after.conformance?.suites.map(({ id }) => id));
  const suitesLost = gone.filter((id) => asked.has(id));
  const profiles = profileChanges(before, after);
  return {
    compared: both.length,
    newFailures,
    worsened,
    fixed,
    otherChanges: changed.filter((change) => !told.has(change)),
    added: lone(second, first),
    removed: lone(first, second),
    byUpgrade: before.tool.version !== after.tool.version,
    suitesGained: suites[1].filter((id) => !suites[0].includes(id)),
    suitesLost,
    suitesLeftOut: gone.filter((id) => !asked.has(id)),
    profiles,
    worse: whatIsWorse({ newFailures, worsened, suitesLost, profiles }),
  };
}

function checksOf({ conformance }: ResultDocument): ReadonlyMap<string, Check> {
  const claimed = conformance?.suites.filter((suite) => suite.claimed) ?? [];
  return new Map(claimed.flatMap((suite) => suite.checks).map((check) => [check.id, check]));
}

function suitesOf({ conformance }: ResultDocument): readonly string[] {
  return conformance?.suites.filter((suite) => suite.claimed).map(({ id }) => id) ?? [];
}

function suiteOf(check: string): string {
  return check.slice(0, check.indexOf("/"));
}

function outcomeOf({ outcome, ungraded }: Check): ComparedOutcome {
  return ungraded ? "not graded" : outcome;
}

function changeOf(before: Check, after: Check): ChangedCheck[] {
  const [was, is] = [outcomeOf(before), outcomeOf(after)];
  return was === is ? [] : [{ check: after.id, title: after.title, before: was, after: is, detail: detailOf(after) }];
}

function detailOf({ outcome, expected = "", actual = "", warnings, reason, message }: Check): string {
  if (outcome === "fail") return `expected ${expected}, got ${actual}`;
  return warnings?.join("; ") ?? reason ?? message ?? "";
}

function loneCheck(check: Check, registry: readonly SuiteRegistry[]): LoneCheck {
  const successor = registry.map(({ retired }) => retired[check.id]?.successor).find((found) => found !== undefined);
  return {
    check: check.id,
    title: check.title,
    outcome: outcomeOf(check),
    detail: detailOf(check),
    ...(successor !== undefined && { successor }),
  };
}

function profileChanges(before: ResultDocument, after: ResultDocument): readonly ChangedStatus[] {
  const statuses = ({ conformance }: ResultDocument) =>
    new Map(
      (conformance?.profiles ?? []).flatMap((profile) =>
        statusesOf(profile).map(([level, status]) => [JSON.stringify([profile.id, level]), status] as const),
      ),
    );
  const [first, second] = [statuses(before), statuses(after)];
  return [...second].flatMap(([key, status]): ChangedStatus[] => {
    const was = first.get(key);
    const [profile, level] = JSON.parse(key) as [string, ChangedStatus["level"]];
    return was === undefined || was === status ? [] : [{ profile, level, before: was, after: status }];
  });
}

function statusesOf({ status, levels }: Profile): readonly (readonly [ChangedStatus["level"], Profile["status"]])[] {
  return levels?.map((each) => [each.level, each.status] as const) ?? [["extended", status]];
}

/** From the best to the worst. What came to no verdict is worse than a warning, and better than a failure. */
const RANKS: readonly (readonly ComparedOutcome[])[] = [
  ["pass"],
  ["warn"],
  ["skip", "inconclusive", "error"],
  ["fail"],
];
const STATUSES: readonly Profile["status"][] = ["earned", "partial", "undecided", "not-earned", "not-claimed"];

function hasSunk({ before, after }: ChangedCheck): boolean {
  const rank = (outcome: ComparedOutcome) => RANKS.findIndex((outcomes) => outcomes.includes(outcome));
  return before !== "not graded" && after !== "not graded" && rank(after) > rank(before);
}

/**
 * A check that is new in this version and fails is not the target's doing: it counts where it costs a profile. What is not
 * graded counts for nothing.
 */
function whatIsWorse({
  newFailures,
  worsened,
  suitesLost,
  profiles,
}: Pick<ConformanceComparison, "newFailures" | "worsened" | "suitesLost" | "profiles">): readonly string[] {
  const lost = profiles.filter(({ before, after }) => STATUSES.indexOf(after) > STATUSES.indexOf(before));
  return [
    ...newFailures.map(({ check }) => `${check} fails`),
    ...worsened.map(({ check, before, after }) => `${check} went from ${before} to ${after}`),
    ...suitesLost.map((suite) => `${suite} is no longer offered`),
    ...lost.map(({ profile, level, before, after }) => `profile ${profile} (${level}) went from ${before} to ${after}`),
  ];
}
