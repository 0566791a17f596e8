import { bool, type FieldRule, integer, listOf, objectOf, oneOf, optional, text } from "./field-rules.ts";

const PROTOCOLS = ["v1-rest", "v2-rest", "v2-binary", "v2-grpc"] as const;
const ENGINES = ["wire", "undici", "autocannon", "grpc-js"] as const;

export type LoadProtocol = (typeof PROTOCOLS)[number];
export type LoadEngineId = (typeof ENGINES)[number];

/** One of several models that share a load. */
export interface MixPart {
  readonly model: string;
  /** Rows in each request to it. */
  readonly batch: number;
  /** Its share of the requests is this, divided by the sum of all weights. */
  readonly weight: number;
}

/** What every load run needs to be told. */
export interface LoadSettings {
  readonly protocol: LoadProtocol;
  /** How the workload carries tensors: `json`, `typed`, `raw` or `binary`. */
  readonly encoding: string;
  readonly model: string;
  /** Rows in each request. */
  readonly batch: number;
  /** Models that share the load; `model` is what they are called together then, and `batch` does not count. */
  readonly mix?: readonly MixPart[];
  readonly engine: LoadEngineId;
  /** Length of the measuring phase of each point. */
  readonly durationMs: number;
  /** Length of the phase before it, whose answers are not measured; 0 for none. */
  readonly warmupMs: number;
  /** The warm-up ends as soon as a steady state is seen; `warmupMs` is the most that it takes. */
  readonly autoWarmup?: boolean;
  /** A phase that is too short or too unsteady to tell is measured again, longer, for so many milliseconds in all. */
  readonly autoExtendMs?: number;
  /** An answer that takes longer counts as timed out. */
  readonly requestTimeoutMs: number;
  /** One in this many answers is compared in full; 100 is 1 %. */
  readonly fullCheckEvery: number;
  /** Equal seeds send equal requests at equal instants. */
  readonly seed: number | string;
}

/** Instants that follow a rate. */
export interface RateSchedule {
  readonly arrivals: "constant" | "poisson";
  /** Requests per second; at the begin of the phase where `toRate` is given. */
  readonly rate: number;
  /** The rate at its end, which it approaches linearly. */
  readonly toRate?: number;
}

/** Instants that were recorded. */
export interface TraceSchedule {
  readonly arrivals: "trace";
  /** Milliseconds after the begin of the phase, ascending. */
  readonly offsetsMs: readonly number[];
}

/** Closed loop: each of `concurrency` senders sends its next request when the answer to its last has come. */
export interface ClosedLoop {
  readonly concurrency: number;
}

/** Open loop: requests are due at instants that do not depend on the answers; what is due beyond `maxInFlight` waits. */
export type OpenLoop = (RateSchedule | TraceSchedule) & { readonly maxInFlight: number };

/** What one point is measured with. */
export type PointSettings = LoadSettings & (ClosedLoop | OpenLoop);

/** Part of an open loop of several parts that follow each other without a gap. */
export interface Stage {
  readonly name: string;
  readonly durationMs: number;
  /** Requests per second at its begin and, where it changes, at its end. */
  readonly rate: number;
  readonly toRate?: number;
}

/** The settings that every plan has, with what each must be. */
export const SETTINGS_FIELDS = {
  protocol: oneOf(PROTOCOLS),
  engine: oneOf(ENGINES),
  encoding: text,
  model: text,
  batch: integer(1, 1_000_000),
  mix: optional(listOf(objectOf({ model: text, batch: integer(1, 1_000_000), weight: integer(1, 1000) }))),
  durationMs: integer(1, 7 * 24 * 3_600_000),
  warmupMs: integer(0, 24 * 3_600_000),
  autoWarmup: optional(bool),
  autoExtendMs: optional(integer(1, 7 * 24 * 3_600_000)),
  requestTimeoutMs: integer(1, 3_600_000),
  fullCheckEvery: integer(1, Number.MAX_SAFE_INTEGER),
  seed: (value: unknown) =>
    typeof value === "string" || Number.isSafeInteger(value) ? undefined : "must be a whole number or a text",
} as const satisfies Readonly<Record<keyof LoadSettings, FieldRule>>;

/** The engines that can send such requests. */
export function enginesFor(transport: "http" | "grpc"): readonly LoadEngineId[] {
  return ENGINES.filter((engine) => speaks(engine, transport));
}

/** Whether an engine can send such requests. */
export function speaks(engine: LoadEngineId, transport: "http" | "grpc"): boolean {
  return engine === "wire" || (engine === "grpc-js") === (transport === "grpc");
}
