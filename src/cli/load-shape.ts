import { parseDuration } from "../base/duration.ts";
import { InfermarkError } from "../base/errors.ts";
import { parseThreshold } from "../base/threshold.ts";
import type { Stage } from "../load/index.ts";
import { fileBytes } from "./read-file.ts";
import type { Settings } from "./settings.ts";

/** What a plan holds beside protocol, encoding, model and the settings of all: its mode and the fields of that. */
export type LoadShape = Readonly<Record<string, unknown>> & { readonly mode: string };

const CONCURRENCY = 8;
const OFFLINE_CONCURRENCY = 32;
const MAX_IN_FLIGHT = 256;
const SAMPLES_OF_A_QUERY = 8;
const SEARCH = { rate: { from: 100, most: 100_000 }, concurrency: { from: 1, most: 1024 } } as const;
const PRECISION = 0.02;
const MOST_AUTO_WARMUP_MS = 30_000;

/** The plans that the options ask for of each protocol, encoding and model; more than one where each batch size is a run. Throws USAGE. */
export function loadShapes(settings: Settings): readonly LoadShape[] {
  const { scenario, search, stage, trace, rate, concurrency } = settings;
  const batch = settings.batch.length > 0 ? settings.batch : [scenario === "multi-stream" ? SAMPLES_OF_A_QUERY : 1];
  const each = (shape: LoadShape) => batch.map((rows) => ({ ...timing(settings), ...shape, batch: rows }));
  if (scenario !== undefined) return each({ mode: scenario, ...scenarioFields(scenario, settings) });
  if (search !== undefined) return each({ ...timing(settings, SHORT), ...searchFields(search, settings) });
  if (stage.length > 0) {
    const { durationMs: _, ...times } = timing(settings);
    const objectives = settings.slo.length > 0 ? { objectives: settings.slo } : {};
    const stages = stage.map(readStage);
    return batch.map((rows) => ({
      ...times,
      mode: "stages",
      ...opening(settings),
      stages,
      ...objectives,
      batch: rows,
    }));
  }
  if (trace !== undefined) return each(traceFields(trace, settings));
  if (rate.length > 1 || concurrency.length > 1 || batch.length > 1) {
    const loads = rate.length > 0 ? { rate, ...opening(settings) } : { concurrency: orDefault(concurrency) };
    return [{ ...timing(settings, SHORT), mode: "sweep", ...loads, batch }];
  }
  if (rate.length > 0) return each({ mode: "request-rate", rate: rate[0], ...opening(settings) });
  return each({ mode: "concurrency", concurrency: orDefault(concurrency)[0] });
}

interface Times {
  readonly durationMs: number;
  readonly warmupMs: number;
}

const LONG: Times = { durationMs: 10_000, warmupMs: 2_000 };
/** Of each of many points. */
const SHORT: Times = { durationMs: 4_000, warmupMs: 1_000 };

function timing({ duration, warmup, autoExtend }: Settings, { durationMs, warmupMs }: Times = LONG) {
  return {
    durationMs: duration ?? durationMs,
    ...(warmup === "auto" ? { warmupMs: MOST_AUTO_WARMUP_MS, autoWarmup: true } : { warmupMs: warmup ?? warmupMs }),
    ...(autoExtend !== undefined && { autoExtendMs: autoExtend }),
  };
}

function opening({ arrivals = "constant", maxInFlight = MAX_IN_FLIGHT }: Settings) {
  return { arrivals, maxInFlight };
}

function orDefault(concurrency: readonly number[]): readonly number[] {
  return concurrency.length > 0 ? concurrency : [CONCURRENCY];
}

function searchFields(over: "rate" | "concurrency", settings: Settings): LoadShape {
  const [asked] = settings[over];
  const { from, most } = SEARCH[over];
  return {
    mode: "search",
    over,
    objectives: settings.slo,
    from: asked ?? from,
    most: Math.max(most, asked ?? 0),
    precision: PRECISION,
    ...(over === "rate" && opening(settings)),
  };
}

function scenarioFields(
  scenario: NonNullable<Settings["scenario"]>,
  settings: Settings,
): Readonly<Record<string, unknown>> {
  const { slo, rate, concurrency, maxInFlight = MAX_IN_FLIGHT } = settings;
  if (scenario === "offline") {
    if (slo.length > 0) throw usage("--scenario offline has no --slo", "hold its throughput against a --threshold");
    return { concurrency: concurrency[0] ?? OFFLINE_CONCURRENCY };
  }
  if (concurrency.length > 0)
    throw usage(`--scenario ${scenario} has no --concurrency`, "it decides how many requests are in flight");
  const boundMs = boundOf(scenario, slo);
  if (scenario !== "server") return boundMs === undefined ? {} : { boundMs };
  if (boundMs === undefined)
    throw usage("--scenario server needs an objective", "give one with --slo, e.g. --slo 'p99<50ms'");
  return { rate: rate[0], maxInFlight, boundMs };
}

function boundOf(scenario: string, [objective, second]: readonly string[]): number | undefined {
  if (objective === undefined) return undefined;
  const metric = scenario === "single-stream" ? "p90" : "p99";
  const threshold = parseThreshold(objective);
  const fits = threshold.metric === metric && threshold.comparison.startsWith("<") && threshold.stage === undefined;
  if (second !== undefined || !fits)
    throw usage(
      `--scenario ${scenario} is held against ${metric} alone`,
      `write one objective like --slo '${metric}<50ms'`,
    );
  return threshold.limit / 1e6;
}

/** Reads `ramp:100-500:30s`. */
function readStage(written: string): Stage {
  const [, name, from, to, length] = /^([^:]+):(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?:([^:]+)$/.exec(written) ?? [];
  if (name === undefined || from === undefined || length === undefined)
    throw usage(`--stage "${written}" is not a stage`, "write it like steady:200:30s or ramp:100-500:1m");
  return {
    name,
    durationMs: parseDuration(length, `the time of --stage "${written}"`),
    rate: Number(from),
    ...(to !== undefined && { toRate: Number(to) }),
  };
}

function traceFields(file: string, settings: Settings): LoadShape {
  const offsetsMs = readTrace(file);
  const { arrivals: _, ...rest } = opening(settings);
  const durationMs = settings.duration ?? Math.ceil(offsetsMs.at(-1) ?? 0) + 1;
  return { mode: "request-rate", arrivals: "trace", ...rest, durationMs, offsetsMs };
}

/** The instants of a trace in milliseconds: seconds in the file, one a line; empty lines and those that begin with # are left out. Throws USAGE. */
export function readTrace(file: string): readonly number[] {
  const offsets: number[] = [];
  for (const [index, line] of fileBytes(file).toString("utf8").split("\n").entries()) {
    const written = line.trim();
    if (written === "" || written.startsWith("#")) continue;
    if (!/^\d+(\.\d+)?$/.test(written))
      throw usage(
        `${file}:${index + 1}: "${written.slice(0, 40)}" is not a number of seconds`,
        "write one instant a line, seconds after the begin",
      );
    offsets.push(Number(written) * 1000);
  }
  if (offsets.length === 0) throw usage(`${file} holds no instant`, "write one a line, seconds after the begin");
  return offsets;
}

function usage(problem: string, hint: string): InfermarkError {
  return new InfermarkError("USAGE", problem, { hint });
}
