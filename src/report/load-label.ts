import { formatNanoseconds } from "../base/duration.ts";
import type { Estimate, LoadPoint } from "../result/index.ts";

/** The settings of a load point, in words. */
function settingsOf({
  model,
  protocol,
  encoding,
  batch,
  mix,
  concurrency,
  requestRate,
  engine,
  stage,
}: LoadPoint): readonly string[] {
  const load =
    concurrency === undefined ? `${Number((requestRate ?? 0).toPrecision(6))}/s intended` : `${concurrency} in flight`;
  return [stage ?? "", load, mix ? "" : `batch ${batch}`, encoding, protocol, model, engine];
}

/** What distinguishes a point from the others of its run; all its settings when nothing does. */
export function pointLabel(point: LoadPoint, points: readonly LoadPoint[]): string {
  const all = points.map(settingsOf);
  const own = settingsOf(point);
  const varying = own.filter((setting, index) => all.some((other) => other[index] !== setting));
  return (varying.length > 0 ? varying : own).filter((setting) => setting !== "").join(" · ");
}

/** What distinguishes a point from the others of its run, its load where it is alone: what else it is stands above. */
export function shortLabel(point: LoadPoint, points: readonly LoadPoint[]): string {
  return points.length > 1 ? pointLabel(point, points) : loadText(point);
}

/** A load in words. */
export function loadText({ concurrency, requestRate }: LoadPoint): string {
  return concurrency === undefined
    ? `${Number((requestRate ?? 0).toPrecision(6))} requests/s`
    : `${concurrency} in flight`;
}

/** What all points of a run have in common; empty when there is but one. */
export function commonLabel(points: readonly LoadPoint[]): string {
  const [first = [], ...rest] = points.map(settingsOf);
  if (rest.length === 0) return "";
  return first
    .filter((setting, index) => setting !== "" && rest.every((other) => other[index] === setting))
    .join(" · ");
}

/** A rate with its 95 % confidence interval, e.g. `1234.5 ± 12.0`. */
export function rateText({ value, low, high }: Estimate): string {
  return low === undefined || high === undefined
    ? value.toFixed(1)
    : `${value.toFixed(1)} ± ${((high - low) / 2).toFixed(1)}`;
}

/** A percentile of a point's latency, or "—" when it was not measured. */
export function percentileText({ latency }: LoadPoint, percentile: number): string {
  const found = latency.percentiles.find((each) => each.percentile === percentile);
  return found === undefined || latency.count === 0 ? "—" : formatNanoseconds(found.ns);
}

/** Why a point is invalid: each code once. */
export function problemCodes({ validity }: LoadPoint): string {
  return [...new Set(validity.problems.map(({ code }) => code))].join(", ");
}

/** Why some of these points are invalid: each code once, the most frequent first. */
export function problemCodesOf(
  points: readonly LoadPoint[],
): readonly { code: string; points: number; evidence: string }[] {
  const found = new Map<string, { code: string; points: number; evidence: string }>();
  for (const { validity } of points)
    for (const code of new Set(validity.problems.map((problem) => problem.code))) {
      const evidence = validity.problems.find((problem) => problem.code === code)?.evidence ?? "";
      const known = found.get(code) ?? { code, points: 0, evidence };
      found.set(code, { ...known, points: known.points + 1 });
    }
  return [...found.values()].sort((a, b) => b.points - a.points || (a.code < b.code ? -1 : 1));
}

/** Requests that were due in a point: those that were sent, and those that could not be. */
export function dueRequests({ counts }: LoadPoint): number {
  return counts.sent + (counts.notSent ?? 0);
}

/** Whether any of the points sent at instants of its own, so that the rate it kept is of interest. */
export function anyOpenLoop(points: readonly LoadPoint[]): boolean {
  return points.some(({ requestRate }) => requestRate !== undefined);
}

/** Requests per second that were sent in an open loop. */
export function sentRateText({ requestRate, counts, durationMs }: LoadPoint): string {
  return requestRate === undefined || durationMs === 0 ? "—" : ((counts.sent * 1000) / durationMs).toFixed(1);
}

/** Requests of a point that did not come to a right answer. */
export function failedRequests({ counts }: LoadPoint): number {
  return (
    counts.httpError +
    counts.grpcError +
    counts.timeout +
    counts.refused +
    counts.reset +
    counts.malformed +
    counts.wrongAnswer +
    (counts.notSent ?? 0)
  );
}

/** The valid point that carried most inferences per second; undefined when none is valid. */
export function bestPoint(points: readonly LoadPoint[]): LoadPoint | undefined {
  const valid = points.filter(({ validity }) => validity.valid);
  return valid.reduce<LoadPoint | undefined>(
    (best, point) => (best === undefined || point.inferences.value > best.inferences.value ? point : best),
    undefined,
  );
}

/** What was loaded: binding, encoding, model and batch. */
export function loadName({ protocol, encoding, model, batch }: LoadPoint): string {
  return `${protocol} ${encoding}, model ${model}, batch ${batch}`;
}

/** A number with four digits, of larger ones all before the point. */
export function numberText(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(4)));
}
