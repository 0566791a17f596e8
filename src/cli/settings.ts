import { parseDuration } from "../base/duration.ts";
import { InfermarkError } from "../base/errors.ts";
import { rejectMixedLoads } from "./load-contradictions.ts";
import {
  CONFORMANCE_OPTIONS,
  keyOf,
  LOAD_OPTIONS,
  type OptionSpec,
  OUTPUT_OPTIONS,
  TARGET_OPTIONS,
} from "./options.ts";
import { unknownId } from "./suggest.ts";

/** Whose results these are, for the report. */
export interface SubjectSettings {
  readonly runtime?: string;
  readonly version?: string;
  readonly imageDigest?: string;
  readonly hardware?: string;
  readonly contact?: string;
}

/** Everything that a run was told, from flags and infermark.yaml. Times in milliseconds, sizes in bytes. */
export interface Settings {
  readonly rest?: string;
  readonly grpc?: string;
  readonly model: readonly string[];
  readonly input?: string;
  readonly fixtures: boolean;
  readonly waitReady?: number;
  readonly header: readonly string[];
  readonly metadata: readonly string[];
  readonly tokenEnv?: string;
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly insecure: boolean;
  readonly serverName?: string;
  readonly authority?: string;
  readonly resolve: readonly string[];
  readonly timeout: number;
  readonly maxResponse: number;
  readonly suite: readonly string[];
  readonly profile: readonly string[];
  readonly check: readonly string[];
  readonly strict: boolean;
  readonly onlyKeyword: boolean;
  readonly rerunFailures: number;
  readonly safe: boolean;
  readonly dangerous: boolean;
  /** Requests of the fuzz phase to each suite. */
  readonly fuzz?: number;
  readonly dryRun: boolean;
  readonly recovery: number;
  readonly budget?: number;
  readonly baseline?: string;
  readonly protocol: readonly string[];
  readonly mix: readonly string[];
  readonly encoding: readonly string[];
  readonly engine?: string;
  readonly concurrency: readonly number[];
  readonly rate: readonly number[];
  readonly arrivals?: "constant" | "poisson";
  readonly trace?: string;
  readonly maxInFlight?: number;
  /** A whole number or `auto`. */
  readonly workers: string;
  readonly batch: readonly number[];
  readonly search?: "rate" | "concurrency";
  readonly slo: readonly string[];
  readonly stage: readonly string[];
  readonly scenario?: "single-stream" | "multi-stream" | "server" | "offline";
  readonly plan?: string;
  /** Absent where the way of loading decides. */
  readonly duration?: number;
  readonly warmup?: number | "auto";
  readonly autoExtend?: number;
  readonly serverPid?: number;
  readonly serverCgroup?: string;
  readonly metricsUrl: readonly string[];
  /** Whether anything is observed beside the load itself. */
  readonly telemetry: boolean;
  readonly allowRemote: boolean;
  readonly threshold: readonly string[];
  readonly out: string;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Whether a terminal shows load in several lines. */
  readonly dashboard: boolean;
  /** The port of the live view; 0 for any free one. */
  readonly live?: number;
  readonly color: boolean;
  readonly verbose: boolean;
  readonly seed: number;
  readonly subject: SubjectSettings;
  /** Paths of modules with suites of the user's own. */
  readonly suites: readonly string[];
}

export const ALL_OPTIONS: readonly OptionSpec[] = [
  ...TARGET_OPTIONS,
  ...CONFORMANCE_OPTIONS,
  ...LOAD_OPTIONS,
  ...OUTPUT_OPTIONS,
];

const DEFAULTS = {
  fixtures: true,
  insecure: false,
  timeout: 10_000,
  maxResponse: 64 * 1024 * 1024,
  strict: false,
  onlyKeyword: false,
  rerunFailures: 0,
  safe: false,
  dangerous: false,
  dryRun: false,
  recovery: 30_000,
  telemetry: true,
  workers: "1",
  allowRemote: false,
  out: "infermark-report",
  json: false,
  quiet: false,
  dashboard: true,
  color: true,
  verbose: false,
  seed: 1,
  subject: {},
  suites: [],
} as const;

type Raw = Readonly<Record<string, unknown>>;

