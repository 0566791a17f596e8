import { suites } from "../../../suites/index.ts";
import {
  type ArrivalPlan,
  createEngine,
  type Engine,
  encodeRequests,
  inThisProcess,
  type PhaseRun,
  type PhaseTask,
} from "../../load/index.ts";
import { clientLimited } from "../../load/validity/client-limited.ts";
import { offSchedule } from "../../load/validity/off-schedule.ts";
import { type ModelInfo, parseGrpcAddress, parseRestAddress } from "../../target/index.ts";
import type { ReferenceProcess } from "../reference-process/start.ts";
import type { KnownLaw } from "./laws.ts";

export type Protocol = "rest" | "grpc";
export type Loop = "open" | "closed";

const PERCENTILES = [50, 90, 95, 99] as const;
const CONCURRENCY = { open: 256, closed: 16 } as const;
const OPEN_RATE = 200;

const MODEL: ModelInfo = {
  name: "identity_fp32",
  versions: [],
  inputs: [{ name: "INPUT0", datatype: "FP32", shape: [-1, 4] }],
  outputs: [{ name: "OUTPUT0", datatype: "FP32", shape: [-1, 4] }],
  fixture: true,
  foundBy: [],
};

/** One percentile of one case: what was measured, what the server knows, what the law says. Times in nanoseconds. */
export interface PercentileError {
  readonly percentile: number;
  readonly measuredNs: number;
  readonly truthNs: number;
  readonly lawNs: number;
}

/** One law, loop and protocol. */
export interface CaseResult {
  readonly law: string;
  readonly loop: Loop;
  readonly protocol: Protocol;
  readonly samples: number;
  readonly errors: number;
  readonly percentiles: readonly PercentileError[];
}

/** One rate of the search for the highest trustworthy one. */
export interface RateResult {
  readonly protocol: Protocol;
  readonly rate: number;
  readonly latenessP50Ns: number;
  readonly latenessP99Ns: number;
  /** What makes it not trustworthy; absent when it is. */
  readonly problem?: string;
}

/** Sends load to the selftest's server over one protocol. */
export interface Sender {
  readonly protocol: Protocol;
  measure(law: KnownLaw, loop: Loop, ms: number): Promise<CaseResult>;
  tryRate(rate: number, ms: number): Promise<RateResult>;
  close(): Promise<void>;
}

/** Opens a sender. The server's law must be set before each measurement. */
export async function openSender(protocol: Protocol, server: ReferenceProcess, signal: AbortSignal): Promise<Sender> {
  const endpoint = protocol === "rest" ? parseRestAddress(server.rest) : parseGrpcAddress(server.grpc);
  const entry = suites.find(({ suite }) => suite.id === `v2-${protocol}`);
  const [workload] = entry?.workloads ?? [];
  if (!workload) throw new Error(`v2-${protocol} has no workload`);
  const engine: Engine = await createEngine("wire", endpoint);
  const requests = encodeRequests(workload, { model: MODEL, batch: 1, seed: "selftest" });
  const runner = inThisProcess({ engine, workload, requests });
  const run = async (lengthMs: number, concurrency: number, arrivals?: ArrivalPlan): Promise<PhaseRun> => {
    const task: PhaseTask = {
      phase: "measuring",
      partsMs: [lengthMs],
      concurrency,
      ...(arrivals && { arrivals }),
      requestTimeoutMs: 10_000,
      fullCheckEvery: 100,
    };
    const [part] = await runner.run(task, { signal });
    return part as PhaseRun;
  };
  return {
    protocol,
    measure: async (law, loop, ms) => {
      const { recorder } = await run(ms, CONCURRENCY[loop], loop === "open" ? even(OPEN_RATE, ms) : undefined);
      const { latency, counts } = recorder.recorded();
      const truth = await server.truth();
      const percentiles = PERCENTILES.map((percentile) => ({
        percentile,
        measuredNs: latency.percentile(percentile),
        truthNs: truth.percentile(percentile),
        lawNs: law.quantileNs(percentile / 100),
      }));
      const samples = latency.count;
      truth.destroy();
      recorder.destroy();
      const errors = Object.values(counts).reduce((sum, count) => sum + count, -counts.ok);
      return { law: law.name, loop, protocol, samples, errors, percentiles };
    },
    tryRate: async (rate, ms) => {
      const { recorder, ...observed } = await run(ms, CONCURRENCY.open, even(rate, ms));
      const measured = { ...observed, recorded: recorder.recorded(), interrupted: signal.aborted };
      const { lateness, counts } = measured.recorded;
      const failed = Object.values(counts).reduce((sum, count) => sum + count, -counts.ok);
      const problem =
        failed > 0
          ? `${failed} requests were not answered rightly`
          : (clientLimited(measured).problem ?? offSchedule(measured).problem)?.evidence;
      const latenessP50Ns = lateness.percentile(50);
      const latenessP99Ns = lateness.percentile(99);
      recorder.destroy();
      return { protocol, rate, latenessP50Ns, latenessP99Ns, ...(problem !== undefined && { problem }) };
    },
    close: () => engine.close(),
  };
}

function even(rate: number, ms: number): ArrivalPlan {
  return { kind: "even", stretches: [{ durationS: ms / 1000, from: rate, to: rate }] };
}
