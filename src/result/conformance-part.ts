import type { CheckResult, ConformanceResult, ProfileResult, SuiteResult } from "../conformance/result.ts";
import type { Exchange } from "../transport/exchange.ts";
import { MAX_BODY_BYTES } from "./body.ts";
import type { SuiteRegistry } from "./check-registry.ts";
import { clauseDigest } from "./clause-digest.ts";
import type { Check, Conformance, Counts, Profile, Repro, Suite } from "./document.gen.ts";
import { type ReproLimit, type ReproOptions, replayOf, reproOf } from "./repro/repro.ts";
import { keptExchanges, trimExchange } from "./trim-exchange.ts";

/** All bodies of a document together; a report that holds it must stay below 500 kB. */
const BODY_BUDGET_BYTES = 160_000;
const LEAST_BODY_BYTES = 64;
/** The same for the bodies inside commands. */
const COMMAND_BUDGET_BYTES = 80_000;
const WITHOUT_EXCHANGES: ReadonlySet<string> = new Set(["pass", "skip"]);

export interface ConformanceOptions extends ReproOptions {
  readonly registry: readonly SuiteRegistry[];
  readonly secretHeaders: readonly string[];
}

/** The conformance part of a document. */
export function conformancePart(result: ConformanceResult, options: ConformanceOptions): Conformance {
  const limits = limitsFor(result);
  const suites = result.suites.map((suite) => suitePart(suite, limits, options));
  const checks = suites.filter((suite) => suite.claimed).flatMap((suite) => suite.checks);
  const { pass, warn, fail, skip } = countOutcomes(checks);
  return {
    suites,
    profiles: result.profiles.map(profilePart),
    coverage: { checked: checks.length, exercised: pass + warn + fail, skipped: skip },
  };
}

/** How many graded checks had each outcome, and how many are not graded where there are such. */
export function countOutcomes(checks: readonly Pick<Check, "outcome" | "ungraded">[]): Counts {
  const counts: Counts = { pass: 0, warn: 0, fail: 0, skip: 0, inconclusive: 0, error: 0 };
  for (const { outcome, ungraded } of checks) if (!ungraded) counts[outcome]++;
  const ungraded = checks.filter((check) => check.ungraded).length;
  return ungraded === 0 ? counts : { ...counts, ungraded };
}

function profilePart({ profile, title, status, because, suites, levels }: ProfileResult): Profile {
  const parts = levels?.map((level) => ({
    level: level.level,
    status: level.status,
    because: [...level.because],
    skipped: level.skipped.map((skipped) => ({ ...skipped })),
  }));
  return {
    id: profile,
    title,
    status,
    because: [...because],
    ...(suites && { suites: [...suites] }),
    ...(parts && { levels: parts }),
  };
}

function suitePart(suite: SuiteResult, limits: Limits, options: ConformanceOptions): Suite {
  const checks = suite.checks.map((check) => checkPart(check, limits, options));
  const clauses = options.registry.find(({ id }) => id === suite.suite)?.clauses;
  return {
    id: suite.suite,
    title: suite.title,
    claimed: suite.claimed,
    evidence: suite.evidence,
    specifications: suite.specifications.map((specification) => ({ ...specification })),
    ...(clauses && { clauseDigest: clauseDigest(clauses) }),
    counts: countOutcomes(checks),
    checks,
  };
}

function checkPart(result: CheckResult, limits: Limits, options: ConformanceOptions): Check {
  const {
    check,
    title,
    clause,
    verdict,
    records,
    exchanges,
    durationMs,
    level: profileLevel,
    ungraded,
    reruns,
  } = result;
  const { id, level, basis, says, source, treatment } = clause;
  const { outcome } = verdict;
  const base: Check = {
    id: check,
    title,
    clause: { id, level, basis, says, source: { ...source }, ...(treatment !== undefined && { treatment }) },
    ...(profileLevel && { level: profileLevel }),
    outcome,
    ...(ungraded && { ungraded }),
    ...verdictDetail(verdict),
    ...(reruns && { reruns: [...reruns] }),
    records: records.map((record) => ({ ...record })),
    durationMs: Math.round(durationMs * 1_000) / 1_000,
    exchangeCount: exchanges.length,
  };
  if (WITHOUT_EXCHANGES.has(outcome) || exchanges.length === 0) return base;
  const { kept, decisive } = keptExchanges(result);
  const shown = kept[decisive ?? kept.length - 1];
  return {
    ...base,
    ...(shown && { repro: reproOfCheck(result, shown, { ...options, bodyLimit: limits.command }) }),
    exchanges: kept.map((exchange) =>
      trimExchange(exchange, { bodyLimit: limits.body, secretHeaders: options.secretHeaders }),
    ),
    ...(decisive !== undefined && { decisive }),
  };
}

/** One request where that shows the failure, else the whole check. */
function reproOfCheck(
  { check, needsSeveral }: CheckResult,
  shown: Exchange,
  options: ReproOptions & ReproLimit,
): Repro {
  return needsSeveral ? replayOf(check, options) : reproOf(check, shown, options);
}

function verdictDetail(verdict: CheckResult["verdict"]): Partial<Check> {
  if (verdict.outcome === "warn") return { warnings: [...verdict.warnings] };
  const { outcome: _outcome, ...detail } = verdict;
  return detail;
}

interface Limits {
  /** Bytes of a body that are kept. */
  readonly body: number;
  /** Bytes of the longest body that a command carries. */
  readonly command: number;
}

/** The same for all bodies, so that a reader is never surprised: halved until everything fits its budget. */
function limitsFor({ suites }: ConformanceResult): Limits {
  const shown = suites
    .flatMap((suite) => suite.checks)
    .filter(({ verdict }) => !WITHOUT_EXCHANGES.has(verdict.outcome))
    .map(keptExchanges);
  const decisive = shown.flatMap(({ kept, decisive }) => kept[decisive ?? kept.length - 1] ?? []);
  const bodies = shown.flatMap(({ kept }) => kept).flatMap(bodySizes);
  const commands = decisive.map(({ request }) => sentSizes(request).reduce((sum, size) => sum + size, 0));
  return {
    body: halvedUntil((limit) => bodies.reduce((sum, size) => sum + Math.min(size, limit), 0) <= BODY_BUDGET_BYTES),
    command: halvedUntil(
      (limit) => commands.reduce((sum, size) => sum + (size > limit ? 0 : size), 0) <= COMMAND_BUDGET_BYTES,
    ),
  };
}

function halvedUntil(fits: (limit: number) => boolean): number {
  let limit = MAX_BODY_BYTES;
  while (limit > LEAST_BODY_BYTES && !fits(limit)) limit /= 2;
  return limit;
}

function bodySizes({ request, events }: Exchange): number[] {
  return [...sentSizes(request), events.reduce((sum, event) => sum + event.bytes.length, 0)];
}

function sentSizes(request: Exchange["request"]): number[] {
  return request.protocol === "grpc" ? request.messages.map((message) => message.length) : [request.body?.length ?? 0];
}
