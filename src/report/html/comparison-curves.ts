import { InfermarkError } from "../../base/errors.ts";
import type { LoadPoint } from "../../result/index.ts";
import { decodeHistogram, estimatePercentiles, type Histogram } from "../../statistics/index.ts";
import { type LatencyCurve, latencyCurves } from "./charts/latency-curve.ts";
import type { Html } from "./html.ts";

/** The same point in one of several documents. */
export interface NamedPoint {
  readonly name: string;
  readonly point: LoadPoint;
}

/** A line ends at the last of 90, 99, 99.9, … above which ten samples lie. */
const LEAST_ABOVE = 10;
const STEPS = 60;

/** The latencies of the same point in several documents, one over the other. */
export function overlaidCurves(label: string, points: readonly NamedPoint[]): Html {
  return latencyCurves(label, points.map(curveOf));
}

function curveOf({ name, point: { latency, validity } }: NamedPoint): LatencyCurve {
  const { histogram, count } = latency;
  if (histogram === undefined || count === 0) return { name, percentiles: [] };
  const nines = Math.max(1, Math.floor(Math.log10(count / LEAST_ABOVE)));
  const grid = Array.from({ length: STEPS }, (_, step) => 100 - 100 / 10 ** ((nines * (step + 1)) / STEPS));
  const dashed = !validity.valid;
  const decoded = decodedOrNone(histogram);
  if (decoded === undefined) return { name, percentiles: latency.percentiles, dashed };
  try {
    return { name, percentiles: [...estimatePercentiles(decoded, grid)], dashed };
  } finally {
    decoded.destroy();
  }
}

/** Undefined for a histogram that was tampered with: the percentiles beside it still make a line. */
function decodedOrNone(histogram: string): Histogram | undefined {
  try {
    return decodeHistogram(histogram);
  } catch (thrown) {
    if (thrown instanceof InfermarkError) return undefined;
    throw thrown;
  }
}
