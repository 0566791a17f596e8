import { holds, type Threshold } from "../../base/threshold.ts";
import { kneeOf } from "../../statistics/index.ts";
import type { Load, LoadPoint } from "../document.gen.ts";
import { measuredValue } from "../thresholds.ts";
import { type CurvePoint, type LoadCurve, loadCurves } from "./load-curve.ts";
import { FEWEST_LOADS, type HeldOutError, modelledLimit, modelReplica, type ReplicaModel } from "./replica.ts";

/** How the requests of all replicas together come. */
export interface ExpectedArrivals {
  /** `constant` arrivals are dealt to replicas in turn, others at random. */
  readonly kind: "constant" | "poisson" | "bursty";
  /** The index of dispersion: 0 when evenly spaced, 1 when Poisson. */
  readonly dispersion: number;
}

export interface CapacityQuestion {
  /** Limits that must hold. */
  readonly objectives: readonly Threshold[];
  readonly arrivals: ExpectedArrivals;
  /** The share of what a replica carries that stays unused, 0 to below 1. */
  readonly headroom: number;
  /** Replicas beyond those that carry the load: 1 for N+1. */
  readonly spare: number;
  /** Requests per second of all replicas together. */
  readonly targetRate?: number;
  /** Of one replica, in any currency. */
  readonly pricePerHour?: number;
}

/** The load at which throughput ÷ mean latency is greatest. */
export interface Knee {
  readonly load: number;
  readonly throughput: number;
  readonly meanNs: number;
}

/** How much one replica carries. */
export interface ReplicaLimit {
  /** Requests per second with the arrivals that are expected. */
  readonly rate: number;
  /** The greatest rate that was seen to meet the objectives; absent where rates were not measured. */
  readonly met?: number;
  /** The least one that was seen to miss them; absent where none was. */
  readonly missed?: number;
  /** `measured`: between these, by the model. `converted`: the same, carried over to other arrivals by the model. `modelled`: by the model alone. `knee`: there are no objectives. */
  readonly basis: "measured" | "converted" | "modelled" | "knee";
}

export interface Fleet {
  readonly targetRate: number;
  /** So many carry the target with headroom. */
  readonly needed: number;
  /** With the spare ones. */
  readonly replicas: number;
  /** Requests per second of each, when all are there. */
  readonly ratePerReplica: number;
  /** What each carries of arrivals that are dealt to as many as are needed. */
  readonly limitPerReplica: number;
  /** `ratePerReplica` of what a replica carries. */
  readonly use: number;
  /** For a million inferences at the target rate. */
  readonly costPerMillion?: number;
  readonly energyPerMillion?: Energy;
}

/** What a million inferences take on busy GPUs. */
export interface Energy {
  readonly kilowattHours: number;
  /** The load it was measured at. */
  readonly atLoad: number;
}

export interface PlannedCurve {
  readonly curve: LoadCurve;
  readonly objectives: readonly Threshold[];
  readonly knee?: Knee;
  readonly model: ReplicaModel;
  readonly error?: HeldOutError;
  readonly limit: ReplicaLimit;
  readonly fleet?: Fleet;
}

/** What was measured does not tell. */
export interface RefusedCurve {
  readonly curve: LoadCurve;
  readonly refused: string;
}

const SECONDS_PER_HOUR = 3600;
const JOULES_PER_KWH = 3.6e6;
const MILLION = 1e6;

/** Answers the question from each curve of a document; an empty list where it has none. */
export function planCapacity(
  load: Load | undefined,
  question: CapacityQuestion,
): readonly (PlannedCurve | RefusedCurve)[] {
  return loadCurves(load).map((curve) => {
    const refused = whyNot(curve, question.objectives);
    return refused === undefined ? planned(curve, question) : { curve, refused };
  });
}

function whyNot({ points, invalid, over, arrivals }: LoadCurve, objectives: readonly Threshold[]): string | undefined {
  const problems = invalid.map(({ load, reason }) => `at ${load}: ${reason}`).slice(0, 3);
  const because = problems.length === 0 ? "" : ` (${problems.join("; ")})`;
  if (points.length === 0) return `no measurement is valid${because}`;
  if (points.length < FEWEST_LOADS)
    return `${points.length} valid ${points.length === 1 ? "load does" : "loads do"} not make a curve: at least ${FEWEST_LOADS} are needed${because}`;
  if (over === "rate" && arrivals !== "poisson" && arrivals !== "constant")
    return "how its arrivals are dispersed is not known: sweep rates with constant or poisson arrivals";
  const unknown = objectives.find(({ metric }) =>
    points.some(({ point }) => measuredValue(metric, point) === undefined),
  );
  if (unknown) return `${unknown.metric} was not measured at every load`;
  const [least] = points;
  if (least && over === "rate" && !meets(least.point, objectives))
    return `even the least load, ${least.load}/s, does not meet ${textOf(objectives)}`;
  return undefined;
}

function planned(curve: LoadCurve, question: CapacityQuestion): PlannedCurve | RefusedCurve {
  const { objectives } = question;
  const measured = curve.arrivals === "constant" ? 0 : 1;
  const model = modelReplica(curve, measured, objectives);
  const knee = kneeAt(curve.points);
  const rateWith = limitOf(curve, { model, objectives, measured, ...(knee && { knee }) });
  const limit = rateWith(question.arrivals.dispersion);
  if (!(limit.rate > 0))
    return {
      curve,
      refused:
        objectives.length === 0
          ? "without an objective the knee is the limit, and none was seen: give an objective, or measure higher loads"
          : `no rate is expected to meet ${textOf(objectives)}: it takes as long without any load`,
    };
  const fleet = fleetFor(curve, question, (dispersion) => rateWith(dispersion).rate);
  return {
    curve,
    objectives,
    ...(knee && { knee }),
    model,
    ...(model.error && { error: model.error }),
    limit,
    ...(fleet && { fleet }),
  };
}