/** Merges flags over the config file's values over the defaults. Throws USAGE for a value that cannot be read. */
export function settingsFrom(flags: Raw, config: Raw): Settings {
  const given: Record<string, unknown> = { ...DEFAULTS };
  for (const option of ALL_OPTIONS) {
    const key = keyOf(option);
    const value =
      option.kind === "boolean" ? (flags[key] ?? config[key]) : (present(flags[key]) ?? present(config[key]));
    // In a config file `false` leaves a phase out, as a flag that is not given does.
    if (option.alone !== undefined && value === false) continue;
    if (value !== undefined) given[key] = read(option, value);
    else if (option.kind === "list" || option.kind === "numbers") given[key] = [];
  }
  for (const key of ["subject", "suites"]) if (config[key] !== undefined) given[key] = config[key];
  const settings = given as unknown as Settings;
  if ((settings.live ?? 0) > 65_535)
    throw new InfermarkError("USAGE", `--live ${settings.live} is no port`, { hint: "give one up to 65535, or 0" });
  rejectContradictions(settings);
  rejectMixedLoads(settings);
  return settings;
}

function rejectContradictions({ safe, dangerous, fuzz, tokenEnv, tokenFile, onlyKeyword, profile }: Settings): void {
  const [pair] = [
    safe && dangerous && "--safe and --dangerous",
    safe && fuzz !== undefined && "--safe and --fuzz",
    tokenEnv !== undefined && tokenFile !== undefined && "--token-env and --token-file",
    // A part of the clauses earns no profile.
    onlyKeyword && profile.length > 0 && "--only-keyword and --profile",
  ].filter(Boolean);
  if (pair) throw new InfermarkError("USAGE", `${pair} contradict each other`, { hint: "give one of the two" });
}

/** An empty list of a repeatable flag was not given. */
function present(value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}

function read(option: OptionSpec, value: unknown): unknown {
  switch (option.kind) {
    case "boolean":
      return value === true;
    case "list":
      return readList(option, value);
    case "numbers":
      return readList({ ...option, commas: true }, value).map((each) => readNumber(option, each));
    case "duration":
      if (option.alone !== undefined && value === true) return option.alone;
      if (option.word !== undefined && value === option.word) return value;
      return atLeast(option, parseDuration(String(value), `--${option.name}`), " ms");
    case "count":
      return option.alone !== undefined && value === true ? option.alone : readCount(option, String(value));
    case "bytes":
      return readBytes(option, String(value));
    case "text":
      return readText(option, String(value));
  }
}

function readList({ commas = false }: OptionSpec, value: unknown): readonly string[] {
  const texts = Array.isArray(value) ? value.map(String) : [String(value)];
  return commas ? texts.flatMap((each) => each.split(",").map((part) => part.trim())) : texts;
}

function readNumber(option: OptionSpec, text: string): number {
  if (option.fractions !== true) return readCount(option, text);
  const value = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : 0;
  if (value > 0) return value;
  throw new InfermarkError("USAGE", `--${option.name} "${text}" is not a number above 0`, {
    hint: "write it like 250 or 0.5",
  });
}

function readText({ name, choices }: OptionSpec, text: string): string {
  if (choices && !choices.includes(text)) throw unknownId(name, text, choices);
  return text;
}

function readCount(option: OptionSpec, text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw new InfermarkError("USAGE", `--${option.name} "${text}" is not a whole number`, {
      hint: `give a number from ${option.least ?? 0}`,
    });
  return atLeast(option, Number(text));
}

function atLeast({ name, least = 0 }: OptionSpec, value: number, unit = ""): number {
  if (value < least)
    throw new InfermarkError("USAGE", `--${name} is too small`, { hint: `the least is ${least}${unit}` });
  return value;
}

const UNITS: Readonly<Record<string, number>> = { "": 1, B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

function readBytes({ name }: OptionSpec, text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([KMG]?B?)$/i.exec(text.trim()) ?? [];
  const factor = UNITS[(unit ?? "?").toUpperCase()] ?? UNITS[`${(unit ?? "?").toUpperCase()}B`];
  if (digits === undefined || factor === undefined) {
    throw new InfermarkError("USAGE", `--${name} "${text}" is not a size`, { hint: "write it like 500KB or 64MB" });
  }
  return Math.round(Number(digits) * factor);
}
