import type { SuiteEntry } from "../../suites/index.ts";
import { formatNanoseconds } from "../base/duration.ts";
import { InfermarkError } from "../base/errors.ts";
import { seededRandom } from "../base/random.ts";
import { type TargetInfo, transportsOf } from "../conformance/index.ts";
import {
  createEngine,
  type LoadEngineId,
  type LoadPlan,
  type LoadProtocol,
  parseLoadPlan,
  runLoad,
  speaks,
  type Workload,
} from "../load/index.ts";
import type { LoadRun } from "../result/index.ts";
import { isLoopback, type ModelInfo } from "../target/index.ts";
import { clientProcess, procfs } from "../telemetry/index.ts";
import type { Endpoint } from "../transport/index.ts";
import { openRunner, parseWorkers } from "./load-workers.ts";
import type { Progress } from "./progress.ts";
import type { Settings } from "./settings.ts";
import { unknownId } from "./suggest.ts";
import type { TargetSetup } from "./target.ts";

/** What can be seen to be wrong before the target is asked anything. Throws USAGE. */
export function checkLoadSettings(settings: Settings, target: TargetSetup, suites: readonly SuiteEntry[]): void {
  parseWorkers(settings.workers);
  const loadable = suites.filter(({ workloads }) => workloads.length > 0).map(({ suite }) => suite.id);
  for (const id of settings.protocol) if (!loadable.includes(id)) throw unknownId("protocol", id, loadable);
  for (const entry of suites.filter(({ suite }) => settings.protocol.includes(suite.id))) {
    const { id } = entry.suite;
    const [transport] = transportsOf(entry.suite);
    if (target.transport[transport] === undefined)
      throw new InfermarkError("USAGE", `${id} needs a ${transport === "rest" ? "REST" : "gRPC"} address`, {
        hint: `give it with --${transport}`,
      });
    planFor(entry, settings, workloadOf(entry, settings), "unknown yet");
  }
  if (suites.every((entry) => !canSend(entry, settings)))
    throw new InfermarkError("USAGE", `no protocol has the encoding "${settings.encoding}" with this engine`, {
      hint: suites.flatMap(encodingsOf).join("; "),
    });
  const remote = [target.transport.rest, target.transport.grpc].find((endpoint) => endpoint && !isLoopback(endpoint));
  if (remote && !settings.allowRemote) {
    throw new InfermarkError("USAGE", `${remote.host} is not this machine, and load can harm a service`, {
      hint: "add --allow-remote when you may load it",
    });
  }
}

export interface PrepareLoadOptions {
  readonly settings: Settings;
  readonly target: TargetSetup;
  readonly info: TargetInfo;
  readonly suites: readonly SuiteEntry[];
}

/** One load run, known to be possible. */
export interface LoadJob {
  readonly plan: LoadPlan;
  readonly workload: Workload;
  readonly model: ModelInfo;
  readonly endpoint: Endpoint;
}

/**
 * The load runs over every protocol that was asked for, or that the target offers; none when it offers none. Nothing is
 * sent. Throws USAGE when one of them cannot be run.
 */
export async function prepareLoad({ settings, target, info, suites }: PrepareLoadOptions): Promise<readonly LoadJob[]> {
  const asked = suites.filter((entry) =>
    settings.protocol.length > 0
      ? settings.protocol.includes(entry.suite.id)
      : canSend(entry, settings) &&
        info[transportsOf(entry.suite)[0]] &&
        info.bindings[entry.suite.id]?.answers === true,
  );
  const jobs = asked.flatMap((entry): LoadJob[] => {
    const endpoint = target.transport[transportsOf(entry.suite)[0]];
    if (!endpoint) return [];
    const workload = workloadOf(entry, settings);
    const found = modelFor(entry, settings, info);
    const model = found.sample && target.samples ? { ...found, samples: target.samples } : found;
    return [{ plan: planFor(entry, settings, workload, model.name), workload, model, endpoint }];
  });
  for (const { plan, workload, model, endpoint } of jobs) {
    workload.encode({ model, batch: plan.batch, random: seededRandom(plan.seed, "load"), count: 1 });
    const engine = await createEngine(plan.engine, endpoint);
    await engine.close();
  }
  return jobs;
}

