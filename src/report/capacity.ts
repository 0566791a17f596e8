import { formatNanoseconds } from "../base/duration.ts";
import type {
  CapacityQuestion,
  ExpectedArrivals,
  Fleet,
  LoadCurve,
  PlannedCurve,
  RefusedCurve,
  ReplicaLimit,
} from "../result/index.ts";
import { counted } from "./answers/answer.ts";
import { percentText } from "./number-texts.ts";
import { plainText } from "./plain-text.ts";

type Plans = readonly (PlannedCurve | RefusedCurve)[];

/** What the measurements say about capacity, for a terminal, with the model and how far it is off. */
export function renderCapacity(plans: Plans, question: CapacityQuestion): string {
  const blocks = plans.map((plan) => [
    curveText(plan.curve),
    ...("refused" in plan ? [`No plan: ${plan.refused}.`] : plannedLines(plan, question)).map((line) => `  ${line}`),
  ]);
  return `${blocks.map((lines) => lines.map(plainText).join("\n")).join("\n\n")}\n`;
}

/** The same as JSON, without the points themselves. */
export function capacityJson(plans: Plans, question: CapacityQuestion): string {
  const told = plans.map(({ curve, ...plan }) => {
    const { points, searches: _searches, ...settings } = curve;
    return { curve: { ...settings, loads: points.map(({ load }) => load) }, ...withoutTimes(plan) };
  });
  return `${JSON.stringify({ question, plans: told }, null, 2)}\n`;
}

function withoutTimes(plan: Omit<PlannedCurve, "curve"> | Omit<RefusedCurve, "curve">): object {
  if (!("model" in plan)) return plan;
  const { model, ...rest } = plan;
  const { capacity, servers } = model.queue;
  return { ...rest, model: { capacity, servers, ...(model.law && { law: model.law }) } };
}

function curveText({ protocol, encoding, model, batch, engine, over, points }: LoadCurve): string {
  const loop = over === "rate" ? "open loop" : "closed loop";
  return [protocol, encoding, model, `batch ${batch}`, engine, `${loop}, ${counted(points.length, "valid load")}`].join(
    " · ",
  );
}

function plannedLines(plan: PlannedCurve, question: CapacityQuestion): readonly string[] {
  const { curve, knee, limit, fleet, objectives } = plan;
  const loadText = (load: number) => (curve.over === "rate" ? `${rateText(load)} intended` : `${load} in flight`);
  const kneeText =
    knee === undefined
      ? "none seen: throughput ÷ latency is greatest at the last load"
      : `${loadText(knee.load)}: ${rateText(knee.throughput)} at a mean of ${formatNanoseconds(knee.meanNs)}`;
  const wanted = objectives.map(({ expression }) => expression).join(", ");
  const skipped = curve.invalid.map(({ load, reason }) => `not used: ${loadText(load)}: ${reason}`);
  return [
    `knee: ${kneeText}`,
    `one replica carries ${rateText(limit.rate)}${wanted === "" ? "" : ` with ${wanted}`}, ${arrivalsText(question.arrivals)}`,
    `  ${basisText(limit)}`,
    ...(fleet ? fleetLines(fleet, question) : []),
    ...modelLines(plan),
    ...skipped,
  ];
}

function basisText({ basis, met, missed }: ReplicaLimit): string {
  const from = met === undefined ? "" : `met at ${rateText(met)}, `;
  const to =
    missed === undefined ? "missed at no load that was measured: it may carry more" : `missed at ${rateText(missed)}`;
  switch (basis) {
    case "knee":
      return "the throughput at the knee: there is no objective";
    case "measured":
      return `measured: ${from}${to}`;
    case "converted":
      return `measured with other arrivals and converted by the model: ${from}${to}`;
    case "modelled":
      return "by the model alone: a closed loop does not show what arrivals of their own do; sweep --rate to measure it";
    default:
      return basis satisfies never;
  }
}

function fleetLines(fleet: Fleet, { headroom, spare }: CapacityQuestion): readonly string[] {
  const { targetRate, needed, replicas, ratePerReplica, use, costPerMillion, energyPerMillion } = fleet;
  return [
    `${counted(replicas, "replica")} for ${rateText(targetRate)}: ${needed} with ${percentText(headroom)} headroom, and ${spare} spare`,
    `  each gets ${rateText(ratePerReplica)}, ${percentText(use)} of what it carries; it carries ${rateText(fleet.limitPerReplica)} of arrivals dealt to ${needed}`,
    ...(costPerMillion === undefined ? [] : [`cost of a million inferences: ${Number(costPerMillion.toPrecision(4))}`]),
    ...(energyPerMillion === undefined
      ? []
      : [
          `energy of a million inferences: ${Number(energyPerMillion.kilowattHours.toPrecision(3))} kWh on busy GPUs, as measured at ${energyPerMillion.atLoad}`,
        ]),
  ];
}

function modelLines({ curve, model, error }: PlannedCurve): readonly string[] {
  const { capacity, servers } = model.queue;
  const { law } = model;
  const off =
    error === undefined
      ? "its error is not known"
      : `held out in turn, ${error.of} is off by ${percentText(error.median, 2)} in the median, ${percentText(error.worst, 2)} at worst (at ${Number(error.worstLoad.toPrecision(6))})`;
  const queue = `model: a queue before ${Number(servers.toPrecision(3))} servers that complete ${rateText(capacity)} together (G/G/m, Allen and Cunneen)`;
  if (curve.over === "rate") return [`${queue}; ${off}`];
  const scaling =
    law === undefined
      ? []
      : [
          `throughput: Universal Scalability Law, λ ${Number(law.lambda.toPrecision(4))}/s, σ ${Number(law.sigma.toPrecision(3))}, κ ${Number(law.kappa.toPrecision(3))}; ${off}`,
        ];
  return [queue, ...scaling];
}

function arrivalsText({ kind, dispersion }: ExpectedArrivals): string {
  if (kind !== "bursty") return `${kind} arrivals`;
  return `arrivals with an index of dispersion of ${Number(dispersion.toPrecision(3))}`;
}

function rateText(rate: number): string {
  return `${Number(rate.toPrecision(4))}/s`;
}
