import type { LoadPoint, ResultDocument } from "../result/index.ts";
import { type LoadRow, loadRows, OUTCOMES, percentileNs } from "./load-rows.ts";
import { plainText } from "./plain-text.ts";

type Cell = string | number | boolean | undefined;
type Column = readonly [name: string, of: (row: LoadRow) => Cell];

const PERCENTILES = [50, 90, 95, 99, 99.9] as const;

/** A rate that an invalid measurement does not tell. */
const whenValid = (of: (point: LoadPoint) => Cell) => (row: LoadRow) =>
  row.measured.validity.valid ? of(row.measured) : undefined;

const times = (kind: "latency" | "service" | "lateness"): readonly Column[] => [
  ...PERCENTILES.map(
    (percentile): Column => [
      `${kind}_p${String(percentile).replace(".", "_")}_ns`,
      ({ measured }) => percentileNs(measured[kind], percentile),
    ],
  ),
  [`${kind}_mean_ns`, ({ measured }) => (measured[kind]?.count ? measured[kind].meanNs : undefined)],
  [`${kind}_max_ns`, ({ measured }) => (measured[kind]?.count ? measured[kind].maxNs : undefined)],
];

const SETTINGS: readonly Column[] = [
  ["run", ({ run }) => run],
  ["point", ({ point }) => point],
  ...(
    ["model", "protocol", "encoding", "batch", "engine", "stage", "concurrency"] as const satisfies (keyof LoadPoint)[]
  ).map((key): Column => [key, ({ measured }) => measured[key]]),
  ["intended_rate", ({ measured }) => measured.requestRate],
  ["duration_ms", ({ measured }) => measured.durationMs],
  ["warmup_ms", ({ measured }) => measured.warmupMs],
];

const POINT_COLUMNS: readonly Column[] = [
  ...SETTINGS,
  ["valid", ({ measured }) => measured.validity.valid],
  ["problems", ({ measured }) => [...new Set(measured.validity.problems.map(({ code }) => code))].join(" ")],
  ["sent", ({ measured }) => measured.counts.sent],
  ...OUTCOMES.map((kind): Column => [snake(kind), ({ measured }) => measured.counts[kind]]),
  ["answers_per_s", whenValid(({ throughput }) => throughput.value)],
  ["answers_per_s_low", whenValid(({ throughput }) => throughput.low)],
  ["answers_per_s_high", whenValid(({ throughput }) => throughput.high)],
  ["inferences_per_s", whenValid(({ inferences }) => inferences.value)],
  ["inferences_per_s_low", whenValid(({ inferences }) => inferences.low)],
  ["inferences_per_s_high", whenValid(({ inferences }) => inferences.high)],
  ...times("latency"),
  ...times("service"),
  ...times("lateness"),
  ["client_cpu_ms", ({ measured }) => measured.client?.cpuMs],
  ["client_cpu_per_request_ns", ({ measured }) => measured.client?.cpuPerRequestNs],
  ["client_event_loop_busy", ({ measured }) => measured.client?.eventLoopUtilisation],
  ["server_cpu_ms", ({ measured }) => measured.server?.cpuMs],
  ["server_cpu_per_inference_ns", ({ measured }) => measured.server?.cpuPerInferenceNs],
  ["server_memory_bytes", ({ measured }) => measured.server?.rssBytes],
  ["inferences_per_core_s", whenValid(({ server }) => server?.inferencesPerCoreSecond)],
  ["gpus_busy", ({ measured }) => measured.gpu?.busy],
  ["inferences_per_gpu_s", whenValid(({ gpu }) => gpu?.inferencesPerGpuSecond)],
  ["joules_per_inference", ({ measured }) => measured.gpu?.joulesPerInference],
];

/** A line for each measured point, after one with the names of the columns (RFC 4180). What is not known, or not told by an invalid measurement, is empty. */
export function renderCsv(document: ResultDocument): string {
  const rows = loadRows(document).map((row) => POINT_COLUMNS.map(([, of]) => of(row)));
  return lines([POINT_COLUMNS.map(([name]) => name), ...rows]);
}

const WINDOW_NAMES = ["start_ms", "duration_ms", "due", "ok", "inferences", "failed", "p50_ns", "p99_ns"] as const;

/** A line for each window of each measured point, in the order of time. */
export function renderWindowsCsv(document: ResultDocument): string {
  const rows = loadRows(document).flatMap(({ run, point, measured }) =>
    measured.windows.map(({ startMs, durationMs, due, ok, inferences, failed, p50Ns, p99Ns }): Cell[] => [
      run,
      point,
      startMs,
      durationMs,
      due,
      ok,
      inferences,
      failed,
      p50Ns,
      p99Ns,
    ]),
  );
  return lines([["run", "point", ...WINDOW_NAMES], ...rows]);
}

function lines(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(",")}\r\n`).join("");
}

function cellText(cell: Cell): string {
  if (typeof cell !== "string") return cell === undefined ? "" : String(cell);
  const text = plainText(cell);
  // A spreadsheet would take it for a formula.
  const safe = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function snake(camel: string): string {
  return camel.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
