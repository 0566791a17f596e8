import { formatNanoseconds } from "../base/duration.ts";
import type { LoadPlan, LoadPoint } from "../load/index.ts";

/** A plan in a line, for progress. */
export function planText(plan: LoadPlan): string {
  const { protocol, encoding, model, batch, mix, engine } = plan;
  const models = mix ? `models ${model}` : `model ${model}, batch ${[batch].flat().join(", ")}`;
  return `${protocol} ${encoding}, ${models}, ${loadText(plan)}, ${engine}`;
}

function loadText(plan: LoadPlan): string {
  const { mode } = plan;
  const seconds = "durationMs" in plan ? `${plan.durationMs / 1000} s` : "";
  switch (mode) {
    case "concurrency":
      return `${plan.concurrency} in flight for ${seconds}`;
    case "request-rate":
      return plan.arrivals === "trace"
        ? `${plan.offsetsMs.length} requests of a trace for ${seconds}`
        : `${plan.rate}/s (${plan.arrivals}) for ${seconds}`;
    case "sweep":
      return `${plan.rate ? `${plan.rate.join(", ")}/s` : `${plan.concurrency?.join(", ")} in flight`} for ${seconds} each`;
    case "search":
      return `search for the highest ${plan.over} with ${plan.objectives.join(", ")}, ${seconds} each`;
    case "stages":
      return `stages ${plan.stages.map(({ name }) => name).join(", ")}`;
    case "single-stream":
    case "multi-stream":
      return `${mode} for ${seconds}`;
    case "server":
      return `${mode} at ${plan.rate}/s for ${seconds}`;
    case "offline":
      return `${mode} with ${plan.concurrency} in flight for ${seconds}`;
  }
}

/** A measured point of many in a line, for progress. */
export function pointText({ batch, concurrency, requestRate = 0, throughput, latency, validity }: LoadPoint): string {
  const load = concurrency === undefined ? `${Number(requestRate.toPrecision(6))}/s` : `${concurrency} in flight`;
  const p99 = latency.percentiles.find(({ percentile }) => percentile === 99);
  const time = p99 === undefined ? "" : `, p99 ${formatNanoseconds(p99.ns)}`;
  const rate = validity.valid
    ? `${throughput.value.toFixed(1)} answers/s`
    : `invalid: ${[...new Set(validity.problems.map(({ code }) => code))].join(", ")}`;
  return `batch ${batch}, ${load}: ${rate}${time}`;
}
