import type { Latency, LoadPoint, ResultDocument } from "../result/index.ts";

/** One measured point with its place in the document. */
export interface LoadRow {
  /** Both counted from 1. */
  readonly run: number;
  readonly point: number;
  readonly measured: LoadPoint;
}

/** All measured points of a document, in order. */
export function loadRows({ load }: ResultDocument): readonly LoadRow[] {
  return (load?.runs ?? []).flatMap(({ points }, run) =>
    points.map((measured, index) => ({ run: run + 1, point: index + 1, measured })),
  );
}

/** A percentile of a distribution in nanoseconds; undefined where there is none. */
export function percentileNs(distribution: Latency | undefined, percentile: number): number | undefined {
  if (!distribution || distribution.count === 0) return undefined;
  return distribution.percentiles.find((each) => each.percentile === percentile)?.ns;
}

/** What a request without a right answer can come to, by its name in the document. */
export const FAILURES = [
  "httpError",
  "grpcError",
  "timeout",
  "refused",
  "reset",
  "malformed",
  "wrongAnswer",
  "notSent",
] as const;

/** What any request can come to. */
export const OUTCOMES = ["ok", ...FAILURES] as const;
