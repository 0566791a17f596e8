import type { Estimate, Latency, LoadPoint, ResultDocument } from "../result/index.ts";
import { subjectName } from "./headline.ts";
import { type LoadRow, loadRows, OUTCOMES } from "./load-rows.ts";
import { shortPlainText } from "./plain-text.ts";

type Labels = Readonly<Record<string, string>>;

interface Sample {
  /** What follows the name of the family, e.g. `_count`. */
  readonly suffix?: string;
  readonly labels: Labels;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly type: "gauge" | "summary";
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NS_PER_S = 1e9;
const LONGEST_LABEL = 200;
const CHECK_OUTCOMES = ["pass", "warn", "fail", "skip", "inconclusive", "error"] as const;

/**
 * The figures of a document in the Prometheus text format 0.0.4, without timestamps: for a Pushgateway, or the textfile collector of
 * node_exporter. What is not known is left out; so are the rates of an invalid measurement.
 */
export function renderPrometheus(document: ResultDocument): string {
  return [...runFamilies(document), ...conformanceFamilies(document), ...loadFamilies(document)]
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join("");
}

const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({
  name: `infermark_${name}`,
  type: "gauge",
  help,
  samples,
});

function runFamilies(document: ResultDocument): readonly Family[] {
  const { tool, run, gate, thresholds } = document;
  return [
    gauge("run_info", "What was run against what.", [
      { labels: { version: tool.version, subject: subjectName(document) }, value: 1 },
    ]),
    gauge("run_start_time_seconds", "When the run began, in seconds since 1970.", [
      { labels: {}, value: Date.parse(run.startedAt) / 1000 },
    ]),
    gauge("run_duration_seconds", "How long it took.", [{ labels: {}, value: run.durationMs / 1000 }]),
    gauge("exit_code", "0 when it was accepted.", [{ labels: {}, value: gate.exitCode }]),
    gauge(
      "threshold_met",
      "1 for a threshold that was met, 0 for one that was missed; none for one that is undecided.",
      thresholds.flatMap(({ expression, status }, index) =>
        status === "undecided"
          ? []
          : [{ labels: { number: String(index + 1), threshold: expression }, value: status === "met" ? 1 : 0 }],
      ),
    ),
  ];
}

function conformanceFamilies({ conformance }: ResultDocument): readonly Family[] {
  const suites = (conformance?.suites ?? []).filter(({ claimed }) => claimed);
  return [
    gauge(
      "checks",
      "Checks by what they came to.",
      suites.flatMap(({ id, counts }) =>
        CHECK_OUTCOMES.map((outcome) => ({ labels: { suite: id, outcome }, value: counts[outcome] })),
      ),
    ),
    gauge(
      "profile_status",
      "1 with the status of a profile.",
      (conformance?.profiles ?? []).map(({ id, status }) => ({ labels: { profile: id, status }, value: 1 })),
    ),
  ];
}

function loadFamilies(document: ResultDocument): readonly Family[] {
  const rows = loadRows(document);
  const each = (of: (point: LoadPoint) => number | undefined): readonly Sample[] =>
    rows.flatMap((row) => {
      const value = of(row.measured);
      return value === undefined ? [] : [{ labels: labelsOf(row), value }];
    });
  const valid = (of: (point: LoadPoint) => number | undefined) =>
    each((point) => (point.validity.valid ? of(point) : undefined));
  const rate = (name: string, help: string, of: (point: LoadPoint) => Estimate): readonly Family[] => [
    gauge(
      name,
      `${help} per second.`,
      valid((point) => of(point).value),
    ),
    gauge(
      `${name}_low`,
      "Lower end of its 95 % confidence interval.",
      valid((point) => of(point).low),
    ),
    gauge(
      `${name}_high`,
      "Upper end of it.",
      valid((point) => of(point).high),
    ),
  ];
  return [
    gauge(
      "load_valid",
      "1 when the measurement means what it says.",
      each(({ validity }) => (validity.valid ? 1 : 0)),
    ),
    gauge(
      "load_requests",
      "Requests by what became of them.",
      rows.flatMap((row) =>
        OUTCOMES.flatMap((outcome) => {
          const value = row.measured.counts[outcome];
          return value === undefined ? [] : [{ labels: { ...labelsOf(row), outcome }, value }];
        }),
      ),
    ),
    ...rate("load_answers_per_second", "Right answers", ({ throughput }) => throughput),
    ...rate("load_inferences_per_second", "Inferences in right answers", ({ inferences }) => inferences),
    summary("load_latency_seconds", "From the intended sending to the end of a right answer.", rows, "latency"),
    summary("load_service_seconds", "From the actual sending to the end of a right answer.", rows, "service"),
    summary("load_lateness_seconds", "From the intended to the actual sending.", rows, "lateness"),
    gauge(
      "load_client_cpu_seconds",
      "Processor time of the sending processes.",
      each(({ client }) => client && client.cpuMs / 1000),
    ),
    gauge(
      "load_server_cpu_seconds",
      "Processor time of the server.",
      each(({ server }) => (server?.cpuMs === undefined ? undefined : server.cpuMs / 1000)),
    ),
    gauge(
      "load_server_memory_bytes",
      "Greatest memory of the server that was seen.",
      each(({ server }) => server?.rssBytes),
    ),
    gauge(
      "load_inferences_per_core_second",
      "Inferences for each second of processor time of the server.",
      valid(({ server }) => server?.inferencesPerCoreSecond),
    ),
    gauge(
      "load_inferences_per_gpu_second",
      "Inferences per second for each busy GPU.",
      valid(({ gpu }) => gpu?.inferencesPerGpuSecond),
    ),
    gauge(
      "load_joules_per_inference",
      "Energy of the busy GPUs per inference.",
      each(({ gpu }) => gpu?.joulesPerInference),
    ),
  ];
}

/** `run` and `point` tell apart what has all else in common, such as the trials of a search. */
function labelsOf({ run, point, measured }: LoadRow): Labels {
  const { model, protocol, encoding, batch, engine, concurrency, requestRate, stage } = measured;
  return {
    run: String(run),
    point: String(point),
    model,
    protocol,
    encoding,
    batch: String(batch),
    engine,
    ...(concurrency !== undefined && { concurrency: String(concurrency) }),
    ...(requestRate !== undefined && { rate: String(requestRate) }),
    ...(stage !== undefined && { stage }),
  };
}

function summary(
  name: string,
  help: string,
  rows: readonly LoadRow[],
  kind: "latency" | "service" | "lateness",
): Family {
  const samples = rows.flatMap((row) => {
    const distribution = row.measured[kind];
    return distribution && distribution.count > 0 ? summarySamples(labelsOf(row), distribution) : [];
  });
  return { name: `infermark_${name}`, type: "summary", help, samples };
}

function summarySamples(labels: Labels, { percentiles, count, meanNs }: Latency): readonly Sample[] {
  return [
    ...percentiles.map(({ percentile, ns }) => ({
      labels: { ...labels, quantile: String(Number((percentile / 100).toPrecision(8))) },
      value: ns / NS_PER_S,
    })),
    { suffix: "_sum", labels, value: (meanNs * count) / NS_PER_S },
    { suffix: "_count", labels, value: count },
  ];
}

function familyText({ name, type, help, samples }: Family): string {
  const told = samples.map(({ suffix = "", labels, value }) => `${name}${suffix}${labelsText(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${told.join("")}`;
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** Control characters are written out, so that no line break is left to escape. */
function escaped(value: string): string {
  return shortPlainText(value, LONGEST_LABEL).replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}
