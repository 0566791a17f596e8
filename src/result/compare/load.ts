import { type Bounded, differenceOf, logarithmOf } from "../../statistics/index.ts";
import type { Load, LoadPoint } from "../document.gen.ts";
import { detectableChange, growthNeeded, type LoadVerdict, verdictOf } from "./effect.ts";
import { type MatchedPoint, matchPoints, type PointSettings } from "./match-points.ts";
import {
  COMPARED_PERCENTILES,
  errorShare,
  estimatesOf,
  FEWEST_STRETCHES,
  type PointEstimate,
} from "./point-estimates.ts";

/** All verdicts of a comparison together blame or praise an equal pair with at most this probability. */
const FALSE_ALARMS = 0.01;
/** The least change of a share of errors that matters. */
const ERROR_MARGIN = 0.001;
/** What makes numbers tell of the sender, or of nothing, so that not even errors can be counted. */
const NOT_THE_SERVER: ReadonlySet<string> = new Set(["client-limited", "clock", "worker-lost", "interrupted"]);

export type ComparedMetric = `p${(typeof COMPARED_PERCENTILES)[number]}` | "throughput" | "error-rate";

/** One number of a point in both documents. */
export interface ComparedNumber {
  readonly metric: ComparedMetric;
  /** Nanoseconds, requests per second or a share; absent where it was not measured. */
  readonly before?: number;
  readonly after?: number;
  /** After divided by before; of the error rate after minus before, since it may be 0. The interval has the confidence of the comparison. */
  readonly change?: Bounded;
  /** The least change that would have been found nine times in ten: 0.05 is 5 %, of the error rate five points. */
  readonly detectable?: number;
  readonly verdict: LoadVerdict;
  /** Why it is inconclusive. */
  readonly reason?: string;
  /** How many more windows each document needs to settle it; absent where windows would not. */
  readonly windowsNeeded?: number;
}

/** A point that both documents have. */
export interface ComparedPoint {
  readonly settings: PointSettings;
  readonly before: LoadPoint;
  readonly after: LoadPoint;
  /** Length of a window, of the document that has the longer ones. */
  readonly windowMs: number;
  readonly numbers: readonly ComparedNumber[];
}

export interface LoadComparison {
  /** The least relative change that matters. */
  readonly minEffect: number;
  /** The confidence of each interval: with it, all verdicts together err in at most one comparison of equals in a hundred. */
  readonly confidence: number;
  readonly points: readonly ComparedPoint[];
  readonly onlyBefore: readonly PointSettings[];
  readonly onlyAfter: readonly PointSettings[];
}

/**
 * What changed in the numbers of the points that both documents have; undefined when they have none in common. `minEffect` is the least
 * relative change that matters. The chance to err is divided evenly among all numbers (C. E. Bonferroni).
 */
export function compareLoad(
  before: Load | undefined,
  after: Load | undefined,
  minEffect: number,
): LoadComparison | undefined {
  const { matched, onlyBefore, onlyAfter } = matchPoints(before, after);
  if (matched.length === 0) return undefined;
  const tail = FALSE_ALARMS / 2 / (matched.length * (COMPARED_PERCENTILES.length + 2));
  return {
    minEffect,
    confidence: 1 - 2 * tail,
    points: matched.map((point) => comparePoint(point, { tail, margin: Math.log1p(minEffect) })),
    onlyBefore,
    onlyAfter,
  };
}

interface Rule {
  readonly tail: number;
  /** On the scale of logarithms. */
  readonly margin: number;
}

function comparePoint({ settings, before, after }: MatchedPoint, rule: Rule): ComparedPoint {
  const windowMs = Math.max(...[before, after].map((point) => windowsOf(point)[0]?.durationMs ?? 0));
  const why = whyNot(before, after);
  const numbers = why === undefined ? timings(before, after, rule) : unjudged(before, after, why);
  return { settings, before, after, windowMs, numbers: [...numbers, errorRate(before, after, rule.tail)] };
}

/** The stretches that are counted in what is still needed. */
function windowsOf({ intervals = [], windows }: LoadPoint): readonly { readonly durationMs: number }[] {
  return intervals.length > 0 ? intervals : windows;
}

/** Why the times of a pair cannot be compared; undefined when they can. */
function whyNot(before: LoadPoint, after: LoadPoint): string | undefined {
  const sides = { first: before, second: after };
  const of = (problem: (point: LoadPoint) => string | undefined) =>
    Object.entries(sides).flatMap(([name, point]) => {
      const found = problem(point);
      return found === undefined ? [] : [`the ${name} ${found}`];
    });
  const found = [
    ...of(({ validity: { valid, problems } }) =>
      valid ? undefined : `measurement is invalid: ${problems.map(({ evidence }) => evidence).join("; ")}`,
    ),
    ...of(({ intervals = [] }) => tooFew(intervals.length)),
    ...of(({ latency: { histogram } }) => (histogram === undefined ? "has no right answers" : undefined)),
  ];
  return found.length === 0 ? undefined : found.join("; ");
}

