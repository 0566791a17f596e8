import { formatNanoseconds } from "../base/duration.ts";
import type { LoadPoint, ServerSide } from "../result/index.ts";

/** What was seen of the server beside its answers, a sentence each. An invalid measurement says no rate. */
export function telemetryTexts({
  server,
  gpu,
  serverSide = [],
  telemetry,
  validity,
  counts,
}: LoadPoint): readonly string[] {
  const perCore = validity.valid ? server?.inferencesPerCoreSecond : undefined;
  const cost = [
    ...(perCore === undefined ? [] : [`${number(perCore)} inferences per second and server core`]),
    ...(gpu && validity.valid
      ? [`${number(gpu.inferencesPerGpuSecond)} inferences per second and GPU (${gpu.busy} busy, ${gpu.source})`]
      : []),
    ...(gpu?.joulesPerInference === undefined
      ? []
      : [`${number(gpu.joulesPerInference)} J per inference (${gpu.source}, idle power not taken off)`]),
  ];
  const missed = (telemetry?.missed ?? []).map(
    ({ collector, count, firstMs, lastMs, reason }) =>
      `${collector} missed ${count} ${count === 1 ? "reading" : "readings"} from ${seconds(firstMs)} to ${seconds(lastMs)}: ${reason}`,
  );
  return [...cost, ...serverSide.flatMap((side) => serverSideTexts(side, counts.sent)), ...missed];
}

/** What collectors saw nothing, and why. */
export function unavailableTexts(points: readonly LoadPoint[]): readonly string[] {
  const texts = points
    .flatMap(({ telemetry }) => telemetry?.unavailable ?? [])
    .map(({ collector, reason }) => `${collector}: ${reason}`);
  return [...new Set(texts)];
}

function serverSideTexts(
  { source, requests, meanNs, overheadNs, effectiveBatch, stages }: ServerSide,
  sent: number,
): readonly string[] {
  const split = stages.map((stage) => `${stage.stage} ${formatNanoseconds(stage.meanNs)}`).join(", ");
  const beyond = overheadNs === undefined ? "" : `, ${signed(overheadNs)} at the client`;
  return [
    ...(requests === undefined
      ? []
      : [
          requests === sent
            ? `${source}: counted all ${sent} requests that were sent`
            : `${source}: counted ${requests} requests, ${sent} were sent`,
        ]),
    ...(meanNs === undefined
      ? []
      : [`${source}: ${formatNanoseconds(meanNs)} mean at the server${split === "" ? "" : ` (${split})`}${beyond}`]),
    ...(effectiveBatch === undefined ? [] : [`${source}: ${number(effectiveBatch)} inferences per executed batch`]),
  ];
}

function signed(ns: number): string {
  return ns < 0 ? `${formatNanoseconds(-ns)} less` : `${formatNanoseconds(ns)} more`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}
