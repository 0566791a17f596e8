import { InfermarkError } from "../base/errors.ts";

const MODES = ["concurrency"] as const;
const PROTOCOLS = ["v1-rest", "v2-rest", "v2-binary", "v2-grpc"] as const;
const ENGINES = ["wire", "undici", "autocannon", "grpc-js"] as const;

export type LoadProtocol = (typeof PROTOCOLS)[number];
export type LoadEngineId = (typeof ENGINES)[number];

/** What every load run needs to be told. */
interface LoadSettings {
  readonly protocol: LoadProtocol;
  /** How the workload carries tensors: `json`, `typed`, `raw` or `binary`. */
  readonly encoding: string;
  readonly model: string;
  /** Rows in each request. */
  readonly batch: number;
  readonly engine: LoadEngineId;
  /** Length of the measuring phase. */
  readonly durationMs: number;
  /** Length of the phase before it, whose answers are not measured; 0 for none. */
  readonly warmupMs: number;
  /** An answer that takes longer counts as timed out. */
  readonly requestTimeoutMs: number;
  /** One in this many answers is compared in full; 100 is 1 %. */
  readonly fullCheckEvery: number;
  /** Equal seeds send equal requests. */
  readonly seed: number | string;
}

/** Closed loop: each of `concurrency` senders sends its next request when the answer to its last has come. */
export interface ConcurrencyPlan extends LoadSettings {
  readonly mode: "concurrency";
  readonly concurrency: number;
}

/** A load run as plain JSON: whoever has it can repeat the run. */
export type LoadPlan = ConcurrencyPlan;

const FIELDS = {
  mode: oneOf(MODES),
  protocol: oneOf(PROTOCOLS),
  engine: oneOf(ENGINES),
  encoding: text,
  model: text,
  batch: integer(1, 1_000_000),
  concurrency: integer(1, 65_535),
  durationMs: integer(1, 7 * 24 * 3_600_000),
  warmupMs: integer(0, 24 * 3_600_000),
  requestTimeoutMs: integer(1, 3_600_000),
  fullCheckEvery: integer(1, Number.MAX_SAFE_INTEGER),
  seed: (value: unknown) =>
    typeof value === "string" || Number.isSafeInteger(value) ? undefined : "must be a whole number or a text",
} as const satisfies Readonly<Record<keyof LoadPlan, (value: unknown) => string | undefined>>;

/** A load plan from data of any kind. Throws USAGE that names the field and what it must be. */
export function parseLoadPlan(data: unknown): LoadPlan {
  if (typeof data !== "object" || data === null || Array.isArray(data)) throw wrong("it must be an object");
  const given = data as Readonly<Record<string, unknown>>;
  for (const [name, problemOf] of Object.entries(FIELDS)) {
    const value = given[name];
    if (value === undefined) throw wrong(`${name} is missing`);
    const problem = problemOf(value);
    if (problem !== undefined) throw wrong(`${name} ${problem}, not ${JSON.stringify(value)}`);
  }
  const unknown = Object.keys(given).find((name) => !(name in FIELDS));
  if (unknown !== undefined) throw wrong(`it has no field ${JSON.stringify(unknown)}`);
  const plan = given as unknown as LoadPlan;
  const transport = plan.protocol === "v2-grpc" ? "grpc" : "http";
  if (!speaks(plan.engine, transport)) {
    const able = ENGINES.filter((engine) => speaks(engine, transport)).join(" or ");
    throw wrong(`engine ${plan.engine} does not speak ${plan.protocol}`, `use the engine ${able}`);
  }
  return { ...plan };
}

/** Whether an engine can send such requests. */
export function speaks(engine: LoadEngineId, transport: "http" | "grpc"): boolean {
  return engine === "wire" || (engine === "grpc-js") === (transport === "grpc");
}

function wrong(problem: string, hint = `its fields are ${Object.keys(FIELDS).join(", ")}`): InfermarkError {
  return new InfermarkError("USAGE", `the load plan is wrong: ${problem}`, { hint });
}

function oneOf(allowed: readonly string[]): (value: unknown) => string | undefined {
  const choice = allowed.length === 1 ? `must be ${allowed[0]}` : `must be one of ${allowed.join(", ")}`;
  return (value) => (typeof value === "string" && allowed.includes(value) ? undefined : choice);
}

function integer(least: number, most: number): (value: unknown) => string | undefined {
  return (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : `must be a whole number from ${least} to ${most}`;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? undefined : "must be a text that is not empty";
}
