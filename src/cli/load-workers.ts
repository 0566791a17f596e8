import { InfermarkError } from "../base/errors.ts";
import {
  type Engine,
  encodeRequests,
  inThisProcess,
  type LoadPoint,
  mostWorkers,
  type OpenRunner,
  openWorkers,
  type PhaseRunner,
  type PointSettings,
  type RequestSettings,
  type WorkerSetting,
  workersAsNeeded,
} from "../load/index.ts";
import type { LoadJob } from "./load-jobs.ts";

const MOST = 64;

/** Reads `--workers`. Throws USAGE for what is neither a number of processes nor `auto`. */
export function parseWorkers(text: string): number | "auto" {
  if (text === "auto") return text;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MOST) return count;
  throw new InfermarkError("USAGE", `--workers "${text}" is no number of processes`, {
    hint: `give a number from 1 to ${MOST}, or auto`,
  });
}

export interface RunnersOptions {
  readonly workers: number | "auto";
  /** Of this process. */
  readonly engine: Engine;
  /** Hears what becomes of `auto`. */
  readonly say: (text: string) => void;
}

/** What decides how many workers are of use, and what they send. */
type SentLoad = Pick<PointSettings, "batch" | "seed"> &
  ({ readonly concurrency: number } | { readonly maxInFlight: number });

/** What sends the points of a job one after the other. */
export interface PointRunners {
  /** So many workers as were asked for, at most one for each request in flight; undefined where this process is to send. */
  runnerFor(load: SentLoad): Promise<PhaseRunner | undefined>;
  /** Ends workers that were lost in part; the next point has new ones. */
  measured(points: readonly LoadPoint[]): Promise<void>;
  close(): Promise<void>;
}

/** Workers are kept from point to point while their number and the requests stay the same. */
export function pointRunners(job: LoadJob, options: RunnersOptions): PointRunners {
  let open: { readonly key: string; readonly runner: OpenRunner } | undefined;
  const close = async () => {
    const closing = open;
    open = undefined;
    await closing?.runner.close();
  };
  return {
    runnerFor: async (load) => {
      const { workers } = options;
      const inFlight = "concurrency" in load ? load.concurrency : load.maxInFlight;
      const most = Math.min(workers === "auto" ? mostWorkers() : workers, inFlight);
      if (most === 1 && workers !== "auto") {
        await close();
        return undefined;
      }
      const key = `${most} ${load.batch}`;
      if (open?.key !== key) {
        await close();
        open = { key, runner: await openRunner(job, load, most, options) };
      }
      return open.runner;
    },
    measured: async (points) => {
      if (points.some(({ shards }) => shards.some(({ lost }) => lost !== undefined))) await close();
    },
    close,
  };
}

function openRunner(
  job: LoadJob,
  { batch, seed }: SentLoad,
  most: number,
  { workers, engine, say }: RunnersOptions,
): OpenRunner | Promise<OpenRunner> {
  const { workload } = job;
  const open = (count: number) => openWorkers(count, settingOf(job, batch));
  if (workers !== "auto") return open(most);
  const here = inThisProcess({ engine, workload, requests: encodeRequests(workload, requestsOf(job, batch, seed)) });
  return workersAsNeeded(here, most, open, (count) => say(`one process is the limit: ${count} workers`));
}

function requestsOf({ model, parts }: LoadJob, batch: number, seed: number | string): RequestSettings {
  return { model, batch, seed, ...(parts && { parts }) };
}

function settingOf(job: LoadJob, batch: number): WorkerSetting {
  const { plan, workload, endpoint } = job;
  const { host, port, tls, prefix, authority, address, headers } = endpoint;
  return {
    endpoint: {
      host,
      port,
      prefix,
      headers,
      ...(tls && { tls }),
      ...(authority !== undefined && { authority }),
      ...(address !== undefined && { address }),
    },
    engine: plan.engine,
    workload: { module: workloadModule(plan.protocol), encoding: workload.encoding },
    requests: requestsOf(job, batch, plan.seed),
  };
}

/** Where a binding's workloads are, in a checkout and in the package. */
function workloadModule(binding: string): string {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new URL(`../../suites/${binding}/workload.${extension}`, import.meta.url).href;
}
