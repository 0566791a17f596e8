import type { LoadPoint } from "../result/index.ts";
import { kneeOf } from "../statistics/index.ts";
import { pointLabel } from "./load-label.ts";

/** Valid points that differ in their load alone, in ascending order of it. */
export interface SweepLine {
  /** What tells its points from those of the other lines; empty where there is but one. */
  readonly name: string;
  readonly points: readonly LoadPoint[];
  /** Beyond it latency grows faster than throughput; undefined where the line does not show it. */
  readonly knee?: LoadPoint;
}

/** Requests in flight of a closed loop, intended requests per second of an open one. */
export function loadOf({ concurrency, requestRate }: LoadPoint): number {
  return concurrency ?? requestRate ?? 0;
}

/** The lines of a sweep: those with at least two valid points. What is not valid says nothing about capacity. */
export function sweepLines(points: readonly LoadPoint[]): readonly SweepLine[] {
  const lines = new Map<string, LoadPoint[]>();
  for (const point of points.filter(({ validity }) => validity.valid)) {
    const { model, protocol, encoding, batch, engine, concurrency } = point;
    const key = JSON.stringify([model, protocol, encoding, batch, engine, concurrency === undefined]);
    lines.set(key, [...(lines.get(key) ?? []), point]);
  }
  const full = [...lines.values()].filter((line) => new Set(line.map(loadOf)).size > 1);
  const settings = full.map(([first]) => withoutLoad(first as LoadPoint));
  return full.map((line, index) => {
    const sorted = line.toSorted((a, b) => loadOf(a) - loadOf(b));
    const knee = kneeOf(
      sorted.map(({ inferences, latency }) => ({ throughput: inferences.value, latencyNs: latency.meanNs })),
    );
    const name = full.length === 1 ? "" : pointLabel(settings[index] as LoadPoint, settings);
    return { name, points: sorted, ...(knee !== undefined && { knee: sorted[knee] as LoadPoint }) };
  });
}

// So that a label does not speak of the load.
function withoutLoad(point: LoadPoint): LoadPoint {
  const { stage: _stage, ...rest } = point;
  return { ...rest, concurrency: 0 };
}

/** The 99th percentile of a point's latency in nanoseconds; undefined when it was not measured. */
export function p99Of({ latency }: LoadPoint): number | undefined {
  return latency.percentiles.find(({ percentile }) => percentile === 99)?.ns;
}

/** The valid points that no other one beats in both inferences per second and p99 latency, by ascending throughput. */
export function paretoFront(points: readonly LoadPoint[]): readonly LoadPoint[] {
  const measured = points.flatMap((point) => {
    const p99 = p99Of(point);
    return point.validity.valid && p99 !== undefined ? [{ point, p99, rate: point.inferences.value }] : [];
  });
  const beats = (a: (typeof measured)[number], b: (typeof measured)[number]) =>
    a.rate >= b.rate && a.p99 <= b.p99 && (a.rate > b.rate || a.p99 < b.p99);
  return measured
    .filter((each) => !measured.some((other) => beats(other, each)))
    .sort((a, b) => a.rate - b.rate)
    .map(({ point }) => point);
}
