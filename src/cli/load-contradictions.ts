import { InfermarkError } from "../base/errors.ts";
import type { Settings } from "./settings.ts";

type LoadSettings = Pick<
  Settings,
  | "rate"
  | "concurrency"
  | "batch"
  | "mix"
  | "trace"
  | "stage"
  | "search"
  | "scenario"
  | "plan"
  | "slo"
  | "arrivals"
  | "maxInFlight"
  | "protocol"
  | "encoding"
  | "engine"
  | "duration"
  | "warmup"
  | "autoExtend"
>;

/** Throws USAGE where the options ask for two ways of loading at once, or for what belongs to another one. */
export function rejectMixedLoads(settings: LoadSettings): void {
  const given = givenNames(settings);
  const has = (name: string) => given.includes(name);
  for (const [name, others] of Object.entries(APART)) {
    const other = others.find((each) => has(name) && has(each));
    if (other !== undefined) throw wrong(`--${name} and --${other} contradict each other`, "give one of the two");
  }
  const [several] = [
    has("search") &&
      settings.search === "concurrency" &&
      settings.rate.length > 0 &&
      "--search concurrency has no --rate",
    has("search") &&
      settings.search === "rate" &&
      settings.concurrency.length > 0 &&
      "--search rate has no --concurrency",
    (has("search") || has("scenario")) && settings.rate.length > 1 && "--rate must be one number here",
    (has("search") || has("scenario")) && settings.concurrency.length > 1 && "--concurrency must be one number here",
    settings.rate.length > 0 && settings.concurrency.length > 0 && "--rate and --concurrency contradict each other",
    has("search") && !has("slo") && "--search needs an objective",
    has("slo") && !["search", "scenario", "stage"].some(has) && "--slo belongs to --search, --scenario or --stage",
    settings.scenario === "server" && settings.rate.length === 0 && "--scenario server needs --rate",
    has("scenario") && settings.scenario !== "server" && has("rate") && `--scenario ${settings.scenario} has no --rate`,
  ].filter(Boolean);
  if (several) throw wrong(several, "`infermark load --help` tells what each option is for");
}

const WAYS = ["plan", "scenario", "search", "stage", "trace"] as const;

/** Names that exclude each other, each pair once. */
const APART: Readonly<Record<string, readonly string[]>> = {
  plan: [
    "scenario",
    "search",
    "stage",
    "trace",
    "rate",
    "concurrency",
    "batch",
    "slo",
    "arrivals",
    "max-in-flight",
  ].concat(["protocol", "encoding", "engine", "duration", "warmup", "auto-extend"]),
  scenario: WAYS.slice(2),
  search: WAYS.slice(3),
  stage: ["trace", "rate", "concurrency", "duration", "auto-extend"],
  trace: ["rate", "concurrency", "arrivals"],
  mix: ["batch", "plan"],
};

function givenNames(settings: LoadSettings): readonly string[] {
  const { maxInFlight, autoExtend, rate, concurrency, ...rest } = settings;
  const named = { ...rest, rate, concurrency, "max-in-flight": maxInFlight, "auto-extend": autoExtend };
  const isGiven = (value: unknown) => value !== undefined && !(Array.isArray(value) && value.length === 0);
  const names = Object.entries(named).flatMap(([name, value]) => (isGiven(value) ? [name] : []));
  return names;
}

function wrong(problem: string, hint: string): InfermarkError {
  return new InfermarkError("USAGE", problem, { hint });
}
