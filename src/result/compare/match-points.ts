import type { Load, LoadPoint, LoadRun } from "../document.gen.ts";

/** What was measured with the same settings in both documents. */
export interface MatchedPoint {
  readonly settings: PointSettings;
  readonly before: LoadPoint;
  readonly after: LoadPoint;
}

/** What makes two points comparable. */
export interface PointSettings
  extends Pick<
    LoadPoint,
    "protocol" | "encoding" | "model" | "batch" | "engine" | "concurrency" | "requestRate" | "stage"
  > {
  /** How an open loop came to its instants; absent in a closed loop. */
  readonly arrivals?: string;
}

export interface MatchedPoints {
  readonly matched: readonly MatchedPoint[];
  readonly onlyBefore: readonly PointSettings[];
  readonly onlyAfter: readonly PointSettings[];
}

interface Keyed {
  readonly settings: PointSettings;
  readonly point: LoadPoint;
}

/** Matches points by their settings, in the order of the first document. Of several with the same settings the last valid one counts: it was measured for longer, or once more. */
export function matchPoints(before: Load | undefined, after: Load | undefined): MatchedPoints {
  const [first, second] = [keyedPoints(before), keyedPoints(after)];
  const without = (own: ReadonlyMap<string, Keyed>, other: ReadonlyMap<string, Keyed>) =>
    [...own].filter(([key]) => !other.has(key)).map(([, { settings }]) => settings);
  return {
    matched: [...first].flatMap(([key, { settings, point }]) => {
      const found = second.get(key);
      return found ? [{ settings, before: point, after: found.point }] : [];
    }),
    onlyBefore: without(first, second),
    onlyAfter: without(second, first),
  };
}

function keyedPoints(load: Load | undefined): ReadonlyMap<string, Keyed> {
  const found = new Map<string, Keyed>();
  for (const run of load?.runs ?? [])
    for (const point of run.points) {
      const settings = settingsOf(point, run);
      const key = JSON.stringify(Object.values(settings));
      if (point.validity.valid || !found.get(key)?.point.validity.valid) found.set(key, { settings, point });
    }
  return found;
}

function settingsOf(point: LoadPoint, { plan }: LoadRun): PointSettings {
  const { protocol, encoding, model, batch, engine, concurrency, requestRate, stage } = point;
  const { arrivals } = plan as { arrivals?: unknown };
  return {
    protocol,
    encoding,
    model,
    batch,
    engine,
    ...(stage !== undefined && { stage }),
    ...(concurrency !== undefined && { concurrency }),
    // Of a rate that changes, or of a trace, the mean is a sum of fractions.
    ...(requestRate !== undefined && { requestRate: Number(requestRate.toPrecision(6)) }),
    ...(requestRate !== undefined && typeof arrivals === "string" && { arrivals }),
  };
}