function tooFew(windows: number): string | undefined {
  if (windows >= FEWEST_STRETCHES) return undefined;
  return windows === 0
    ? "has no windows with latencies: measure it again with this version"
    : `needs ${FEWEST_STRETCHES - windows} more windows: it has ${windows}`;
}

function unjudged(before: LoadPoint, after: LoadPoint, reason: string): readonly ComparedNumber[] {
  const at = (point: LoadPoint, wanted: number) =>
    point.latency.percentiles.find(({ percentile }) => percentile === wanted)?.ns;
  const rows = [
    ...COMPARED_PERCENTILES.map((each) => [`p${each}`, at(before, each), at(after, each)] as const),
    ["throughput", before.throughput.value, after.throughput.value] as const,
  ];
  return rows.map(([metric, was, is]) => ({
    metric: metric as ComparedMetric,
    ...(was !== undefined && { before: was }),
    ...(is !== undefined && { after: is }),
    verdict: "inconclusive",
    reason,
  }));
}

function timings(before: LoadPoint, after: LoadPoint, rule: Rule): readonly ComparedNumber[] {
  const [first, second] = [estimatesOf(before, rule.tail), estimatesOf(after, rule.tail)];
  if (!first || !second) return unjudged(before, after, "the windows hold no latencies");
  const windows = Math.max(windowsOf(before).length, windowsOf(after).length);
  const ratio = (metric: ComparedMetric, was: PointEstimate, is: PointEstimate) =>
    relativeChange(metric, was, is, { ...rule, windows });
  return [
    ...COMPARED_PERCENTILES.map((percentile, index) =>
      ratio(`p${percentile}`, first.percentiles[index] as PointEstimate, second.percentiles[index] as PointEstimate),
    ),
    ratio("throughput", first.throughput, second.throughput),
  ];
}

function relativeChange(
  metric: ComparedMetric,
  was: PointEstimate,
  is: PointEstimate,
  { tail, margin, windows }: Rule & { readonly windows: number },
): ComparedNumber {
  const [before, after] = [was.value, is.value];
  if (!(before > 0 && after > 0))
    return { metric, before, after, verdict: "inconclusive", reason: "there is nothing to divide by" };
  const logarithm = differenceOf(logarithmOf(was), logarithmOf(is));
  const worse = metric === "throughput" ? negated(logarithm) : logarithm;
  const verdict = verdictOf(worse, margin);
  const detectable = detectableChange(worse, { margin, tail });
  const growth = Math.max(was.growth ?? 1, is.growth ?? 1, growthNeeded(worse, margin) ?? 1);
  return {
    metric,
    before,
    after,
    change: exponential(logarithm),
    ...(detectable !== undefined && { detectable: Math.expm1(detectable) }),
    verdict,
    ...(verdict === "inconclusive" && tooLittle(growth, windows)),
  };
}

/** Counting needs no steady state: a server that began to fail is found also where its failures make the times invalid. */
function errorRate(first: LoadPoint, second: LoadPoint, tail: number): ComparedNumber {
  const metric = "error-rate";
  const [was, is] = [errorShare(first, tail), errorShare(second, tail)];
  if (!was || !is) return { metric, verdict: "inconclusive", reason: "no request was due" };
  const [before, after] = [was.value, is.value];
  const foreign = [first, second].flatMap(({ validity }) =>
    validity.problems.filter(({ code }) => NOT_THE_SERVER.has(code)),
  );
  if (foreign.length > 0) {
    const reason = `the measurement is invalid: ${foreign.map(({ evidence }) => evidence).join("; ")}`;
    return { metric, before, after, verdict: "inconclusive", reason };
  }
  const change = differenceOf(was, is);
  const detectable = detectableChange(change, { margin: ERROR_MARGIN, tail });
  // What failed in neither has not changed, however little was sent; what could have been missed is told.
  const verdict = before === 0 && after === 0 ? "pass" : verdictOf(change, ERROR_MARGIN);
  return {
    metric,
    before,
    after,
    change,
    ...(detectable !== undefined && { detectable }),
    verdict,
    ...(verdict === "inconclusive" &&
      tooLittle(growthNeeded(change, ERROR_MARGIN) ?? 2, Math.max(windowsOf(first).length, windowsOf(second).length))),
  };
}

function tooLittle(growth: number, windows: number): Pick<ComparedNumber, "reason" | "windowsNeeded"> {
  const windowsNeeded = Math.max(1, Math.ceil(windows * (growth - 1)));
  return { reason: "the data do not tell", windowsNeeded };
}

function negated({ value, low, high }: Bounded): Bounded {
  return { value: -value, ...(high !== undefined && { low: -high }), ...(low !== undefined && { high: -low }) };
}

function exponential({ value, low, high }: Bounded): Bounded {
  return {
    value: Math.exp(value),
    ...(low !== undefined && { low: Math.exp(low) }),
    ...(high !== undefined && { high: Math.exp(high) }),
  };
}
