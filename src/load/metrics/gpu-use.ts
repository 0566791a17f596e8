import { NS_PER_MS } from "../../base/clock.ts";
import type { PointGpuUse } from "../load-point.ts";
import type { Measured } from "../measured.ts";
import { byCollector, meanOf } from "../series-values.ts";
import type { Metric } from "./metric.ts";

/**
 * The GPUs that were busy at some reading, by the first collector that saw any: inferences per second for each, and energy for each
 * inference, which is mean power over mean rate; what they draw when idle is in it. Absent when no GPU was seen busy.
 */
export const gpuUse: Metric<PointGpuUse | undefined> = {
  id: "gpu-use",
  title: "Use of GPUs",
  unit: "1/s",
  from: (measured) => {
    for (const [source, series] of byCollector(measured.series ?? [])) {
      const busy = new Set(
        series
          .filter(({ role, points }) => role === "gpu-utilisation" && points.some(({ value }) => value > 0))
          .map(({ labels }) => labels?.["gpu"] ?? ""),
      );
      if (busy.size > 0) return useOf(source, busy, measured);
    }
    return undefined;
  },
};

function useOf(source: string, busy: ReadonlySet<string>, { series = [], recorded }: Measured): PointGpuUse {
  const lengthMs = recorded.lengthNs / NS_PER_MS;
  const watts = [...busy].map((gpu) => {
    const power = (byCollector(series).get(source) ?? []).find(
      ({ role, labels }) => role === "gpu-power" && labels?.["gpu"] === gpu,
    );
    return power && meanOf(power, lengthMs);
  });
  const perSecond = lengthMs > 0 ? (recorded.inferencesWithin * 1000) / lengthMs : 0;
  const meanWatts = watts.reduce(
    (sum: number | undefined, each) => (sum === undefined || each === undefined ? undefined : sum + each),
    0,
  );
  return {
    source,
    busy: busy.size,
    inferencesPerGpuSecond: perSecond / busy.size,
    ...(meanWatts !== undefined && { meanWatts }),
    ...(meanWatts !== undefined && perSecond > 0 && { joulesPerInference: meanWatts / perSecond }),
  };
}
