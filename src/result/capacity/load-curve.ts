import type { Load, LoadPoint, LoadRun, Search } from "../document.gen.ts";

/** What a replica was seen to do at one load. */
export interface CurvePoint {
  /** Requests in flight of a closed loop, intended requests per second of an open one. */
  readonly load: number;
  readonly point: LoadPoint;
}

/** The valid points that differ in their load alone. */
export interface LoadCurve extends Pick<LoadPoint, "protocol" | "encoding" | "model" | "batch" | "engine"> {
  readonly over: "rate" | "concurrency";
  /** How the instants of an open loop came about, e.g. `poisson`; absent in a closed one. */
  readonly arrivals?: string;
  /** Ascending in load; of several at the same load the last one. */
  readonly points: readonly CurvePoint[];
  /** Loads that were measured without a valid point, with the reason. */
  readonly invalid: readonly { readonly load: number; readonly reason: string }[];
  /** The searches that its points come from. */
  readonly searches: readonly Search[];
}

/** The curves of a document: points of any mode, except stages, whose loads follow each other without a pause. */
export function loadCurves(load: Load | undefined): readonly LoadCurve[] {
  const curves = new Map<
    string,
    { readonly run: LoadRun; readonly points: LoadPoint[]; readonly searches: Search[] }
  >();
  for (const run of load?.runs ?? []) {
    if (run.plan.mode === "stages") continue;
    const seen = new Set<string>();
    for (const point of run.points) {
      const key = JSON.stringify(keyOf(point, run));
      const curve = curves.get(key) ?? { run, points: [], searches: [] };
      curve.points.push(point);
      if (run.search && !seen.has(key)) curve.searches.push(run.search);
      seen.add(key);
      curves.set(key, curve);
    }
  }
  return [...curves.values()].map(({ run, points, searches }) => curveOf(run, points, searches));
}

function keyOf(point: LoadPoint, { plan }: LoadRun): readonly unknown[] {
  const { protocol, encoding, model, batch, engine, concurrency } = point;
  const open = concurrency === undefined;
  return [protocol, encoding, model, batch, engine, open ? (plan as { arrivals?: unknown }).arrivals : "closed"];
}

function curveOf(run: LoadRun, all: readonly LoadPoint[], searches: readonly Search[]): LoadCurve {
  const [{ protocol, encoding, model, batch, engine, concurrency }] = all as [LoadPoint];
  const { arrivals } = run.plan as { arrivals?: unknown };
  const valid = new Map<number, LoadPoint>();
  const reasons = new Map<number, string>();
  for (const point of all) {
    const load = point.concurrency ?? point.requestRate ?? 0;
    if (point.validity.valid && point.latency.histogram !== undefined) valid.set(load, point);
    else reasons.set(load, point.validity.problems[0]?.evidence ?? "no right answer");
  }
  return {
    protocol,
    encoding,
    model,
    batch,
    engine,
    over: concurrency === undefined ? "rate" : "concurrency",
    ...(concurrency === undefined && typeof arrivals === "string" && { arrivals }),
    points: [...valid].map(([load, point]) => ({ load, point })).toSorted((a, b) => a.load - b.load),
    invalid: [...reasons].filter(([load]) => !valid.has(load)).map(([load, reason]) => ({ load, reason })),
    searches,
  };
}
