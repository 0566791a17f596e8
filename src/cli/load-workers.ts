import { InfermarkError } from "../base/errors.ts";
import {
  type Engine,
  encodeRequests,
  inThisProcess,
  mostWorkers,
  type OpenRunner,
  openWorkers,
  type WorkerSetting,
  workersAsNeeded,
} from "../load/index.ts";
import type { LoadJob } from "./load-part.ts";

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

export interface RunnerOptions {
  readonly workers: number | "auto";
  /** Of this process. */
  readonly engine: Engine;
  /** Hears what becomes of `auto`. */
  readonly say: (text: string) => void;
}

/** What sends a job's load: this process, or so many workers as were asked for, at most one for each request in flight. */
export async function openRunner(job: LoadJob, { workers, engine, say }: RunnerOptions): Promise<OpenRunner> {
  const { plan, workload, model } = job;
  const requests = encodeRequests(workload, { ...plan, model });
  const here = inThisProcess({ engine, workload, requests });
  const most = Math.min(workers === "auto" ? mostWorkers() : workers, plan.concurrency);
  const open = (count: number) => openWorkers(count, settingOf(job));
  if (workers === "auto")
    return workersAsNeeded(here, most, open, (count) => say(`one process is the limit: ${count} workers`));
  if (most === 1) return { ...here, close: () => Promise.resolve() };
  return open(most);
}

function settingOf({ plan, workload, model, endpoint }: LoadJob): WorkerSetting {
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
    requests: { model, batch: plan.batch, seed: plan.seed },
  };
}

/** Where a binding's workloads are, in a checkout and in the package. */
function workloadModule(binding: string): string {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new URL(`../../suites/${binding}/workload.${extension}`, import.meta.url).href;
}
