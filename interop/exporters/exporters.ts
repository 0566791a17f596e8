import { join } from "node:path";
import type { LoadPoint, ServerSide } from "../../src/result/index.ts";
import { mlserver } from "../mlserver/runtime.ts";
import { freePorts, startServer } from "../process.ts";
import type { Runtime } from "../runtime.ts";
import { triton } from "../triton/runtime.ts";
import { growthOf, sumOf } from "./by-hand.ts";

const MODEL = "identity_fp32";
/** Debian's package calls its program so. */
const NODE_EXPORTER = "prometheus-node-exporter";

/** A figure of the document, and what one who reads the expositions comes to. */
export interface Figure {
  readonly name: string;
  readonly told: number | undefined;
  readonly byHand: number;
}

export interface CheckedExporter {
  readonly id: string;
  /** What is started; it also serves the model, unless only its metrics are of interest. */
  readonly runtime: Runtime;
  readonly servesModel: boolean;
  /** Of the measured point, and of the expositions just before and just after its phase. */
  readonly figures: (point: LoadPoint, expositions: readonly [string, string]) => readonly Figure[];
}

const source = (point: LoadPoint): Partial<ServerSide> =>
  point.serverSide?.find((each) => each.source === "prometheus:exporter") ?? {};

const last = (point: LoadPoint, id: string) =>
  point.telemetry?.series.find((each) => each.id === `prometheus:exporter/${id}`)?.points.at(-1)?.value;

const IDLE = ['mode="idle"', 'mode="iowait"', 'mode="steal"'];

/** Serves metrics of the machine and no model. */
const nodeExporter: Runtime = {
  id: "node-exporter",
  version: "of the distribution",
  readyPath: "/metrics",
  prepare: () => {},
  async start(workspace, log) {
    const [rest] = (await freePorts(1)) as [number];
    const args = [`--web.listen-address=127.0.0.1:${rest}`];
    const process = await startServer(NODE_EXPORTER, args, { cwd: workspace, env: {}, log });
    return { process, ports: { rest, metrics: rest } };
  },
};

export const exporters: readonly CheckedExporter[] = [
  {
    id: nodeExporter.id,
    runtime: nodeExporter,
    servesModel: false,
    figures: (point, both) => [
      {
        name: "processor time of the machine, ms",
        told: last(point, "node_cpu_seconds_total"),
        byHand: 1000 * growthOf(both, "node_cpu_seconds_total", [], IDLE),
      },
      {
        name: "memory available at the end, bytes",
        told: last(point, "node_memory_MemAvailable_bytes"),
        byHand: sumOf(both[1], "node_memory_MemAvailable_bytes"),
      },
      {
        name: "processor time of the exporter, ms",
        told: last(point, "process_cpu_seconds_total"),
        byHand: 1000 * growthOf(both, "process_cpu_seconds_total"),
      },
      {
        name: "context switches",
        told: point.telemetry?.changes?.find(({ metric }) => metric === "node_context_switches_total")?.count,
        byHand: growthOf(both, "node_context_switches_total"),
      },
    ],
  },
  {
    id: mlserver.id,
    runtime: mlserver,
    servesModel: true,
    figures: (point, both) => {
      const model = [`model="${MODEL}"`];
      const count = growthOf(both, "model_infer_request_duration_count", model);
      const sum = growthOf(both, "model_infer_request_duration_sum", model);
      return [
        { name: "requests", told: source(point).requests, byHand: count },
        { name: "requests, against those sent", told: point.counts.sent, byHand: count },
        { name: "mean at the server, ns", told: source(point).meanNs, byHand: (1e9 * sum) / count },
        {
          name: "overhead at the client, ns",
          told: source(point).overheadNs,
          byHand: (point.service?.meanNs ?? Number.NaN) - (1e9 * sum) / count,
        },
      ];
    },
  },
  {
    id: triton.id,
    runtime: triton,
    servesModel: true,
    figures: (point, both) => {
      const model = [`model="${MODEL}"`];
      const grew = (metric: string) => growthOf(both, `nv_inference_${metric}`, model);
      const requests = grew("request_success");
      const stage = (name: string) => source(point).stages?.find((each) => each.stage === name)?.meanNs;
      return [
        { name: "requests", told: source(point).requests, byHand: requests + grew("request_failure") },
        { name: "requests, against those sent", told: point.counts.sent, byHand: requests },
        {
          name: "mean at the server, ns",
          told: source(point).meanNs,
          byHand: (1000 * grew("request_duration_us")) / requests,
        },
        { name: "queue, ns", told: stage("queue"), byHand: (1000 * grew("queue_duration_us")) / requests },
        {
          name: "compute infer, ns",
          told: stage("compute infer"),
          byHand: (1000 * grew("compute_infer_duration_us")) / requests,
        },
        { name: "effective batch", told: source(point).effectiveBatch, byHand: grew("count") / grew("exec_count") },
      ];
    },
  },
];

/** Whether a figure is the one by hand, but for the rounding of sums. */
export function isEqual({ told, byHand }: Figure): boolean {
  return told !== undefined && Math.abs(told - byHand) <= 1e-9 * Math.max(1, Math.abs(byHand));
}

/** Arguments of the load that the exporter watches. */
export function loadArguments(rest: string, metricsUrl: string, out: string): readonly string[] {
  const load = ["--protocol", "v2-rest", "--concurrency", "4", "--duration", "5s", "--warmup", "1s"];
  return [
    "load",
    "--rest",
    rest,
    "--model",
    MODEL,
    ...load,
    "--metrics-url",
    `exporter=${metricsUrl}`,
    "--out",
    join(out),
  ];
}