export interface LoadPartOptions {
  readonly settings: Settings;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** What came of the jobs, and what was thrown where they broke off: what was measured before is not lost. */
export interface LoadPartResult {
  readonly runs: readonly LoadRun[];
  readonly thrown?: unknown;
}

/** Runs the jobs one after the other. Never throws. */
export async function runLoadPart(jobs: readonly LoadJob[], options: LoadPartOptions): Promise<LoadPartResult> {
  const runs: LoadRun[] = [];
  for (const job of jobs) {
    if (options.signal.aborted) break;
    try {
      runs.push(await runOne(job, options));
    } catch (thrown) {
      return { runs, thrown };
    }
  }
  return { runs };
}

async function runOne(job: LoadJob, { settings, signal, progress }: LoadPartOptions): Promise<LoadRun> {
  const { plan, workload, model, endpoint } = job;
  const engine = await createEngine(plan.engine, endpoint);
  const runner = await openRunner(job, {
    workers: parseWorkers(settings.workers),
    engine,
    say: (text) => progress.line(`load: ${text}`),
  });
  progress.line(
    `load: ${plan.protocol} ${plan.encoding}, model ${model.name}, batch ${plan.batch}, ${plan.concurrency} in flight, ${plan.engine}, for ${plan.durationMs / 1000} s`,
  );
  try {
    const collectors = [clientProcess(), ...(settings.serverPid === undefined ? [] : [procfs(settings.serverPid)])];
    const point = await runLoad(plan, {
      engine,
      workload,
      model,
      signal,
      runner,
      collectors,
      onProgress: ({ phase, elapsedMs, requestsPerSecond, p50Ns, p99Ns, errors }) => {
        const times =
          p50Ns === undefined ? "" : `, p50 ${formatNanoseconds(p50Ns)}, p99 ${formatNanoseconds(p99Ns ?? p50Ns)}`;
        progress.step(
          `${plan.protocol}: ${phase} ${Math.round(elapsedMs / 1000)} s, ${Math.round(requestsPerSecond)} requests/s${times}, ${errors} errors`,
        );
      },
    });
    return { plan: { ...plan }, points: [point] };
  } finally {
    await runner.close();
    await engine.close();
  }
}

/** Whether a protocol has the encoding and speaks with the engine that the settings name, when they name any. */
function canSend({ workloads }: SuiteEntry, { encoding, engine }: Settings): boolean {
  return workloads.some(
    (workload) =>
      (encoding === undefined || workload.encoding === encoding) &&
      (engine === undefined || speaks(engine as LoadEngineId, workload.protocol)),
  );
}

function encodingsOf({ suite, workloads }: SuiteEntry): string[] {
  return workloads.length === 0 ? [] : [`${suite.id} has ${workloads.map(({ encoding }) => encoding).join(", ")}`];
}

function workloadOf({ suite, workloads }: SuiteEntry, { encoding }: Settings): Workload {
  const found = encoding === undefined ? workloads[0] : workloads.find((workload) => workload.encoding === encoding);
  if (!found) {
    throw new InfermarkError("USAGE", `${suite.id} has no encoding "${encoding}"`, {
      hint: `it has ${workloads.map((workload) => workload.encoding).join(", ")}`,
    });
  }
  return found;
}

/** V1 carries one tensor, so without a named model one with a single input is loaded. */
function modelFor({ suite }: SuiteEntry, settings: Settings, info: TargetInfo): ModelInfo {
  const [named] = settings.model;
  const usable = (model: ModelInfo) => model.sample !== undefined || model.inputs.length === 1;
  const found =
    named === undefined
      ? (info.models.find(({ name, fixture }) => fixture && name === "identity_fp32") ?? info.models.find(usable))
      : info.models.find(({ name }) => name === named);
  if (!found)
    throw new InfermarkError("USAGE", `no model is known that ${suite.id} can be loaded with`, {
      hint: "name one with --model, its tensors with --input, or choose other protocols with --protocol",
    });
  return found;
}

function planFor({ suite }: SuiteEntry, settings: Settings, workload: Workload, model: string): LoadPlan {
  const engine = settings.engine ?? (workload.protocol === "grpc" ? "grpc-js" : "wire");
  return parseLoadPlan({
    mode: "concurrency",
    protocol: suite.id as LoadProtocol,
    encoding: workload.encoding,
    model,
    batch: settings.batch,
    engine: engine as LoadEngineId,
    concurrency: settings.concurrency,
    durationMs: settings.duration,
    warmupMs: settings.warmup,
    requestTimeoutMs: settings.timeout,
    fullCheckEvery: 100,
    seed: settings.seed,
  });
}
