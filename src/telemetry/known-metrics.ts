import type { Role, Unit } from "./collector.ts";

/** How a metric that exporters are known to expose is read. */
export interface KnownMetric {
  readonly title: string;
  readonly unit: Unit;
  /** What a value is multiplied by to be in the unit. */
  readonly scale?: number;
  readonly counter?: true;
  readonly role?: Role;
  readonly stage?: string;
  /** Values that differ in other labels are added up; all labels are kept unless given. */
  readonly keep?: readonly string[];
  /** The label that tells GPUs apart. */
  readonly gpu?: string;
  /** Only samples whose label has none of these values. */
  readonly except?: { readonly label: string; readonly values: readonly string[] };
}

const counted = (title: string, role?: Role, stage?: string): KnownMetric => ({
  title,
  unit: "count",
  counter: true,
  ...(role && { role }),
  ...(stage !== undefined && { stage }),
});

const timed = (title: string, scale: number, role?: Role, stage?: string): KnownMetric => ({
  ...counted(title, role, stage),
  unit: "ms",
  scale,
});

const SECONDS = 1000;
const MICROSECONDS = 0.001;

/** A histogram or summary in seconds. */
function stageOf(metric: string, stage: string): readonly [string, KnownMetric][] {
  return [
    [`${metric}_sum`, timed(`Time in ${stage}`, SECONDS, "stage-time", stage)],
    [`${metric}_count`, counted(`Requests through ${stage}`, "stage-count", stage)],
  ];
}

/** A histogram or summary of whole requests in seconds. */
function requestsIn(metric: string): readonly [string, KnownMetric][] {
  return [
    [`${metric}_sum`, timed("Time in requests", SECONDS, "request-time")],
    [`${metric}_count`, counted("Requests timed", "request-count")],
  ];
}

const KSERVE = ["preprocess", "predict", "explain", "postprocess"].flatMap((stage) =>
  stageOf(`request_${stage}_seconds`, stage),
);

const MLSERVER: readonly [string, KnownMetric][] = [
  ...requestsIn("model_infer_request_duration"),
  // The duration is of all requests, so that failures are among its count.
  ["model_infer_request_failure_total", counted("Failed requests")],
  ["model_infer_request_success_total", counted("Requests that succeeded")],
];

const TRITON: readonly [string, KnownMetric][] = [
  ["nv_inference_request_success", counted("Requests that succeeded", "request-count")],
  ["nv_inference_request_failure", { ...counted("Failed requests", "requests-failed"), keep: ["model", "version"] }],
  ["nv_inference_count", counted("Inferences", "inferences")],
  ["nv_inference_exec_count", counted("Executions of batches", "executions")],
  ["nv_inference_request_duration_us", timed("Time in requests", MICROSECONDS, "request-time")],
  ...["queue", "compute_input", "compute_infer", "compute_output"].map((stage): [string, KnownMetric] => [
    `nv_inference_${stage}_duration_us`,
    timed(`Time in ${stage.replace("_", " ")}`, MICROSECONDS, "stage-time", stage.replace("_", " ")),
  ]),
  ["nv_inference_pending_request_count", { title: "Requests waiting", unit: "count" }],
  ["nv_gpu_utilization", { title: "GPU utilisation", unit: "ratio", role: "gpu-utilisation", gpu: "gpu_uuid" }],
  ["nv_gpu_power_usage", { title: "GPU power", unit: "watts", role: "gpu-power", gpu: "gpu_uuid" }],
  ["nv_gpu_memory_used_bytes", { title: "GPU memory used", unit: "bytes", gpu: "gpu_uuid" }],
  ["nv_energy_consumption", { title: "GPU energy", unit: "joules", counter: true, gpu: "gpu_uuid" }],
  ["nv_cpu_memory_used_bytes", { title: "Memory used on the machine", unit: "bytes" }],
];

const TORCHSERVE: readonly [string, KnownMetric][] = [
  ["ts_inference_requests_total", counted("Requests", "request-count")],
  ["ts_inference_latency_microseconds", timed("Time in inference", MICROSECONDS, "stage-time", "inference")],
  ["ts_queue_latency_microseconds", timed("Time in queue", MICROSECONDS, "stage-time", "queue")],
];

const VLLM: readonly [string, KnownMetric][] = [
  ...requestsIn("vllm:e2e_request_latency_seconds"),
  ...stageOf("vllm:time_to_first_token_seconds", "first token"),
  ["vllm:num_requests_running", { title: "Requests running", unit: "count" }],
  ["vllm:num_requests_waiting", { title: "Requests waiting", unit: "count" }],
  ["vllm:kv_cache_usage_perc", { title: "Key-value cache used", unit: "ratio" }],
  ["vllm:generation_tokens_total", counted("Tokens generated")],
];

const gpu = (title: string, unit: Unit, scale?: number, role?: Role): KnownMetric => ({
  title,
  unit,
  gpu: "UUID",
  keep: ["UUID", "GPU_I_ID"],
  ...(scale !== undefined && { scale }),
  ...(role && { role }),
});

const DCGM: readonly [string, KnownMetric][] = [
  ["DCGM_FI_DEV_GPU_UTIL", gpu("GPU utilisation", "ratio", 0.01, "gpu-utilisation")],
  ["DCGM_FI_DEV_POWER_USAGE", gpu("GPU power", "watts", 1, "gpu-power")],
  ["DCGM_FI_DEV_FB_USED", gpu("GPU memory used", "bytes", 2 ** 20)],
  ["DCGM_FI_DEV_SM_CLOCK", gpu("Clock of the multiprocessors", "MHz")],
  ["DCGM_FI_DEV_MEM_CLOCK", gpu("Clock of the GPU memory", "MHz")],
  ["DCGM_FI_DEV_GPU_TEMP", gpu("GPU temperature", "celsius")],
  ["DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", { ...gpu("GPU energy", "joules", 0.001), counter: true }],
];

const MACHINE: readonly [string, KnownMetric][] = [
  [
    "node_cpu_seconds_total",
    {
      ...timed("Processor time of the whole machine", SECONDS),
      keep: [],
      except: { label: "mode", values: ["idle", "iowait", "steal"] },
    },
  ],
  ["node_memory_MemAvailable_bytes", { title: "Memory available on the machine", unit: "bytes" }],
  ["process_cpu_seconds_total", timed("Processor time of the exposing process", SECONDS)],
  ["process_resident_memory_bytes", { title: "Resident memory of the exposing process", unit: "bytes" }],
];

/** By the name of the sample as exposed. */
export const KNOWN_METRICS: ReadonlyMap<string, KnownMetric> = new Map([
  ...KSERVE,
  ...MLSERVER,
  ...TRITON,
  ...TORCHSERVE,
  ...VLLM,
  ...DCGM,
  ...MACHINE,
]);
