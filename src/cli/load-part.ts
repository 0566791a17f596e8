import type { SuiteEntry } from "../../suites/index.ts";
import { formatNanoseconds } from "../base/duration.ts";
import { InfermarkError } from "../base/errors.ts";
import type { TargetInfo } from "../conformance/index.ts";
import {
  createEngine,
  type LoadEngineId,
  type LoadPlan,
  type LoadProtocol,
  parseLoadPlan,
  runLoad,
  type Workload,
} from "../load/index.ts";
import type { LoadRun } from "../result/index.ts";
import { isLoopback, type ModelInfo } from "../target/index.ts";
import { clientProcess, procfs } from "../telemetry/index.ts";
import type { Progress } from "./progress.ts";
import type { Settings } from "./settings.ts";
import { unknownId } from "./suggest.ts";
import type { TargetSetup } from "./target.ts";

/** Everything to do before load is sent, so that what is wrong shows before the run begins. Throws USAGE. */
export function checkLoadSettings(settings: Settings, target: TargetSetup, suites: readonly SuiteEntry[]): void {
  const loadable = suites.filter(({ workloads }) => workloads.length > 0).map(({ suite }) => suite.id);
  for (const id of settings.protocol) if (!loadable.includes(id)) throw unknownId("protocol", id, loadable);
  const remote = [target.transport.rest, target.transport.grpc].find((endpoint) => endpoint && !isLoopback(endpoint));
  if (remote && !settings.allowRemote) {
    throw new InfermarkError("USAGE", `${remote.host} is not this machine, and load can harm a service`, {
      hint: "add --allow-remote when you may load it",
    });
  }
}

export interface LoadPartOptions {
  readonly settings: Settings;
  readonly target: TargetSetup;
  readonly info: TargetInfo;
  readonly suites: readonly SuiteEntry[];
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** Loads the target over every protocol that was asked for, or that it offers. Throws USAGE when nothing can be loaded. */
export async function runLoadPart(options: LoadPartOptions): Promise<readonly LoadRun[]> {
  const runs: LoadRun[] = [];
  for (const entry of loadableSuites(options)) {
    if (options.signal.aborted) break;
    runs.push(await runOne(entry, options));
  }
  return runs;
}

function loadableSuites({ settings, info, suites }: LoadPartOptions): readonly SuiteEntry[] {
  const asked = suites.filter(({ suite, workloads }) =>
    settings.protocol.length > 0
      ? settings.protocol.includes(suite.id)
      : workloads.length > 0 && info[suite.transport] && info.bindings[suite.id]?.answers === true,
  );
  if (asked.length === 0)
    throw new InfermarkError("USAGE", "the target offers no protocol that can be loaded", {
      hint: "name one with --protocol",
    });
  return asked;
}

async function runOne(
  entry: SuiteEntry,
  { settings, target, info, signal, progress }: LoadPartOptions,
): Promise<LoadRun> {
  const endpoint = target.transport[entry.suite.transport];
  if (!endpoint) throw new InfermarkError("USAGE", `${entry.suite.id} needs --${entry.suite.transport}`);
  const workload = workloadOf(entry, settings);
  const model = modelFor(entry, settings, info);
  const plan = planFor(entry, settings, workload, model);
  const engine = await createEngine(plan.engine, endpoint);
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
    await engine.close();
  }
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
      hint: "name one with --model, and its tensors with --input",
    });
  return found;
}

function planFor({ suite }: SuiteEntry, settings: Settings, workload: Workload, model: ModelInfo): LoadPlan {
  const engine = settings.engine ?? (workload.protocol === "grpc" ? "grpc-js" : "undici");
  return parseLoadPlan({
    mode: "concurrency",
    protocol: suite.id as LoadProtocol,
    encoding: workload.encoding,
    model: model.name,
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