function kneeAt(points: readonly CurvePoint[]): Knee | undefined {
  const index = kneeOf(
    points.map(({ point }) => ({ throughput: point.throughput.value, latencyNs: point.latency.meanNs })),
  );
  const found = index === undefined ? undefined : points[index];
  return found && { load: found.load, throughput: found.point.throughput.value, meanNs: found.point.latency.meanNs };
}

interface Known {
  readonly model: ReplicaModel;
  readonly objectives: readonly Threshold[];
  /** The dispersion of the arrivals that were measured. */
  readonly measured: number;
  readonly knee?: Knee;
}

function limitOf(curve: LoadCurve, { model, objectives, measured, knee }: Known): LimitWith {
  if (objectives.length === 0) return () => ({ rate: knee?.throughput ?? 0, basis: "knee" });
  return curve.over === "rate" ? openLimit(curve, model, objectives, measured) : closedLimit(model, objectives);
}

function textOf(objectives: readonly Threshold[]): string {
  return objectives.map(({ expression }) => expression).join(", ");
}

type LimitWith = (dispersion: number) => ReplicaLimit;

/** The model speaks only between the greatest load that did and the least that did not, and of what other arrivals change. */
function openLimit(
  { points, searches }: LoadCurve,
  model: ReplicaModel,
  objectives: readonly Threshold[],
  measured: number,
): LimitWith {
  const seen = [
    ...points.map(({ load, point }) => ({ load, met: meets(point, objectives) })),
    ...searches.flatMap(({ trials, objectives: searched }) =>
      searched.join(", ") === textOf(objectives)
        ? trials.filter(({ attainment }) => attainment === "missed").map(({ load }) => ({ load, met: false }))
        : [],
    ),
  ];
  const missed = Math.min(...seen.filter(({ met }) => !met).map(({ load }) => load));
  const met = Math.max(...seen.filter((each) => each.met && each.load < missed).map(({ load }) => load));
  const ends = { met, ...(Number.isFinite(missed) && { missed }) };
  const asMeasured = modelledLimit(model, measured, objectives);
  const rate = Number.isFinite(missed) ? Math.min(missed, Math.max(met, asMeasured)) : met;
  return (dispersion) =>
    dispersion === measured
      ? { rate, ...ends, basis: "measured" }
      : { rate: (rate * modelledLimit(model, dispersion, objectives)) / asMeasured, ...ends, basis: "converted" };
}

function closedLimit(model: ReplicaModel, objectives: readonly Threshold[]): LimitWith {
  return (dispersion) => ({ rate: modelledLimit(model, dispersion, objectives), basis: "modelled" });
}

function fleetFor(
  curve: LoadCurve,
  { targetRate, headroom, spare, arrivals, pricePerHour }: CapacityQuestion,
  rateWith: (dispersion: number) => number,
): Fleet | undefined {
  if (targetRate === undefined) return undefined;
  // Dealt at random to n, a stream of dispersion I leaves each with 1 + (I - 1)/n: thinning makes any stream more like Poisson's
  // (D. R. Cox, V. Isham, Point Processes, 1980, section 4.3).
  const share = (count: number) => (arrivals.kind === "constant" ? 0 : 1 + (arrivals.dispersion - 1) / count);
  const carried = (count: number) => count * rateWith(share(count)) * (1 - headroom);
  const enough = (count: number) => carried(count) >= targetRate * (1 - 1e-9);
  const most =
    targetRate / (rateWith(arrivals.kind === "constant" ? 0 : Math.max(1, arrivals.dispersion)) * (1 - headroom));
  const needed = leastCount(Math.ceil(most) + 1, enough);
  const replicas = needed + spare;
  const ratePerReplica = targetRate / replicas;
  const energy = energyAt(curve, ratePerReplica);
  return {
    targetRate,
    needed,
    replicas,
    ratePerReplica,
    limitPerReplica: rateWith(share(needed)),
    use: ratePerReplica / rateWith(share(replicas)),
    ...(pricePerHour !== undefined && {
      costPerMillion: (replicas * pricePerHour * MILLION) / (targetRate * Math.max(1, curve.batch) * SECONDS_PER_HOUR),
    }),
    ...(energy && { energyPerMillion: energy }),
  };
}

/** The least count, up to `most`, that is enough; one more always is too. */
function leastCount(most: number, enough: (count: number) => boolean): number {
  let [below, count] = [0, most];
  while (count - below > 1) {
    const middle = Math.floor((below + count) / 2);
    if (enough(middle)) count = middle;
    else below = middle;
  }
  return count;
}

/** Of the load whose throughput is nearest: an idle GPU draws power too, so that less load takes more energy for each inference. */
function energyAt({ points }: LoadCurve, rate: number): Energy | undefined {
  const known = points.flatMap(({ load, point }) =>
    point.gpu?.joulesPerInference === undefined
      ? []
      : [{ load, joules: point.gpu.joulesPerInference, rate: point.throughput.value }],
  );
  const [nearest] = known.toSorted((a, b) => Math.abs(a.rate - rate) - Math.abs(b.rate - rate));
  return nearest && { kilowattHours: (nearest.joules * MILLION) / JOULES_PER_KWH, atLoad: nearest.load };
}

function meets(point: LoadPoint, objectives: readonly Threshold[]): boolean {
  return objectives.every((objective) => {
    const value = measuredValue(objective.metric, point);
    return value !== undefined && holds(value, objective);
  });
}
